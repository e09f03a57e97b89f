package cloud

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// text and number are what an attribute says, if it is of that kind.
func text(v value) string {
	s, _ := v["S"].(string)
	return s
}

func number(v value) int64 {
	s, _ := v["N"].(string)
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// less compares two attributes of one kind.
func less(a, b value) bool {
	if _, ok := a["N"]; ok {
		return number(a) < number(b)
	}
	return text(a) < text(b)
}

// name is the attribute that a word of an expression means.
func (in *call) name(word string) string {
	if alias, ok := in.ExpressionAttributeNames[word]; ok {
		return alias
	}
	return word
}

// project is what is asked for of an item.
func (in *call) project(it item) item {
	if in.ProjectionExpression == "" {
		return it
	}
	some := item{}
	for word := range strings.SplitSeq(in.ProjectionExpression, ",") {
		name := in.name(strings.TrimSpace(word))
		if v, ok := it[name]; ok {
			some[name] = v
		}
	}
	return some
}

// holds tells whether a condition is true of an item; an empty one is.
func (in *call) holds(condition string, it item) (bool, error) {
	if condition == "" {
		return true, nil
	}
	for _, sign := range []string{"(", ")", ",", "=", "<"} {
		condition = strings.ReplaceAll(condition, sign, " "+sign+" ")
	}
	e := expression{call: in, item: it, words: strings.Fields(condition)}
	is := e.either()
	if e.err == nil && len(e.words) > 0 {
		e.err = fmt.Errorf("%q is left of the condition", e.words)
	}
	return is, e.err
}

// An expression is read from left to right: a OR b, a AND b, (a), attribute_exists(#a), attribute_not_exists(#a), #a = :b, #a < :b,
// #a BETWEEN :b AND :c.
type expression struct {
	*call
	item  item
	words []string
	err   error
}

func (e *expression) next() string {
	if len(e.words) == 0 {
		e.err = fmt.Errorf("the condition breaks off")
		return ""
	}
	word := e.words[0]
	e.words = e.words[1:]
	return word
}

func (e *expression) took(word string) bool {
	if len(e.words) == 0 || e.words[0] != word {
		return false
	}
	e.words = e.words[1:]
	return true
}

func (e *expression) either() bool {
	is := e.both()
	for e.err == nil && e.took("OR") {
		is = e.both() || is
	}
	return is
}

func (e *expression) both() bool {
	is := e.term()
	for e.err == nil && e.took("AND") {
		is = e.term() && is
	}
	return is
}

func (e *expression) term() bool {
	switch word := e.next(); word {
	case "(":
		is := e.either()
		e.took(")")
		return is
	case "attribute_exists", "attribute_not_exists":
		e.took("(")
		_, there := e.item[e.name(e.next())]
		e.took(")")
		return there == (word == "attribute_exists")
	default:
		return e.compared(e.item[e.name(word)])
	}
}

func (e *expression) value() value { return e.ExpressionAttributeValues[e.next()] }

func (e *expression) compared(is value) bool {
	switch sign := e.next(); sign {
	case "=":
		return reflect.DeepEqual(is, e.value())
	case "<":
		than := e.value()
		return is != nil && less(is, than)
	case "BETWEEN":
		low := e.value()
		e.took("AND")
		high := e.value()
		return is != nil && !less(is, low) && !less(high, is)
	default:
		e.err = fmt.Errorf("this table does not know the comparison %q", sign)
		return false
	}
}
