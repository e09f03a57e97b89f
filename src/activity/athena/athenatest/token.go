package athenatest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// A token of a DDL statement: a word (bare or in backticks), a string, or one sign.
type token struct {
	kind rune // w, s, or the sign itself; 0 at the end
	text string
}

// tokens reads Hive's DDL: backticks are doubled inside names, a backslash escapes inside strings, "--" begins a comment.
func tokens(sql string) ([]token, error) {
	var all []token
	in := []rune(sql)
	for i := 0; i < len(in); {
		switch c := in[i]; {
		case unicode.IsSpace(c):
			i++
		case c == '-' && i+1 < len(in) && in[i+1] == '-':
			for i < len(in) && in[i] != '\n' {
				i++
			}
		case c == '`' || c == '\'' || c == '"':
			text, next, err := quoted(in, i)
			if err != nil {
				return nil, err
			}
			kind := 's'
			if c == '`' {
				kind = 'w'
			}
			all, i = append(all, token{kind, text}), next
		case unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_':
			from := i
			for i < len(in) && (unicode.IsLetter(in[i]) || unicode.IsDigit(in[i]) || in[i] == '_') {
				i++
			}
			all = append(all, token{'w', string(in[from:i])})
		default:
			all, i = append(all, token{c, string(c)}), i+1
		}
	}
	return all, nil
}

func quoted(in []rune, at int) (text string, next int, err error) {
	quote := in[at]
	var b strings.Builder
	for i := at + 1; i < len(in); i++ {
		switch {
		case in[i] == '\\' && quote != '`' && i+1 < len(in):
			i++
			b.WriteRune(in[i])
		case in[i] == quote && quote == '`' && i+1 < len(in) && in[i+1] == quote:
			i++
			b.WriteRune(quote)
		case in[i] == quote:
			return b.String(), i + 1, nil
		default:
			b.WriteRune(in[i])
		}
	}
	return "", 0, errors.New("a quote that is not closed")
}

// reader goes through tokens. The first thing that does not fit stays its error, and ends what is read.
type reader struct {
	rest []token
	err  error
}

func (r *reader) peek() token {
	if r.err != nil || len(r.rest) == 0 {
		return token{}
	}
	return r.rest[0]
}

func (r *reader) next() token {
	t := r.peek()
	if len(r.rest) > 0 {
		r.rest = r.rest[1:]
	}
	return t
}

// words takes the words given, in any case, if they are next.
func (r *reader) words(words ...string) bool {
	if r.err != nil || len(r.rest) < len(words) {
		return false
	}
	for i, word := range words {
		if r.rest[i].kind != 'w' || !strings.EqualFold(r.rest[i].text, word) {
			return false
		}
	}
	r.rest = r.rest[len(words):]
	return true
}

// sign takes a sign if it is next.
func (r *reader) sign(kind rune) bool {
	if r.peek().kind != kind {
		return false
	}
	r.next()
	return true
}

// want takes what must come: a word (w), a string (s) or a sign.
func (r *reader) want(kind rune) string {
	t := r.next()
	if r.err == nil && t.kind != kind {
		r.err = fmt.Errorf("%q where another thing (%c) was expected", t.text, kind)
	}
	return t.text
}

// list reads (one, another, …).
func (r *reader) list(one func()) {
	r.want('(')
	for {
		one()
		if r.err != nil || !r.sign(',') {
			break
		}
	}
	r.want(')')
}
