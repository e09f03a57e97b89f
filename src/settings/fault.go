package settings

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A Fault is one thing wrong with what was given.
type Fault struct {
	Where string // "config.yml line 12"; empty for a stanza and for flags
	Field string // the setting as its writer knows it: learning_days, --learning-days, roleAction.learningDays; empty for a file
	What  string // what is wrong, and the mend

	order int // the row of its setting; after all rows for what is no setting
}

func (f Fault) String() string {
	parts := slices.DeleteFunc([]string{f.Where, f.Field, f.What}, func(s string) bool { return s == "" })
	return strings.Join(parts, ": ")
}

// Faults are all that is wrong, in the order of the table; as an error, one a line.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// sort keeps the order of finding among those that share a row.
func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Compare(a.order, b.order) })
}

// quoted shows a text that somebody wrote, on one line and not too much of it.
func quoted(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}
