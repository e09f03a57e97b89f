package evidence

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	shortBytes = 256 // the most of any one string
	fewStrings = 5   // the most of any one list
)

// short cuts a text to shortBytes at a rune. What it gives holds on to no more than it shows.
func short(s string) string {
	if len(s) <= shortBytes {
		return s
	}
	end := shortBytes
	for end > shortBytes-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end])
}

// few is a list of distinct short strings, as long as an event may tell.
type few []string

func (f *few) add(s string) {
	if s = short(s); s == "" || len(*f) == fewStrings || f.has(s) {
		return
	}
	*f = append(*f, s)
}

// lead puts a string in front, at the cost of the last one where the list is full.
func (f *few) lead(s string) {
	if f.has(s) {
		return
	}
	*f = append(few{s}, (*f)[:min(len(*f), fewStrings-1)]...)
}

func (f few) has(s string) bool { return slices.Contains(f, s) }
