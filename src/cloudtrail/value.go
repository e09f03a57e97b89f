package cloudtrail

import (
	"bytes"
	"iter"
)

// A Value is one JSON value of a record as written, borrowed as the record's Raw is; nil stands for one that is absent. It is valid
// JSON: a Reader has checked it, so nothing is checked again here, and who makes one of other text must have checked that.
type Value []byte

// Opens tells whether the value begins with that byte: '{' of an object, '[' of a list, '"' of a string.
func (v Value) Opens(with byte) bool { return len(v) > 0 && v[0] == with }

// Parts gives what an object or a list holds, in the order written, a doubled name each time; names are unescaped, and nil in a list.
// Anything else has no parts. Names and parts are borrowed as the value is. A walk over all of them looks at each byte once.
func (v Value) Parts() iter.Seq2[[]byte, Value] {
	return func(yield func([]byte, Value) bool) {
		if !v.Opens('{') && !v.Opens('[') {
			return
		}
		for i := v.blank(1); i < len(v) && v[i] != '}' && v[i] != ']'; {
			var name []byte
			if v[0] == '{' {
				end := v.end(i)
				name = nameOf(v[i:end])
				if i = v.blank(end); name == nil || i >= len(v) || v[i] != ':' {
					return
				}
				i = v.blank(i + 1)
			}
			end := v.end(i)
			if end == i || !yield(name, v[i:end]) {
				return
			}
			if i = v.blank(end); i < len(v) && v[i] == ',' {
				i = v.blank(i + 1)
			}
		}
	}
}

// Text is a scalar as text, a copy: a string unescaped, a number or boolean as written; "" for null, an object, a list and nothing.
func (v Value) Text() string {
	if len(v) == 0 {
		return ""
	}
	switch v[0] {
	case '"':
		return string(unquote(nil, v[1:len(v)-1]))
	case '{', '[', 'n':
		return ""
	default:
		return string(v)
	}
}

// nameOf is the name that a string spells, nil for anything else.
func nameOf(v Value) []byte {
	if len(v) < 2 || v[0] != '"' {
		return nil
	}
	if bytes.IndexByte(v, '\\') >= 0 {
		return []byte(v.Text())
	}
	return v[1 : len(v)-1 : len(v)-1]
}

// blank steps over white space.
func (v Value) blank(i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\n' || v[i] == '\t' || v[i] == '\r') {
		i++
	}
	return i
}

// end is where the value that begins at i ends.
func (v Value) end(i int) int {
	for depth := 0; i < len(v); i++ {
		switch v[i] {
		case '"':
			if i = v.quote(i + 1); depth == 0 {
				return min(i+1, len(v))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return min(i, len(v))
}

// quote is where the string that i lies in is closed.
func (v Value) quote(i int) int {
	for ; i < len(v) && v[i] != '"'; i++ {
		if v[i] == '\\' {
			i++
		}
	}
	return i
}
