package modinput

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// mostInput bounds what is read from standard input: the stanzas of a thousand inputs need a hundredth of it.
const mostInput = 64 << 20

// ErrNoInput is that standard input held nothing: whoever started the program was not splunkd.
var ErrNoInput = errors.New("standard input is empty, where splunkd would have written the configuration of an input")

// A Request is what splunkd writes on standard input.
type Request struct {
	ServerHost    string
	ServerURI     string // of splunkd's REST interface, https://127.0.0.1:8089
	SessionKey    string // opens it for as long as the run lasts; a secret
	CheckpointDir string // the folder for what inputs of this kind remember
	Stanzas       []Stanza
}

// A Stanza is the configuration of one input, with all that splunkd and the app's defaults add to what the user gave.
type Stanza struct {
	Name   string            // kind://name, as inputs.conf has it; while an input is validated the name alone
	App    string            // the app whose inputs.conf holds it
	Params map[string]string // the values of a list stand one a line
}

// Input is the name of the input, without its kind.
func (s Stanza) Input() string {
	if _, name, ok := strings.Cut(s.Name, "://"); ok {
		return name
	}
	return s.Name
}

type document struct {
	XMLName       xml.Name
	ServerHost    string   `xml:"server_host"`
	ServerURI     string   `xml:"server_uri"`
	SessionKey    string   `xml:"session_key"`
	CheckpointDir string   `xml:"checkpoint_dir"`
	Stanzas       []stanza `xml:"configuration>stanza"`
	Items         []stanza `xml:"item"`
}

type stanza struct {
	Name   string `xml:"name,attr"`
	App    string `xml:"app,attr"`
	Params []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:",chardata"`
	} `xml:"param"`
	Lists []struct {
		Name   string   `xml:"name,attr"`
		Values []string `xml:"value"`
	} `xml:"param_list"`
}

// ReadRun reads what splunkd writes when it starts an input: an <input> with any number of stanzas, none included. It returns at the end
// of that element: splunkd leaves standard input open, and waiting for its end would be waiting for ever.
func ReadRun(r io.Reader) (Request, error) {
	doc, err := read(r, "input")
	if err != nil {
		return Request{}, err
	}
	return request(doc, doc.Stanzas), nil
}

// ReadValidation reads what splunkd writes for --validate-arguments: <items> with exactly one item, the input that is to be saved.
func ReadValidation(r io.Reader) (Request, error) {
	doc, err := read(r, "items")
	if err != nil {
		return Request{}, err
	}
	if len(doc.Items) != 1 {
		return Request{}, fmt.Errorf("standard input has %d items, where splunkd writes one", len(doc.Items))
	}
	return request(doc, doc.Items), nil
}

// read decodes one document. Its errors hold nothing of the document, which has the session key in it.
func read(r io.Reader, root string) (document, error) {
	var doc document
	in := xml.NewDecoder(io.LimitReader(r, mostInput))
	in.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("it is in %.20q, and splunkd writes UTF-8", charset)
	}
	err := in.Decode(&doc)
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && in.InputOffset() == 0:
		return doc, ErrNoInput
	case errors.Is(err, io.EOF):
		return doc, fmt.Errorf("read standard input: it ends before </%s>", root)
	case errors.As(err, &syntax):
		return doc, fmt.Errorf("read standard input: not well-formed XML, at line %d", syntax.Line)
	case err != nil:
		return doc, fmt.Errorf("read standard input: %w", err)
	case doc.XMLName.Local != root:
		return doc, fmt.Errorf("read standard input: its document is no <%s>", root)
	}
	return doc, nil
}

func request(doc document, stanzas []stanza) Request {
	req := Request{ServerHost: doc.ServerHost, ServerURI: doc.ServerURI, SessionKey: doc.SessionKey, CheckpointDir: doc.CheckpointDir}
	for _, s := range stanzas {
		params := make(map[string]string, len(s.Params)+len(s.Lists))
		for _, p := range s.Params {
			params[p.Name] = p.Value
		}
		for _, l := range s.Lists {
			params[l.Name] = strings.Join(l.Values, "\n")
		}
		req.Stanzas = append(req.Stanzas, Stanza{Name: s.Name, App: s.App, Params: params})
	}
	return req
}
