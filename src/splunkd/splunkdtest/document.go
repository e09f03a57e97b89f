package splunkdtest

import (
	"encoding/xml"
	"maps"
	"slices"
)

// The documents that a script reads from its standard input: <input> when it runs (splunk-sdk-python input_definition.py and its
// fixture conf_with_2_inputs.xml), <items> when it validates (help.splunk.com, "Set up external validation").
type about struct {
	Host          string `xml:"server_host"`
	URI           string `xml:"server_uri"`
	SessionKey    string `xml:"session_key"`
	CheckpointDir string `xml:"checkpoint_dir"`
}

type runDocument struct {
	XMLName xml.Name `xml:"input"`
	about
	Configuration struct {
		Stanza struct {
			Name   string  `xml:"name,attr"`
			App    string  `xml:"app,attr"`
			Params []param `xml:"param"`
		} `xml:"stanza"`
	} `xml:"configuration"`
}

type validationDocument struct {
	XMLName xml.Name `xml:"items"`
	about
	Item struct {
		Name   string  `xml:"name,attr"`
		Params []param `xml:"param"`
	} `xml:"item"`
}

type param struct {
	Name  string `xml:"name,attr"`
	Value string `xml:",chardata"`
}

func params(set stanza) []param {
	var all []param
	for _, name := range slices.Sorted(maps.Keys(set)) {
		all = append(all, param{name, set[name]})
	}
	return all
}

func (s *Splunkd) about() about {
	return about{Host: serverName, URI: s.URI(), SessionKey: s.newKey(), CheckpointDir: s.CheckpointDir()}
}

// runDocument is what the process of an input reads: all its merged settings, splunkd's own among them.
func (s *Splunkd) runDocument(in *input, set stanza) ([]byte, error) {
	d := runDocument{about: s.about()}
	d.Configuration.Stanza.Name = s.installed().kind.stanza(in.name)
	d.Configuration.Stanza.App = in.app
	d.Configuration.Stanza.Params = params(set)
	return document(d)
}

func (s *Splunkd) validationDocument(in *input, set stanza) ([]byte, error) {
	d := validationDocument{about: s.about()}
	d.Item.Name = in.name
	d.Item.Params = params(set)
	return document(d)
}

func document(d any) ([]byte, error) {
	text, err := xml.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(append([]byte(xml.Header), text...), '\n'), nil
}
