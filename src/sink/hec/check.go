package hec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Cover sends coverage events, JSON objects, once: its error means that not all may have arrived.
func (s *Sink) Cover(ctx context.Context, at time.Time, lines ...[]byte) error {
	var batch []item
	size := 0
	for i, line := range lines {
		if !json.Valid(line) {
			return errors.New("send a coverage event to HEC: it is not JSON")
		}
		event, err := s.envelope(sourceTypeRun, at, line)
		if err != nil {
			return err
		}
		batch, size = append(batch, item{envelope: event}), size+len(event)
		if i < len(lines)-1 && size < mostBytes/2 {
			continue
		}
		if err := s.cover(ctx, batch); err != nil {
			return fmt.Errorf("send %d coverage events to %s: %w", len(batch), s.at.host, err)
		}
		batch, size = batch[:0], 0
	}
	return nil
}

func (s *Sink) cover(ctx context.Context, batch []item) error {
	a, err := s.ask(ctx, http.MethodPost, eventPath, pack(batch))
	if err != nil {
		return unreached(err)
	}
	if a.rule().fate != taken {
		return s.fault(a)
	}
	return nil
}

// Check tells whether the collector is well and knows the token, without sending an event: a request without one is answered with code 5 ("no data")
// when its token is good. Whether the token may write to the index shows with the first event alone.
//
// Nothing asks for health before events are sent: a load balancer answers for another indexer than the one that will be given them, and the answer to
// the events themselves says the same and more.
func (s *Sink) Check(ctx context.Context) error {
	a, err := s.ask(ctx, http.MethodGet, healthPath, nil)
	if err != nil {
		return fmt.Errorf("ask %s for its health: %w", s.at.host, unreached(err))
	}
	if r := a.rule(); r.fate == again && a.status != http.StatusOK || a.status/100 == 3 || a.status == http.StatusNotFound {
		return fmt.Errorf("ask %s for its health: %w", s.at.host, s.fault(a))
	}
	a, err = s.ask(ctx, http.MethodPost, eventPath, nil)
	if err != nil {
		return fmt.Errorf("ask %s about the token: %w", s.at.host, unreached(err))
	}
	if a.coded && a.code == 5 || a.rule().fate == taken {
		return nil
	}
	return fmt.Errorf("ask %s about the token: %w", s.at.host, s.fault(a))
}
