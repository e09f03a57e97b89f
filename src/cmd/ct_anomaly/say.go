package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// count says a number of things.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	case strings.HasSuffix(noun, "ch"):
		return fmt.Sprintf("%d %ses", n, noun)
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}

// loud tells whether a verbosity shows info lines.
func (o *options) loud() bool { return o.noisy == "info" || o.noisy == "debug" }

// announced lets a sink say each new action on standard error too, in the words that the Netflix tool used, where the verbosity asks for it.
func (d *door) announced(o *options, to discern.Sink) discern.Sink {
	if !o.loud() {
		return to
	}
	return announcer{to, d}
}

type announcer struct {
	discern.Sink
	door *door
}

func (a announcer) Send(ctx context.Context, events []discern.Pending) error {
	for _, p := range events {
		var e discern.Event
		if err := json.Unmarshal(p.Event, &e); err != nil {
			return fmt.Errorf("announce anomaly %s: %w", p.ID, err)
		}
		if e.AnomalyType == discern.NewAction {
			fmt.Fprintf(a.door.err, "Newly seen action: %s - %s in %s\n", e.PrincipalName, e.Action, e.AccountID)
		}
	}
	return a.Sink.Send(ctx, events)
}

// writeLines writes each as one line of JSON.
func writeLines[T any](to io.Writer, all []T) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	for i := range all {
		if err := enc.Encode(&all[i]); err != nil {
			return fmt.Errorf("write as JSON: %w", err)
		}
	}
	return nil
}
