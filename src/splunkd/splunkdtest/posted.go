package splunkdtest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// implicit are the settings that the handler of every modular input takes beside the scheme's arguments (REST API reference,
// data/inputs/{modular_input}; dev.splunk.com, "Create modular input spec file").
var implicit = []string{"index", "interval", "host", "source", "sourcetype", "disabled", "queue", "persistentQueueSize", "queueSize"}

// posted reads the settings of a form, and refuses what splunkd does before it asks the script.
func (k *kind) posted(form url.Values, create bool) (stanza, error) {
	set := stanza{}
	for name, values := range form {
		if name == "output_mode" || create && name == "name" {
			continue
		}
		a, declared := k.scheme.argument(name)
		if !declared && !slices.Contains(implicit, name) {
			return nil, refusal{400, fmt.Sprintf("Argument %q is not supported by this handler.", name)}
		}
		if len(values) != 1 {
			return nil, refusal{400, fmt.Sprintf("Argument %q is given more than once.", name)}
		}
		set[name] = values[0]
		if err := a.accepts(values[0]); declared && err != nil {
			return nil, err
		}
	}
	for _, a := range k.scheme.Arguments {
		if required := create && a.RequiredOnCreate || !create && a.RequiredOnEdit; required && set[a.Name] == "" {
			return nil, refusal{400, "The following required arguments are missing: " + a.Name + "."}
		}
	}
	if text, given := set["interval"]; given {
		if _, err := parseInterval(text); err != nil {
			return nil, refusal{400, err.Error()}
		}
	}
	return set, nil
}

// accepts says whether a value is of the argument's data type. An empty one is an empty field of the form.
func (a argument) accepts(value string) error {
	good := true
	switch {
	case value == "":
	case a.DataType == "number":
		_, err := strconv.ParseFloat(value, 64)
		good = err == nil
	case a.DataType == "boolean":
		good = slices.Contains([]string{"0", "1", "true", "false", "t", "f", "yes", "no", "on", "off"}, strings.ToLower(value))
	}
	if !good {
		return refusal{400, fmt.Sprintf("Argument %q must be a %s.", a.Name, a.DataType)}
	}
	return nil
}

// checkName refuses names that no stanza of a .conf file can have (inferred: splunkd's own list is not documented).
func checkName(name string) error {
	if strings.TrimSpace(name) != name || name == "" || strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, "[]") {
		return refusal{400, fmt.Sprintf("%q can't be an input's name.", name)}
	}
	return nil
}
