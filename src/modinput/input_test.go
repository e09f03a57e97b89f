package modinput_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/modinput"
)

func TestStandardInputIsNeverWaitedForToEnd(t *testing.T) {
	in, splunkd := io.Pipe()
	defer splunkd.Close()
	type answer struct {
		req modinput.Request
		err error
	}
	read := make(chan answer)
	go func() {
		req, err := modinput.ReadRun(in)
		read <- answer{req, err}
	}()
	_, err := io.WriteString(splunkd, `<input><session_key>k</session_key><configuration><stanza name="ct_anomaly://x"/></configuration></input>`)
	require.NoError(t, err)
	select {
	case a := <-read:
		require.NoError(t, a.err)
		require.Equal(t, "x", a.req.Stanzas[0].Input())
	case <-time.After(10 * time.Second):
		t.Fatal("it waits though the document is whole")
	}
}

func TestWhatIsNoRequestIsSaidSo(t *testing.T) {
	const secret = "0a1b2c3d"
	for _, c := range []struct{ name, text, says string }{
		{"cut", `<input><session_key>` + secret + `</session_key><configuration><stanza`, "not well-formed XML"},
		{"cut between elements", `<input><session_key>` + secret + `</session_key>`, "XML"},
		{"no XML", secret, "ends before </input>"},
		{"another document", `<items><session_key>` + secret + `</session_key></items>`, "no <input>"},
		{"another encoding", `<?xml version="1.0" encoding="UTF-16"?><input/>`, "splunkd writes UTF-8"},
		{"not UTF-8", "<input><session_key>" + secret + "\xff</session_key></input>", "not well-formed XML"},
		{"mixed up", `<input><session_key>` + secret + `</input></session_key>`, "not well-formed XML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := modinput.ReadRun(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), secret)
		})
	}
	_, err := modinput.ReadRun(strings.NewReader(""))
	require.ErrorIs(t, err, modinput.ErrNoInput)
	broken := errors.New("broken pipe")
	_, err = modinput.ReadRun(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	_, err = modinput.ReadValidation(strings.NewReader(`<items></items>`))
	require.ErrorContains(t, err, "0 items")
	_, err = modinput.ReadValidation(strings.NewReader(`<items><item name="a"/><item name="b"/></items>`))
	require.ErrorContains(t, err, "2 items")
}

func FuzzReadRun(f *testing.F) {
	f.Add(`<input><configuration><stanza name="a://b" app="c"><param name="d">e</param><param_list name="f"><value>g</value></param_list></stanza></configuration></input>`)
	f.Add(`<?xml version="1.0"?><!DOCTYPE input [<!ENTITY a "b">]><input>&a;</input>`)
	f.Fuzz(func(t *testing.T, text string) {
		req, err := modinput.ReadRun(strings.NewReader(text))
		if err != nil {
			require.Empty(t, req.Stanzas)
		}
	})
}
