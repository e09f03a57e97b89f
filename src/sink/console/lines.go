package console

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"cloudtrail_anomaly/src/discern"
)

// name is that of whatever stands at the end of standard output. An anomaly is told there in one form, not in each.
const name = "stream"

// Lines writes each event as one line of JSON. It is safe there once the write returned.
type Lines struct{ To io.Writer }

var _ discern.Sink = Lines{}

// Name implements discern.Sink.
func (Lines) Name() string { return name }

// Send implements discern.Sink: one write for all, so that a reader that goes away is noticed before anything is confirmed.
func (s Lines) Send(_ context.Context, events []discern.Pending) error {
	var lines bytes.Buffer
	for _, e := range events {
		lines.Write(e.Event)
		lines.WriteByte('\n')
	}
	if _, err := s.To.Write(lines.Bytes()); err != nil {
		return fmt.Errorf("write %d events: %w", len(events), err)
	}
	return nil
}
