package splunkdtest

import (
	"bufio"
	"io"
	"slices"
	"strings"
)

// A Line is a line of splunkd.log.
type Line struct {
	Input string // whose script wrote it; "" = splunkd itself
	Level string // DEBUG, INFO, WARN, ERROR or FATAL
	Text  string
}

var levels = []string{"DEBUG", "INFO", "WARN", "ERROR", "FATAL"}

// noteAll takes a script's standard error: a line's first word is its level, and without one it is an error (help.splunk.com, "Set
// up logging").
func (s *Splunkd) noteAll(input string, from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		level, rest, _ := strings.Cut(text, " ")
		if !slices.Contains(levels, level) {
			level, rest = "ERROR", text
		}
		s.note(input, level, rest)
	}
	io.Copy(io.Discard, from)
}

func (s *Splunkd) note(input, level, text string) {
	s.change(func() { s.log = append(s.log, Line{input, level, text}) })
}

// Log is what splunkd.log holds: of some levels, or of all.
func (s *Splunkd) Log(some ...string) []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.log), func(l Line) bool { return len(some) > 0 && !slices.Contains(some, l.Level) })
}

// tell writes the end of the log and the last runs for somebody who looks at a failed test.
func (s *Splunkd) tell() {
	const lines = 20
	for _, l := range last(s.Log(), lines) {
		s.t.Logf("splunkd.log: %s %s %s", l.Level, l.Input, l.Text)
	}
	for _, r := range last(s.runs, lines) {
		s.t.Logf("run: %+v", *r)
	}
}

func last[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }
