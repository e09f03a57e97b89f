package settings

import (
	"fmt"
	"strings"
)

// kind is what a setting holds, in the word that stands for its value in the help.
type kind string

const (
	text      kind = "text"
	list      kind = "list"
	globs     kind = "globs"
	days      kind = "days"
	daysOrAll kind = "days|all"
	count     kind = "count"
	boolean   kind = "bool"
	duration  kind = "duration"
	link      kind = "url"
	place     kind = "folder"
	file      kind = "file"
	inline    kind = "file|text"
	cidrs     kind = "cidrs"
)

// A value is how the text of a setting becomes a field of Settings.
type value struct {
	kind    kind
	allowed string // what may be given, to stand after "give"
	many    bool

	// set replaces the field by these items, or by its zero value when there are none. Of a setting that is not many there is at
	// most one item. Its error says what is wrong and the mend.
	set func(s *Settings, items []string) error
}

// A rule reads one item. Its errors say what is wrong; the mend is what it allows.
type rule[T any] struct {
	kind    kind
	allowed string
	parse   func(text string) (T, error)
}

func (r rule[T]) read(item string) (T, error) {
	v, err := r.parse(item)
	if err != nil {
		return v, fmt.Errorf("%w; give %s", err, r.allowed)
	}
	return v, nil
}

func one[T any](r rule[T], field func(*Settings) *T) value {
	set := func(s *Settings, items []string) error {
		var v T
		if len(items) > 0 {
			var err error
			if v, err = r.read(items[0]); err != nil {
				return err
			}
		}
		*field(s) = v
		return nil
	}
	return value{kind: r.kind, allowed: r.allowed, set: set}
}

func several[T any](k kind, r rule[T], field func(*Settings) *[]T) value {
	set := func(s *Settings, items []string) error {
		var all []T
		for _, item := range items {
			v, err := r.read(item)
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		*field(s) = all
		return nil
	}
	return value{kind: k, allowed: r.allowed, many: true, set: set}
}

// items parts the text of a stanza or flag: a list at its commas and line ends. In config.yml the items of a list stand apart
// already and may hold commas.
func (v value) items(text string) []string {
	if !v.many {
		if text = strings.TrimSpace(text); text == "" {
			return nil
		}
		return []string{text}
	}
	var items []string
	for item := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
