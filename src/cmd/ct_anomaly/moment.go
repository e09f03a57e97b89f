package main

import (
	"fmt"
	"time"
)

// A moment is a flag that takes a time: RFC 3339, or a day, which is its first second in UTC. Zero when not given.
type moment struct{ unix int64 }

// Set implements flag.Value.
func (m *moment) Set(text string) error {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil && t.Unix() > 0 {
			m.unix = t.Unix()
			return nil
		}
	}
	return fmt.Errorf("%q is no time such as 2026-11-22T09:30:00Z or 2026-11-22", text)
}

// String implements flag.Value.
func (m *moment) String() string {
	if m.unix == 0 {
		return ""
	}
	return time.Unix(m.unix, 0).UTC().Format(time.RFC3339)
}

// text is a time for people, or a dash.
func (m moment) text() string {
	if m.unix == 0 {
		return "-"
	}
	return m.String()
}
