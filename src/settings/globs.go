package settings

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Globs are patterns in which * stands for any characters and ? for exactly one. Case matters.
type Globs []Glob

// Match gives the first pattern, as it was written, that matches the whole of text.
func (g Globs) Match(text string) (pattern string, ok bool) {
	for _, one := range g {
		if one.Match(text) {
			return one.pattern, true
		}
	}
	return "", false
}

// A Glob is one pattern.
type Glob struct {
	pattern string
	actions bool // text is eventSource:eventName, and the pattern may name the service in short
}

// Match tells whether the pattern matches the whole of text. Its time grows with the length of text, never worse.
func (g Glob) Match(text string) bool {
	if matches(g.pattern, text) {
		return true
	}
	if !g.actions {
		return false
	}
	service, name, ok := strings.Cut(text, ".amazonaws.com:")
	return ok && matches(g.pattern, service+":"+name)
}

// String is the pattern as it was written.
func (g Glob) String() string { return g.pattern }

// matches goes back to the last star only: what an earlier one could take, the last one can as well. So a character of text is
// looked at no more often than the pattern is long, and longestGlob bounds that.
func matches(pattern, text string) bool {
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && pattern[p] == '?':
			_, width := utf8.DecodeRuneInString(text[t:])
			p, t = p+1, t+width
		case p < len(pattern) && pattern[p] == text[t]:
			p, t = p+1, t+1
		case star >= 0:
			_, width := utf8.DecodeRuneInString(text[resume:])
			resume += width
			p, t = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// longestGlob is more than any ARN or principal key a pattern has to name.
const longestGlob = 2048

func parseGlob(text string) (Glob, error) {
	if len(text) > longestGlob {
		return Glob{}, fmt.Errorf("a pattern has %d bytes, more than %d", len(text), longestGlob)
	}
	return Glob{pattern: text}, oneLine(text)
}

func parseActionGlob(text string) (Glob, error) {
	g, err := parseGlob(text)
	if err != nil {
		return Glob{}, err
	}
	if !strings.Contains(text, ":") && !strings.HasPrefix(text, "*") {
		return Glob{}, fmt.Errorf("%s names no service", quoted(text))
	}
	if strings.ContainsAny(text, " \t") {
		return Glob{}, errors.New("a pattern holds a space")
	}
	g.actions = true
	return g, nil
}
