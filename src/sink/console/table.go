// Package console prints anomalies on standard output: as lines of JSON for programs, or as a table that a person understands at once: when, how
// bad, who, what, on what, why it is new and how wide.
package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"cloudtrail_anomaly/src/discern"
)

// A Table prints a table. It keeps counting what it printed, for Told.
type Table struct {
	To    io.Writer
	Width int  // columns of the terminal; 0 is none: nothing is cut
	Color bool // severities in colour

	headed   bool
	counts   map[string]int
	learning int
}

var _ discern.Sink = (*Table)(nil)

// Name implements discern.Sink.
func (*Table) Name() string { return name }

// A column has a heading, what it says of an event, and the width it needs at most; the last may take what is left.
type column struct {
	heading string
	cell    func(*discern.Event) string
	most    int
}

func columns() []column {
	return []column{
		{"WHEN (UTC)", func(e *discern.Event) string { return clock(e.FirstTime) }, 16},
		{"HOW BAD", func(e *discern.Event) string { return e.Severity }, 13},
		{"ACCOUNT", func(e *discern.Event) string { return either(e.AccountName, e.AccountID) }, 14},
		{"WHO", who, 34},
		{"WHAT", what, 44},
		{"ON WHAT", onWhat, 38},
		{"WHY NEW", why, 40},
		{"HOW WIDE", wide, 24},
	}
}

// Send implements discern.Sink.
func (s *Table) Send(_ context.Context, events []discern.Pending) error {
	rows := make([]discern.Event, len(events))
	for i := range events {
		if err := json.Unmarshal(events[i].Event, &rows[i]); err != nil {
			return fmt.Errorf("print anomaly %s: %w", events[i].ID, err)
		}
	}
	var out bytes.Buffer
	s.print(&out, rows)
	if _, err := s.To.Write(out.Bytes()); err != nil {
		return fmt.Errorf("print %d anomalies: %w", len(events), err)
	}
	if s.counts == nil {
		s.counts = map[string]int{}
	}
	for i := range rows {
		s.counts[rows[i].Severity]++
		if rows[i].Learning {
			s.learning++
		}
	}
	return nil
}

// Told counts what was printed, by severity.
func (s *Table) Told() map[string]int { return s.counts }

// Learning counts those among them that are marked so.
func (s *Table) Learning() int { return s.learning }

// Section prints a heading, and the columns' headings again with the next rows.
func (s *Table) Section(heading string) error {
	s.headed = false
	if _, err := fmt.Fprintf(s.To, "\n%s\n", heading); err != nil {
		return fmt.Errorf("print a heading: %w", err)
	}
	return nil
}

func (s *Table) print(out *bytes.Buffer, rows []discern.Event) {
	cols := columns()
	cells := make([][]string, len(rows))
	widths := make([]int, len(cols))
	for c, col := range cols {
		widths[c] = len(col.heading)
		for r := range rows {
			text := visible(col.cell(&rows[r]))
			cells[r] = append(cells[r], text)
			width := utf8.RuneCountInString(text)
			if s.Width > 0 {
				width = min(width, col.most)
			}
			widths[c] = max(widths[c], width)
		}
	}
	if s.Width > 0 && sum(widths) > s.Width {
		s.narrow(out, rows, cells, widths)
		return
	}
	if !s.headed {
		s.headed = true
		head := make([]string, len(cols))
		for c := range cols {
			head[c] = cols[c].heading
		}
		s.line(out, head, widths, "")
	}
	for r := range rows {
		s.line(out, cells[r], widths, rows[r].Severity)
	}
}

// line prints one row. On a terminal, what does not fit its column ends in an ellipsis: the JSON form has everything whole.
func (s *Table) line(out *bytes.Buffer, cells []string, widths []int, severity string) {
	var b strings.Builder
	for c, text := range cells {
		text = cut(text, widths[c])
		pad := max(0, widths[c]-utf8.RuneCountInString(text))
		if c == 1 && s.Color {
			text = colored(text, severity)
		}
		b.WriteString(text)
		b.WriteString(strings.Repeat(" ", pad+2))
	}
	out.WriteString(strings.TrimRight(b.String(), " "))
	out.WriteByte('\n')
}

// sum is the width of a line.
func sum(widths []int) int {
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	return total
}

func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:max(0, width-1)]) + "…"
}

// visible replaces control characters: names and agents hold what an attacker wrote, and this goes to a terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '·'
		}
		return r
	}, text)
}

func colored(text, severity string) string {
	code := map[string]string{"critical": "1;31", "high": "31", "medium": "33", "low": "36"}[severity]
	if code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
