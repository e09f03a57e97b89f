package splunkdtest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Event is an indexed event.
type Event struct {
	Time, Indexed                   time.Time // _time, and when it arrived by splunkd's clock
	Index, Host, Source, Sourcetype string
	Raw                             string
	PID                             int // of the process that wrote it
}

// index takes an event: what it does not say it inherits from its stanza. Its source is the stanza's name by default, its sourcetype
// the scheme's; data goes through line breaking and truncation as props.conf says.
func (s *Splunkd) index(in *input, run *Run, set stanza, e written) {
	a := s.installed()
	event := Event{
		Indexed: s.clock.Now(), PID: run.PID,
		Index: either(e.Index, set["index"]), Host: either(e.Host, set["host"]),
		Source: either(e.Source, set["source"], a.kind.stanza(in.name)), Sourcetype: either(e.Sourcetype, set["sourcetype"], a.kind.name),
	}
	if event.Index == "default" {
		event.Index = "main"
	}
	if e.Host == "$decideOnStartup" {
		s.fault(in.name + ": an event's host is $decideOnStartup")
	}
	if event.Host == "$decideOnStartup" {
		event.Host = serverName
	}
	if !s.hasIndex(event.Index) {
		s.fault(fmt.Sprintf("%s: received event for unconfigured/disabled/deleted index=%s", in.name, event.Index))
		return
	}
	p := a.props[event.Sourcetype]
	var lines []Event
	for _, raw := range p.lines(e.Data) {
		event.Raw, event.Time = raw, p.time(raw, event.Indexed)
		if seconds, err := strconv.ParseFloat(e.Time, 64); err == nil {
			whole, part := math.Modf(seconds)
			event.Time = time.Unix(int64(whole), int64(math.Round(part*1000))*int64(time.Millisecond)).UTC()
		}
		lines = append(lines, event)
	}
	s.change(func() {
		run.Events++
		if run.Abandoned {
			s.lost = append(s.lost, lines...)
			return
		}
		s.events = append(s.events, lines...)
	})
}

func either(some ...string) string {
	i := slices.IndexFunc(some, func(x string) bool { return x != "" })
	if i < 0 {
		return ""
	}
	return some[i]
}

func (s *Splunkd) hasIndex(name string) bool {
	return name == "main" || slices.Contains(s.o.Indexes, name)
}

// Events are the indexed events of a sourcetype in the order they came, of which all conditions hold: field=value, as a search has
// them, where a field is index, host, source or one of the event's own JSON fields.
func (s *Splunkd) Events(sourcetype string, conditions ...string) []Event {
	s.mu.Lock()
	all := slices.Clone(s.events)
	s.mu.Unlock()
	return slices.DeleteFunc(all, func(e Event) bool {
		if e.Sourcetype != sourcetype {
			return true
		}
		return slices.ContainsFunc(conditions, func(c string) bool {
			field, value, _ := strings.Cut(c, "=")
			return e.Field(field) != value
		})
	})
}

// Field is one of an event's fields as text: "" where it has none.
func (e Event) Field(name string) string {
	switch name {
	case "index":
		return e.Index
	case "host":
		return e.Host
	case "source":
		return e.Source
	}
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(e.Raw))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || fields[name] == nil {
		return ""
	}
	return fmt.Sprint(fields[name])
}

// Read reads an event's JSON into a value.
func (e Event) Read(into any) error {
	if err := json.Unmarshal([]byte(e.Raw), into); err != nil {
		return fmt.Errorf("an event of %s is no JSON: %w", e.Source, err)
	}
	return nil
}
