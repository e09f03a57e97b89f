package settings

import (
	"strings"
	"unicode"
)

// An Argument is a setting that the page of an input shows.
type Argument struct {
	Name  string // in the stanza
	Title string // its label
	Help  string // sentences: what it is, how it is written, its default
	Type  string // "string" or "boolean", as a scheme has it
}

// Arguments are the settings that the page of an input shows, in the order of the table. None has to be given: which ones are needed
// depends on the others.
//
// Numbers are strings to splunkd. Of its own check for numbers it is not known what it makes of an empty field, of 1e3 or of 0.5, and it
// would speak first, of one field, where Parse names all faults and their mends.
func Arguments() []Argument {
	var all []Argument
	for _, r := range table {
		if r.title == "" {
			continue
		}
		a := Argument{Name: r.name, Title: r.title, Help: strings.Join(r.sentences(), " "), Type: "string"}
		if r.kind == boolean {
			a.Type = "boolean"
		}
		all = append(all, a)
	}
	return all
}

// sentences say what a person has to know of a setting who fills in its field.
func (r row) sentences() []string {
	all := []string{sentence(r.help)}
	switch r.kind {
	case place:
		all = append(all, "A folder is given by its whole path; ~ is not expanded.")
	case file, inline:
		all = append(all, "A path is given whole; ~ is not expanded.")
	}
	if r.many {
		all = append(all, "Separate several by commas.")
	}
	if otherwise := r.otherwise(); otherwise != "-" {
		all = append(all, "Default: "+otherwise+".")
	}
	return all
}

func sentence(text string) string {
	first := []rune(text)
	first[0] = unicode.ToUpper(first[0])
	return string(first) + "."
}
