package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// A document is a config.yml being read. A value is its text as written: YAML's own types would make 012345670123 an octal number
// and no a boolean. Anchors, aliases and tags have no use here and are refused, so a small file cannot become a large one.
type document struct {
	where  string
	found  []given // in the order in which they are to be applied
	faults Faults

	seed   []given        // what the seed's threshold gives
	places map[string]int // by path: its line
}

func readDocument(where string, data []byte) *document {
	d := &document{where: where, places: map[string]int{}}
	if line, what := unclean(data); line > 0 {
		d.fault(line, "", what)
		return d
	}
	if root := d.parse(data); root != nil {
		d.mapping("", root)
		d.adopt()
	}
	if len(d.faults) >= mostFaults {
		d.faults = append(d.faults, Fault{Where: where, What: "may hold more faults; mend these first", order: len(table)})
	}
	return d
}

// parse gives the mapping that a file is, or nil if it is empty or has been faulted.
func (d *document) parse(data []byte) *yaml.Node {
	in := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if err := in.Decode(&first); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		d.notYAML(data, err)
		return nil
	}
	if err := in.Decode(&second); err == nil {
		d.fault(second.Line, "", "holds a second document; keep one")
		return nil
	} else if !errors.Is(err, io.EOF) {
		d.notYAML(data, err)
		return nil
	}
	if len(first.Content) == 0 || empty(first.Content[0]) {
		return nil
	}
	root := first.Content[0]
	if root.Kind != yaml.MappingNode {
		d.fault(root.Line, "", "is not made of keys; begin with one, such as logs: FOLDER")
		return nil
	}
	return root
}

// notYAML turns the parser's error, "yaml: line 3: what", into a fault.
func (d *document) notYAML(data []byte, err error) {
	if line := tabbed(data); line > 0 {
		d.fault(line, "", "is indented by a tab, which YAML does not allow; use spaces")
		return
	}
	what, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if number, rest, ok := strings.Cut(what, ": "); ok {
		if n, _ := fmt.Sscanf(number, "line %d", &line); n == 1 {
			what = rest
		}
	}
	d.fault(line, "", fmt.Sprintf("is not YAML: %s; correct it there or near it", what))
}

// adopt puts what the seed's keys imply before what the file says itself.
func (d *document) adopt() {
	line, ok := d.places[seedThreshold]
	if !ok {
		return
	}
	if row := named("iam_role_name"); d.places[table[row].path] == 0 {
		d.seed = append(d.seed, given{row: row, items: []string{seedIAMRole}, where: d.line(line), field: seedThreshold})
	}
	d.found = append(d.seed, d.found...)
}

// mostFaults is more than anybody mends at once.
const mostFaults = 100

func (d *document) mapping(path string, m *yaml.Node) {
	for i := 0; i+1 < len(m.Content) && len(d.faults) < mostFaults; i += 2 {
		key, val := m.Content[i], m.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.fault(key.Line, "", "has a key that is not a word; write NAME: VALUE")
			continue
		}
		d.entry(strings.TrimPrefix(path+"."+key.Value, "."), key.Line, val)
	}
}

func (d *document) entry(path string, line int, val *yaml.Node) {
	row := at(path)
	if row < 0 && path != seedThreshold && !isSection(path) {
		d.unknown(path, line)
		return
	}
	if before, ok := d.places[path]; ok {
		d.fault(line, path, fmt.Sprintf("is there already, on line %d; keep one", before))
		return
	}
	d.places[path] = line
	switch {
	case empty(val):
	case row < 0 && path != seedThreshold:
		d.section(path, val)
	case path == seedThreshold:
		d.threshold(val)
	default:
		if items := d.value(path, table[row].value, val); len(items) > 0 {
			d.found = append(d.found, given{row: row, items: items, where: d.line(val.Line), field: path})
		}
	}
}

func (d *document) section(path string, val *yaml.Node) {
	if val.Kind != yaml.MappingNode {
		d.fault(val.Line, path, "is a section; put its keys below it, indented")
		return
	}
	d.mapping(path, val)
}

func (d *document) threshold(val *yaml.Node) {
	for _, name := range thresholdNames {
		row := named(name)
		items := d.value(seedThreshold, table[row].value, val)
		if len(items) == 0 {
			return
		}
		d.seed = append(d.seed, given{row: row, items: items, where: d.line(val.Line), field: seedThreshold})
	}
}

func (d *document) unknown(path string, line int) {
	what := unknown("key", nearestPath(path))
	if i := named(path); i >= 0 && table[i].path == "" {
		what = "does not belong in a config.yml; give it in the stanza, or as " + flagOf(path)
	}
	d.faults = append(d.faults, Fault{Where: d.line(line), Field: shown(path), What: what, order: len(table)})
}

func (d *document) fault(line int, path, what string) {
	d.faults = append(d.faults, Fault{Where: d.line(line), Field: path, What: what, order: order(path)})
}

// line is how faults name a line; some of the parser's errors know none.
func (d *document) line(n int) string {
	if n == 0 {
		return d.where
	}
	return fmt.Sprintf("%s line %d", d.where, n)
}
