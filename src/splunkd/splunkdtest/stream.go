package splunkdtest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A written is an event as a script writes it (splunk-sdk-python event.py): what is empty is inherited.
type written struct {
	Stanza     string `xml:"stanza,attr"`
	Time       string `xml:"time"`
	Source     string `xml:"source"`
	Sourcetype string `xml:"sourcetype"`
	Index      string `xml:"index"`
	Host       string `xml:"host"`
	Data       string `xml:"data"`
}

var (
	eventParts = []string{"time", "source", "sourcetype", "index", "host", "data", "done"}
	// "<time> is epoch seconds, with at most three decimals" (splunk-sdk-python event.py and its fixtures).
	epochTime = regexp.MustCompile(`^[0-9]{1,11}(\.[0-9]{1,3})?$`)
)

// A stream reads a script's output as it comes: <stream>, whole events, </stream>, and nothing else (splunk-sdk-python
// event_writer.py). A script that has nothing to say may say nothing at all.
type stream struct {
	decoder *xml.Decoder
	stanza  string
	index   func(written) error // takes an event as soon as its end is read
}

func (r *stream) read() error {
	opened := false
	for {
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			if x.Name.Local != "stream" || opened {
				return fmt.Errorf("<%s> outside of the one <stream>", x.Name.Local)
			}
			opened = true
			if err := r.events(); err != nil {
				return err
			}
		case xml.CharData:
			if strings.TrimSpace(string(x)) != "" {
				return errors.New("text outside of <stream>")
			}
		case xml.Directive:
			return errors.New("a directive outside of <stream>")
		}
	}
}

func (r *stream) events() error {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			if strings.TrimSpace(string(x)) != "" {
				return errors.New("text between events")
			}
		case xml.StartElement:
			if x.Name.Local != "event" {
				return fmt.Errorf("<%s> between events", x.Name.Local)
			}
			e, err := r.event(x)
			if err != nil {
				return err
			}
			if err := r.index(e); err != nil {
				return err
			}
		}
	}
}

// event reads one event, of which every part may be there once.
func (r *stream) event(start xml.StartElement) (written, error) {
	var e written
	parts := map[string]string{}
	for _, a := range start.Attr {
		switch {
		case a.Name.Local == "stanza":
			e.Stanza = a.Value
		case a.Name.Local != "unbroken" || a.Value != "0" && a.Value != "1":
			return e, fmt.Errorf("an event with %s=%q", a.Name.Local, a.Value)
		}
	}
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return e, err
		}
		switch x := token.(type) {
		case xml.EndElement:
			e.Time, e.Source, e.Sourcetype = parts["time"], parts["source"], parts["sourcetype"]
			e.Index, e.Host, e.Data = parts["index"], parts["host"], parts["data"]
			return e, r.check(e)
		case xml.CharData:
			if strings.TrimSpace(string(x)) != "" {
				return e, errors.New("text beside an event's parts")
			}
		case xml.StartElement:
			name := x.Name.Local
			if _, again := parts[name]; again || !slices.Contains(eventParts, name) || len(x.Attr) > 0 {
				return e, fmt.Errorf("<%s> can't stand in an event here", name)
			}
			var text strings.Builder
			if err := r.text(&text); err != nil {
				return e, fmt.Errorf("<%s>: %w", name, err)
			}
			parts[name] = text.String()
		}
	}
}

func (r *stream) text(to *strings.Builder) error {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			to.Write(x)
		default:
			return errors.New("it holds more than text")
		}
	}
}

func (r *stream) check(e written) error {
	if e.Time != "" && !epochTime.MatchString(e.Time) {
		return fmt.Errorf("an event at %q, which is no time in epoch seconds", e.Time)
	}
	if e.Stanza != "" && e.Stanza != r.stanza {
		return fmt.Errorf("an event of %s", e.Stanza)
	}
	if strings.TrimSpace(e.Data) == "" {
		return errors.New("an event without data")
	}
	return nil
}
