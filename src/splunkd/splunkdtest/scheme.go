package splunkdtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A scheme is what a script says of itself (splunk-sdk-python scheme.py and argument.py).
type scheme struct {
	Title              string     `xml:"title"`
	ExternalValidation bool       `xml:"use_external_validation"`
	SingleInstance     bool       `xml:"use_single_instance"`
	StreamingMode      string     `xml:"streaming_mode"`
	Arguments          []argument `xml:"endpoint>args>arg"`
	took               time.Duration
}

type argument struct {
	Name             string `xml:"name,attr"`
	Title            string `xml:"title"`
	Description      string `xml:"description"`
	DataType         string `xml:"data_type"`
	RequiredOnEdit   bool   `xml:"required_on_edit"`
	RequiredOnCreate bool   `xml:"required_on_create"`
}

// schemeElements says what may stand in what.
var schemeElements = map[string][]string{
	"":         {"scheme"},
	"scheme":   {"title", "description", "use_external_validation", "use_single_instance", "streaming_mode", "endpoint"},
	"endpoint": {"args"},
	"args":     {"arg"},
	"arg":      {"title", "description", "validation", "data_type", "required_on_edit", "required_on_create"},
}

func parseScheme(text []byte) (*scheme, error) {
	if err := wellFormed(text, schemeElements); err != nil {
		return nil, err
	}
	x := &scheme{}
	if err := xml.Unmarshal(text, x); err != nil {
		return nil, err
	}
	return x, nil
}

// wellFormed reads XML to its end and says whether each element stands where it may, and text only in elements that hold no others.
func wellFormed(text []byte, allowed map[string][]string) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	path := []string{""}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !bytes.Contains(text, []byte("<")) {
				return errors.New("no XML")
			}
			return nil
		}
		if err != nil {
			return err
		}
		in := path[len(path)-1]
		switch x := token.(type) {
		case xml.StartElement:
			if !slices.Contains(allowed[in], x.Name.Local) {
				return fmt.Errorf("<%s> can't stand in <%s>", x.Name.Local, in)
			}
			path = append(path, x.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if allowed[in] != nil && strings.TrimSpace(string(x)) != "" {
				return fmt.Errorf("text in <%s>", in)
			}
		}
	}
}

// check holds the scheme against splunkd's rules and against the settings that the spec documents.
func (x *scheme) check(documented []string) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if strings.TrimSpace(x.Title) == "" {
		fault("the scheme has no title")
	}
	if x.StreamingMode != "xml" {
		fault("streaming mode %q: this splunkd knows xml", x.StreamingMode)
	}
	if x.SingleInstance {
		fault("use_single_instance: this splunkd starts one process a stanza")
	}
	var names []string
	for _, a := range x.Arguments {
		if !goodName.MatchString(a.Name) || slices.Contains(takenArguments, a.Name) {
			fault("an argument can't be called %q", a.Name)
		}
		if slices.Contains(names, a.Name) {
			fault("two arguments are called %s", a.Name)
		}
		if !slices.Contains([]string{"", "string", "number", "boolean"}, a.DataType) {
			fault("argument %s: %q is no data type", a.Name, a.DataType)
		}
		if !slices.Contains(documented, a.Name) {
			fault("argument %s is not in README/inputs.conf.spec", a.Name)
		}
		names = append(names, a.Name)
	}
	for _, name := range documented {
		if !slices.Contains(names, name) && !slices.Contains(takenArguments, name) {
			fault("README/inputs.conf.spec has %s, which is no argument of the scheme", name)
		}
	}
	return errors.Join(faults...)
}

func (x *scheme) argument(name string) (argument, bool) {
	i := slices.IndexFunc(x.Arguments, func(a argument) bool { return a.Name == name })
	if i < 0 {
		return argument{}, false
	}
	return x.Arguments[i], true
}
