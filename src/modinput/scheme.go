// Package modinput speaks splunkd's protocol for modular inputs: the scheme, what comes on standard input, the stream of events, the
// levels on standard error, and when the next run is due.
//
// It knows nothing of CloudTrail, of what an input does, or of splunkd's REST interface. It is the edge of the house towards the process
// that started it: the first stop of a run that splunkd begins, and the last of its events. The protocol is described in Splunk's
// "Modular inputs" manual; where that leaves room, this does what Splunk's own SDK for Python does.
package modinput

import (
	"encoding/xml"
	"fmt"
	"io"
)

// A Scheme introduces a kind of input to splunkd, which makes a page and a REST endpoint of it.
type Scheme struct {
	Title       string
	Description string
	Arguments   []Argument
}

// An Argument is a field of the page. splunkd has fields of its own (name, interval, index, sourcetype, host), which are not among them.
type Argument struct {
	Name        string
	Title       string
	Description string
	Type        string // string, number or boolean
}

// Write writes the scheme as the answer to --scheme. Inputs validate by --validate-arguments, run one process a stanza, so that each has
// its own interval, and write events as XML. No argument is required: what must be given depends on the others, and validation says so.
func (s Scheme) Write(w io.Writer) error {
	type argument struct {
		Name             string `xml:"name,attr"`
		Title            string `xml:"title"`
		Description      string `xml:"description"`
		Type             string `xml:"data_type"`
		RequiredOnEdit   bool   `xml:"required_on_edit"`
		RequiredOnCreate bool   `xml:"required_on_create"`
	}
	scheme := struct {
		XMLName               xml.Name   `xml:"scheme"`
		Title                 string     `xml:"title"`
		Description           string     `xml:"description"`
		UseExternalValidation bool       `xml:"use_external_validation"`
		UseSingleInstance     bool       `xml:"use_single_instance"`
		StreamingMode         string     `xml:"streaming_mode"`
		Arguments             []argument `xml:"endpoint>args>arg"`
	}{Title: s.Title, Description: s.Description, UseExternalValidation: true, StreamingMode: "xml"}
	for _, a := range s.Arguments {
		scheme.Arguments = append(scheme.Arguments, argument{Name: a.Name, Title: a.Title, Description: a.Description, Type: a.Type})
	}
	text, err := xml.MarshalIndent(scheme, "", "  ")
	if err != nil {
		return fmt.Errorf("write the scheme: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write the scheme: %w", err)
	}
	return nil
}

// WriteFault writes why an input can't be saved as it is, as the answer to --validate-arguments; the exit code then must not be 0.
// splunkd shows the message on the page.
func WriteFault(w io.Writer, message string) error {
	fault := struct {
		XMLName xml.Name `xml:"error"`
		Message string   `xml:"message"`
	}{Message: message}
	text, err := xml.Marshal(fault)
	if err != nil {
		return fmt.Errorf("write the fault of an input: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write the fault of an input: %w", err)
	}
	return nil
}
