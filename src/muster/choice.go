package muster

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Choice says which accounts are wanted. Each given list narrows it; the zero Choice is all active accounts.
type Choice struct {
	BusinessUnit []string // "ou:<id>" with all units below, "tag:<key>=<value>" or "name:<glob>": accounts for which any one holds
	Accounts     []string // ids, as written
	Exclude      []string // ids; wins over the others
}

// listed tells whether the choice leaves the account in, as far as ids go.
func (c Choice) listed(id string) bool {
	return len(c.Accounts) == 0 || slices.Contains(c.Accounts, id)
}

func (c Choice) excludes(id string) bool { return slices.Contains(c.Exclude, id) }

// A term is one part of a business unit.
type term struct {
	kind termKind
	text string // as written, for messages
	key  string // of a tag
	want string // the unit's id, the tag's value or the glob
}

type termKind int

const (
	byUnit termKind = iota
	byTag
	byName
)

// unitID is the form of the ids of roots and organizational units.
var unitID = regexp.MustCompile(`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$`)

func parseTerms(texts []string) ([]term, error) {
	terms := make([]term, 0, len(texts))
	var faults []error
	for _, text := range texts {
		t, err := parseTerm(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("business unit %q: %w", text, err))
		}
		terms = append(terms, t)
	}
	return terms, errors.Join(faults...)
}

func parseTerm(text string) (term, error) {
	kind, rest, _ := strings.Cut(text, ":")
	t := term{text: text, want: rest}
	switch kind {
	case "ou":
		if t.kind = byUnit; !unitID.MatchString(rest) {
			return t, errors.New("it needs the id of a unit or root, such as ou:ou-ab12-cdefgh34 or ou:r-ab12")
		}
		return t, nil
	case "tag":
		key, value, ok := strings.Cut(rest, "=")
		if t.kind, t.key, t.want = byTag, key, value; !ok || key == "" {
			return t, errors.New("it needs a key and a value, such as tag:team=payments")
		}
		return t, nil
	case "name":
		if t.kind = byName; rest == "" {
			return t, errors.New("it needs a name, such as name:prod-*")
		}
		return t, nil
	}
	return t, errors.New("it must be ou:ID, tag:KEY=VALUE or name:GLOB")
}

// holds tells whether the term is true of a candidate.
func (t term) holds(c candidate) bool {
	switch t.kind {
	case byUnit:
		return slices.Contains(c.units, t.want)
	case byTag:
		value, ok := c.tags[t.key]
		return ok && value == t.want
	}
	return like(t.want, c.Name)
}

// like tells whether a name is of the form of a glob, in which * is any text and ? one character. The case of letters does not matter.
func like(glob, name string) bool {
	pattern, text := []rune(strings.ToLower(glob)), []rune(strings.ToLower(name))
	at, star, retry := 0, -1, 0
	for i := 0; i < len(text); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, retry = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == text[i]):
			at++
			i++
		case star >= 0: // the last star takes one character more
			retry++
			at, i = star+1, retry
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == '*' {
		at++
	}
	return at == len(pattern)
}
