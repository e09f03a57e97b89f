package settings

import (
	"cmp"
	"regexp"
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

// secretive finds texts that may be a secret in the place of something else: long, of the letters of base64 and nothing else, with digits
// and letters of both cases.
var secretive = regexp.MustCompile(`^[A-Za-z0-9+=_-][A-Za-z0-9+/=_-]{19,}$`)

func maySecret(text string) bool {
	return secretive.MatchString(text) && strings.ContainsAny(text, "0123456789") && strings.ToLower(text) != text && strings.ToUpper(text) != text
}

// quoted shows a text that somebody wrote, on one line and not too much of it.
func quoted(text string) string {
	const most = 40
	if maySecret(strings.TrimSpace(text)) {
		return "a text that may be a secret"
	}
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}
