package settings

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// value gives the items below a key; none if nothing is given, or if it is faulted.
func (d *document) value(path string, v value, n *yaml.Node) []string {
	switch {
	case n.Kind == yaml.SequenceNode && v.many:
		return d.sequence(path, n)
	case n.Kind == yaml.SequenceNode:
		d.fault(n.Line, path, "is a list; give one value")
		return nil
	}
	text, _ := d.scalar(path, n)
	return v.items(text)
}

func (d *document) sequence(path string, n *yaml.Node) []string {
	var items []string
	for _, item := range n.Content {
		if empty(item) {
			d.fault(item.Line, path, "has an empty item; give it a value or remove it")
			return nil
		}
		text, ok := d.scalar(path, item)
		if !ok {
			return nil
		}
		items = append(items, strings.TrimSpace(text))
	}
	return items
}

// scalar is the text of one value as it is written.
func (d *document) scalar(path string, n *yaml.Node) (text string, ok bool) {
	what := ""
	switch {
	case n.Kind == yaml.AliasNode:
		what = "is an alias; write the value itself"
	case n.Kind == yaml.MappingNode:
		what = "has keys below it; give a value"
	case n.Kind == yaml.SequenceNode:
		what = "has a list in a list; give plain items"
	case n.Style&yaml.TaggedStyle != 0:
		what = "has a tag (!); write the value alone"
	}
	if what != "" {
		d.fault(n.Line, path, what)
		return "", false
	}
	return n.Value, true
}

// empty tells whether nothing is given: no value, ~, null, or an empty text.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&yaml.TaggedStyle == 0 && (strings.TrimSpace(n.Value) == "" || n.ShortTag() == "!!null")
}
