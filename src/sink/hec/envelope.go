package hec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// The sourcetypes of the two kinds of event.
const (
	sourceTypeAnomaly = "aws:cloudtrail:anomaly"
	sourceTypeRun     = "aws:cloudtrail:anomaly:run"
)

// mostBytes bounds a batch before compression. A larger event goes alone.
const mostBytes = 512 << 10

// An item is an event as the collector is given it.
type item struct {
	id       string
	envelope []byte
}

// batch takes as many events from the front as one request holds. What is no event is left untaken and said.
func (d *delivery) batch(events []discern.Pending) (batch []item, rest []discern.Pending) {
	size := 0
	for i := range events {
		e, err := d.item(&events[i])
		if err != nil {
			d.refuse(events[i].ID, err)
			continue
		}
		if size += len(e.envelope); size > mostBytes && len(batch) > 0 {
			return batch, events[i:]
		}
		batch = append(batch, e)
	}
	return batch, nil
}

func (s *Sink) item(p *discern.Pending) (item, error) {
	var e struct {
		FirstTime time.Time `json:"first_time"`
	}
	if err := json.Unmarshal(p.Event, &e); err != nil || e.FirstTime.IsZero() {
		return item{}, errors.New("the stored event is not a JSON object with a first_time; it is given up after 7 days")
	}
	line, err := s.envelope(sourceTypeAnomaly, e.FirstTime, p.Event)
	return item{p.ID, line}, err
}

// envelope wraps an event, unchanged, in what the collector wants beside it. The same event gives the same bytes.
func (s *Sink) envelope(sourceType string, at time.Time, event []byte) ([]byte, error) {
	head, err := json.Marshal(struct {
		Time       json.Number `json:"time"` // seconds
		Host       string      `json:"host,omitempty"`
		Source     string      `json:"source,omitempty"`
		SourceType string      `json:"sourcetype"`
		Index      string      `json:"index,omitempty"`
	}{seconds(at), s.Host, s.Source, sourceType, s.Index})
	if err != nil {
		return nil, fmt.Errorf("wrap an event: %w", err)
	}
	var line bytes.Buffer
	line.Write(bytes.TrimSuffix(head, []byte("}")))
	line.WriteString(`,"event":`)
	line.Write(event)
	line.WriteString("}\n")
	return line.Bytes(), nil
}

// seconds has as many decimals as are needed, three at most.
func seconds(at time.Time) json.Number {
	return json.Number(strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', -1, 64))
}
