package console

import (
	"bytes"
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// The columns by their place in columns().
const (
	colWhen = iota
	colSeverity
	colAccount
	colWho
	colWhat
	colOnWhat
	colWhy
	colWide // the last
)

// narrow prints rows on a terminal that is too narrow for the table: two lines each, when, how bad, who and what above, and below them
// why it is new, how wide, on what and in which account.
func (s *Table) narrow(out *bytes.Buffer, rows []discern.Event, cells [][]string, widths []int) {
	first := []int{colWhen, colSeverity, colWho, colWhat}
	upper := make([]int, len(first))
	for i, c := range first {
		upper[i] = widths[c]
	}
	for sum(upper) > s.Width && upper[len(upper)-1] > 20 {
		upper[len(upper)-1]-- // what it did ends in an ellipsis before who did it does
	}
	indent := upper[0] + upper[1] + 4
	print := func(row []string, severity string) {
		line := make([]string, len(first))
		for i, c := range first {
			line[i] = row[c]
		}
		s.line(out, line, upper, severity)
		var below []string
		for _, c := range []int{colWhy, colWide, colOnWhat, colAccount} {
			if row[c] != "" {
				below = append(below, row[c])
			}
		}
		out.WriteString(strings.Repeat(" ", indent) + cut(strings.Join(below, " · "), max(20, s.Width-indent)) + "\n")
	}
	if !s.headed {
		s.headed = true
		var head []string
		for _, c := range columns() {
			head = append(head, c.heading)
		}
		print(head, "")
	}
	for r := range rows {
		print(cells[r], rows[r].Severity)
	}
}
