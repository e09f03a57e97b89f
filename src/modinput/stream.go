package modinput

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

// ErrEnded is that the stream was ended before these events.
var ErrEnded = errors.New("the stream of events has ended")

// An Event is one event for splunkd to index. Index, host and source are those of its stanza.
type Event struct {
	Stanza     string // kind://name, as splunkd gave it
	Time       time.Time
	SourceType string
	Data       []byte // UTF-8; what XML can't hold becomes U+FFFD
}

// A Stream writes events to splunkd's pipe. It is safe for concurrent use.
type Stream struct {
	mu    sync.Mutex
	to    io.Writer
	begun bool
	err   error // of the first write that was not taken whole, or ErrEnded; nothing is written after it
}

// NewStream makes the stream of a run. It writes nothing yet.
func NewStream(to io.Writer) *Stream { return &Stream{to: to} }

// Write writes events, each of them whole, in one write. When it returns without error they are in the pipe. After an error some of
// them may be there too, the rest is not, and the stream is of no more use.
//
// An event has the form of Splunk's SDKs: unbroken and with a <done/>, though each stands alone.
func (s *Stream) Write(events ...Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	var text bytes.Buffer
	s.begin(&text)
	for i := range events {
		events[i].write(&text)
	}
	return s.put(text.Bytes())
}

// End closes the stream, once. After it nothing is written.
func (s *Stream) End() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	var text bytes.Buffer
	s.begin(&text)
	text.WriteString("</stream>\n")
	err := s.put(text.Bytes())
	if s.err == nil {
		s.err = ErrEnded
	}
	return err
}

func (s *Stream) begin(text *bytes.Buffer) {
	if !s.begun {
		text.WriteString("<stream>\n")
		s.begun = true
	}
}

func (s *Stream) put(text []byte) error {
	if _, err := s.to.Write(text); err != nil {
		s.err = fmt.Errorf("write to splunkd: %w", err)
	}
	return s.err
}

func (e *Event) write(text *bytes.Buffer) {
	text.WriteString(`<event stanza="`)
	escape(text, []byte(e.Stanza), true)
	fmt.Fprintf(text, `" unbroken="1"><time>%d.%03d</time><sourcetype>`, e.Time.Unix(), e.Time.Nanosecond()/int(time.Millisecond))
	escape(text, []byte(e.SourceType), false)
	text.WriteString("</sourcetype><data>")
	escape(text, e.Data, false)
	text.WriteString("</data><done/></event>\n")
}

// escape writes text as XML, quotes only where they would end an attribute: xml.EscapeText would make five bytes of every quote of JSON.
func escape(to *bytes.Buffer, text []byte, quotes bool) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '&':
			to.WriteString("&amp;")
		case r == '<':
			to.WriteString("&lt;")
		case r == '>':
			to.WriteString("&gt;")
		case r == '"' && quotes:
			to.WriteString("&#34;")
		case r == '\r':
			to.WriteString("&#13;")
		case r == utf8.RuneError && size == 1 || !inXML(r):
			to.WriteRune(utf8.RuneError)
		default:
			to.Write(text[:size])
		}
		text = text[size:]
	}
}

// inXML tells whether XML 1.0 can hold a character.
func inXML(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}
