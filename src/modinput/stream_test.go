package modinput_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/modinput"
)

// A pipe takes so many bytes and then breaks.
type pipe struct {
	bytes.Buffer
	takes int
}

var errBroken = errors.New("broken pipe")

func (p *pipe) Write(text []byte) (int, error) {
	if len(text) > p.takes {
		n, _ := p.Buffer.Write(text[:p.takes])
		p.takes = 0
		return n, errBroken
	}
	p.takes -= len(text)
	return p.Buffer.Write(text)
}

func anEvent(data string) modinput.Event {
	return modinput.Event{Stanza: "ct_anomaly://x", Time: time.Unix(1, 0), SourceType: "s", Data: []byte(data)}
}

func TestAStreamWithoutEventsIsWhole(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, modinput.NewStream(&out).End())
	require.Equal(t, "<stream>\n</stream>\n", out.String())
}

func TestNothingIsWrittenBeforeTheFirstEventOrAfterTheEnd(t *testing.T) {
	var out bytes.Buffer
	s := modinput.NewStream(&out)
	require.Empty(t, out.String())
	require.NoError(t, s.Write(anEvent("{}")))
	require.NoError(t, s.End())
	whole := out.String()
	require.ErrorIs(t, s.Write(anEvent("{}")), modinput.ErrEnded)
	require.ErrorIs(t, s.End(), modinput.ErrEnded)
	require.Equal(t, whole, out.String())
}

func TestAWriteThatIsNotTakenWholeIsAnErrorForEver(t *testing.T) {
	for takes := range 100 {
		out := &pipe{takes: takes}
		s := modinput.NewStream(out)
		require.ErrorIs(t, s.Write(anEvent("{}")), errBroken)
		out.takes = 1 << 20
		require.ErrorIs(t, s.Write(anEvent("{}")), errBroken, "what follows half an event would be no XML")
		require.ErrorIs(t, s.End(), errBroken)
		require.Len(t, out.String(), takes)
	}
}

func TestEventsOfManyGoroutinesStayWhole(t *testing.T) {
	var out bytes.Buffer
	s := modinput.NewStream(&out)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if s.Write(anEvent(`{"a":1}`), anEvent(`{"b":2}`)) != nil {
					t.Error("not written")
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, s.End())
	require.Len(t, datas(t, out.Bytes()), 8*100*2)
}

// datas reads a stream strictly and gives the data of its events.
func datas(t *testing.T, text []byte) []string {
	t.Helper()
	var stream struct {
		XMLName xml.Name `xml:"stream"`
		Events  []struct {
			Data string `xml:"data"`
		} `xml:"event"`
	}
	require.NoError(t, xml.Unmarshal(text, &stream))
	var all []string
	for _, e := range stream.Events {
		all = append(all, e.Data)
	}
	return all
}

// FuzzEvents holds that whatever is in an event, an XML parser gets it back, with U+FFFD for what XML can't hold.
func FuzzEvents(f *testing.F) {
	f.Add("ct_anomaly://x", `{"a":"<&>\u0000"}`)
	f.Add("\x00\"<", "\x0b\xff\r\n\ufffe]]>")
	f.Fuzz(func(t *testing.T, stanza, data string) {
		var out bytes.Buffer
		s := modinput.NewStream(&out)
		require.NoError(t, s.Write(modinput.Event{Stanza: stanza, Data: []byte(data)}))
		require.NoError(t, s.End())
		got := datas(t, out.Bytes())
		require.Len(t, got, 1)
		require.Equal(t, held(data), got[0])
	})
}

// held is a text as far as XML 1.0 can hold it (its production 2, Char).
func held(text string) string {
	var out []rune
	for _, r := range text {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD, r >= 0x10000 && r <= 0x10FFFF:
			out = append(out, r)
		default:
			out = append(out, utf8.RuneError)
		}
	}
	return string(out)
}
