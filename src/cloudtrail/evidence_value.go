package cloudtrail

import (
	"bytes"
	"iter"
	"strings"
)

// A value is one JSON value of a record, borrowed. It was checked when the record was read, so nothing is checked again here: what is
// no valid JSON only gives fewer parts. Each method looks at every byte once at most.
type value []byte

// requestOf is the record's requestParameters. Newer EC2 calls wrap theirs in one object more, DeleteFlowLogsRequest and the like.
func requestOf(r *Record) value {
	request := value(r.Value("requestParameters"))
	var only value
	for name, part := range request.parts() {
		wrapper := bytes.HasSuffix(name, []byte("Request")) || bytes.HasSuffix(name, []byte("Req"))
		if only != nil || !wrapper || !part.opens('{') {
			return request
		}
		only = part
	}
	if only != nil {
		return only
	}
	return request
}

func (v value) opens(with byte) bool { return len(v) > 0 && v[0] == with }

// parts gives what an object or an array holds, in order; names are nil in an array. Anything else has no parts.
func (v value) parts() iter.Seq2[[]byte, value] {
	return func(yield func([]byte, value) bool) {
		if !v.opens('{') && !v.opens('[') {
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

// nameOf is the name that a string spells, nil for anything else.
func nameOf(v value) []byte {
	if len(v) < 2 || v[0] != '"' {
		return nil
	}
	if bytes.IndexByte(v, '\\') >= 0 {
		return []byte(scalar(v))
	}
	return v[1 : len(v)-1 : len(v)-1]
}

// blank steps over white space.
func (v value) blank(i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\n' || v[i] == '\t' || v[i] == '\r') {
		i++
	}
	return i
}

// end is where the value that begins at i ends.
func (v value) end(i int) int {
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
func (v value) quote(i int) int {
	for ; i < len(v) && v[i] != '"'; i++ {
		if v[i] == '\\' {
			i++
		}
	}
	return i
}

// get is the member of that name, whatever its case: services differ in that (userName, UserName, username). Of several, the last counts.
func (v value) get(name string) value {
	if !v.opens('{') {
		return nil
	}
	var found value
	for n, part := range v.parts() {
		if len(n) == len(name) && strings.EqualFold(string(n), name) {
			found = part
		}
	}
	return found
}

// each gives the elements of a list, which EC2 writes as {"items": […]} or {"item": […]}, and of anything else the value itself. A list
// within a list is left out: no call has one, and so nesting costs nothing.
func (v value) each() iter.Seq[value] {
	list := v
	for _, name := range [...]string{"items", "item"} {
		if inner := v.get(name); inner.opens('[') {
			list = inner
		}
	}
	return func(yield func(value) bool) {
		if !list.opens('[') {
			if len(v) > 0 {
				yield(v)
			}
			return
		}
		for _, element := range list.parts() {
			if !element.opens('[') && !yield(element) {
				return
			}
		}
	}
}

// at gives the values at a path of names, going into each element of every list on the way and at its end.
func (v value) at(path []string) iter.Seq[value] {
	return func(yield func(value) bool) { v.follow(path, yield) }
}

func (v value) follow(path []string, yield func(value) bool) bool {
	if len(path) == 0 {
		return yield(v)
	}
	for element := range v.get(path[0]).each() {
		if !element.follow(path[1:], yield) {
			return false
		}
	}
	return true
}

// text is a scalar as text, also where EC2 wraps it as {"content": …, "tag": …}.
func (v value) text() string {
	if v.opens('{') {
		v = v.get("content")
	}
	return scalar(v)
}
