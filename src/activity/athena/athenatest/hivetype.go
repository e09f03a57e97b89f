package athenatest

import (
	"fmt"
	"strings"
)

// A hiveType is a column's type: a name with parameters (decimal(10,2)), or array, map or struct of others.
type hiveType struct {
	name   string // lower case
	params string // with its parentheses
	of     []hiveType
	fields []string // names, of a struct
}

type hiveColumn struct {
	name string // lower case, as Athena's catalog keeps it
	of   hiveType
}

// hiveType reads a type.
func (r *reader) hiveType() hiveType {
	t := hiveType{name: strings.ToLower(r.want('w'))}
	switch {
	case t.name == "struct":
		r.want('<')
		for {
			t.fields = append(t.fields, strings.ToLower(r.want('w')))
			r.want(':')
			t.of = append(t.of, r.hiveType())
			if r.err != nil || !r.sign(',') {
				break
			}
		}
		r.want('>')
	case t.name == "array" || t.name == "map":
		r.want('<')
		t.of = append(t.of, r.hiveType())
		if t.name == "map" {
			r.want(',')
			t.of = append(t.of, r.hiveType())
		}
		r.want('>')
	case r.peek().kind == '(':
		var numbers []string
		r.list(func() { numbers = append(numbers, r.want('w')) })
		t.params = "(" + strings.Join(numbers, ",") + ")"
	}
	return t
}

// column reads a column's name, type and comment.
func (r *reader) column() hiveColumn {
	c := hiveColumn{name: strings.ToLower(r.want('w'))}
	c.of = r.hiveType()
	if r.words("COMMENT") {
		r.want('s')
	}
	return c
}

// String is the type as Athena's catalog tells it.
func (t hiveType) String() string {
	inner := make([]string, len(t.of))
	for i, o := range t.of {
		inner[i] = o.String()
		if t.name == "struct" {
			inner[i] = t.fields[i] + ":" + inner[i]
		}
	}
	if len(inner) == 0 {
		return t.name + t.params
	}
	return t.name + "<" + strings.Join(inner, ",") + ">"
}

// trinoTypes are Trino's names of Hive's types, where they differ.
var trinoTypes = map[string]string{"string": "varchar", "int": "integer", "float": "real", "binary": "varbinary", "timestamp": "timestamp(3)"}

// trino is the type as Trino writes it.
func (t hiveType) trino() string {
	inner := make([]string, len(t.of))
	for i, o := range t.of {
		inner[i] = o.trino()
		if t.name == "struct" {
			inner[i] = sqlName(t.fields[i]) + " " + inner[i]
		}
	}
	switch {
	case t.name == "struct":
		return "row(" + strings.Join(inner, ", ") + ")"
	case len(inner) > 0:
		return fmt.Sprintf("%s(%s)", t.name, strings.Join(inner, ", "))
	case trinoTypes[t.name] != "":
		return trinoTypes[t.name]
	}
	return t.name + t.params
}
