package evidence

import (
	"bytes"
	"iter"
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
)

// A value is a part of a request, read with patience for how services write one: names in any case, lists and scalars wrapped. Each
// method looks at every byte once at most.
type value cloudtrail.Value

// requestOf is the record's requestParameters. Newer EC2 calls wrap theirs in one object more, DeleteFlowLogsRequest and the like.
func requestOf(r *cloudtrail.Record) value {
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

func (v value) opens(with byte) bool { return cloudtrail.Value(v).Opens(with) }

// parts are the members or elements, as cloudtrail.Value gives them.
func (v value) parts() iter.Seq2[[]byte, value] {
	return func(yield func([]byte, value) bool) {
		for name, part := range cloudtrail.Value(v).Parts() {
			if !yield(name, value(part)) {
				return
			}
		}
	}
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
	return cloudtrail.Value(v).Text()
}
