package hectest

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
)

// A promise is what an acknowledgement's id stands for.
type promise struct {
	polls  int // that are still answered with false
	events []Envelope
	lost   bool // with the indexer
	given  bool
}

// take reads a body as Splunk does: as a stream of objects, each of which is taken before the next is read. So those before a wrong one are in the
// index, those after it are not (moby/moby#35862; numbers count from 0).
func (s *Server) take(body []byte, asked *Request, f *Fault) reply {
	var events []Envelope
	answer := coded(success)
	in := json.NewDecoder(bytes.NewReader(body))
	for {
		var raw json.RawMessage
		err := in.Decode(&raw)
		if err == io.EOF {
			break
		}
		e, code := Envelope{}, 6
		if err == nil {
			e, code = s.read(raw)
		}
		if code != success {
			answer = wrong(code, len(events))
			break
		}
		events = append(events, e)
	}
	asked.Events = len(events)
	if answer.code == success && len(events) == 0 {
		return coded(5)
	}
	if answer.code != success && s.Unnumbered {
		answer.number = nil
		return answer
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Acks {
		if f == nil || !f.Vanish {
			s.indexed = append(s.indexed, events...)
		}
		return answer
	}
	if answer.code != success { // that these get no id is inferred
		s.indexed = append(s.indexed, events...)
		return answer
	}
	channel := s.acks[asked.Channel]
	if channel == nil {
		channel = map[int64]*promise{}
		s.acks[asked.Channel] = channel
	}
	id := s.ids
	s.ids++
	channel[id] = &promise{polls: s.AckAfter, events: events, lost: f != nil && f.Vanish}
	answer.ack = &id
	return answer
}

// read is strict where Splunk is: an object of the fields that the REST reference names, with an event that is not blank. It is stricter in that an
// unknown field, a time that is no number and an event that is no object are refused, because we send none.
func (s *Server) read(raw []byte) (e Envelope, code int) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if in.Decode(&e) != nil {
		return e, 6
	}
	var fields map[string]any
	var event map[string]any
	switch {
	case e.Event == nil:
		return e, 12
	case slices.Contains([]string{`""`, "null"}, string(e.Event)):
		return e, 13
	case json.Unmarshal(e.Event, &event) != nil:
		return e, 6
	case e.Fields != nil && json.Unmarshal(e.Fields, &fields) != nil:
		return e, 15
	case e.Index != "" && s.Indexes != nil && !slices.Contains(s.Indexes, e.Index):
		return e, 7
	}
	for _, v := range fields {
		if _, nested := v.(map[string]any); nested {
			return e, 15
		}
	}
	if _, err := e.Time.Float64(); err != nil && e.Time != "" {
		return e, 6
	}
	if s.Refuse != nil {
		return e, s.Refuse(e)
	}
	return e, success
}

// acknowledge answers which requests are indexed. What was said once is forgotten, as the manual says: an id that is not known is false.
func (s *Server) acknowledge(channel string, body []byte) reply {
	var asked struct {
		Acks []int64 `json:"acks"`
	}
	if !s.Acks {
		return coded(14)
	}
	if json.Unmarshal(body, &asked) != nil {
		return coded(6)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := reply{status: words[success].status, code: none, acks: map[string]bool{}}
	ids := slices.Clone(asked.Acks)
	slices.Sort(ids)
	slices.Reverse(ids)
	said := false
	for _, id := range ids {
		p := s.acks[channel][id]
		yes := p != nil && !p.lost && !p.given && p.polls <= 0 && !(s.OneAck && said)
		if p != nil {
			p.polls--
		}
		if yes {
			said, p.given = true, true
			s.indexed = append(s.indexed, p.events...)
		}
		answer.acks[strconv.FormatInt(id, 10)] = yes
	}
	return answer
}
