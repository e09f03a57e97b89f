package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// A stanza is an input as splunkd hands it over, for tests.
type stanza struct {
	name       string
	params     map[string]string
	checkpoint string
	serverURI  string
	sessionKey string
}

// xml writes it as splunkd does.
func (s stanza) xml(t *testing.T) string {
	t.Helper()
	type param struct {
		Name  string `xml:"name,attr"`
		Value string `xml:",chardata"`
	}
	type element struct {
		Name   string  `xml:"name,attr"`
		Params []param `xml:"param"`
	}
	doc := struct {
		XMLName    xml.Name `xml:"input"`
		ServerURI  string   `xml:"server_uri"`
		SessionKey string   `xml:"session_key"`
		Checkpoint string   `xml:"checkpoint_dir"`
		Stanza     element  `xml:"configuration>stanza"`
	}{ServerURI: s.serverURI, SessionKey: s.sessionKey, Checkpoint: s.checkpoint, Stanza: element{Name: "ct_anomaly://" + s.name}}
	for name, value := range s.params {
		doc.Stanza.Params = append(doc.Stanza.Params, param{name, value})
	}
	text, err := xml.Marshal(doc)
	require.NoError(t, err)
	return string(text)
}

// An indexedEvent is one event of a stream.
type indexedEvent struct {
	Stanza     string  `xml:"stanza,attr"`
	Time       float64 `xml:"time"`
	SourceType string  `xml:"sourcetype"`
	Data       string  `xml:"data"`
}

// A heard is what a run wrote to splunkd.
type heard struct {
	said
	events   []discern.Event
	coverage []discern.Coverage
}

// whole is the coverage of the run, which must be its last event.
func (h heard) whole(t *testing.T) discern.Coverage {
	t.Helper()
	require.NotEmpty(t, h.coverage, h.err)
	last := h.coverage[len(h.coverage)-1]
	require.Equal(t, "*", last.AccountID)
	return last
}

// stream reads what a run wrote, strictly.
func stream(t *testing.T, s said) heard {
	t.Helper()
	var doc struct {
		XMLName xml.Name       `xml:"stream"`
		Events  []indexedEvent `xml:"event"`
	}
	require.NoError(t, xml.Unmarshal([]byte(s.out), &doc), s.err)
	h := heard{said: s}
	for _, e := range doc.Events {
		switch e.SourceType {
		case sourceTypeAnomaly:
			var told discern.Event
			require.NoError(t, json.Unmarshal([]byte(e.Data), &told))
			require.Equal(t, told.FirstTime, discern.Stamp(int64(e.Time)))
			require.Equal(t, "ct_anomaly://"+told.Input, e.Stanza)
			h.events = append(h.events, told)
		case sourceTypeRun:
			var c discern.Coverage
			require.NoError(t, json.Unmarshal([]byte(e.Data), &c))
			h.coverage = append(h.coverage, c)
		default:
			t.Fatalf("sourcetype %q", e.SourceType)
		}
	}
	return h
}

// fired lets splunkd start an input once.
func (s stanza) fired(t *testing.T) heard {
	t.Helper()
	return stream(t, doWith(t, s.xml(t)))
}

func anInput(t *testing.T, params map[string]string) stanza {
	t.Helper()
	return stanza{name: "prod", params: params, checkpoint: t.TempDir()}
}

func TestAnInputTellsOnceAndSaysWhatItLookedAt(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	in := anInput(t, map[string]string{"logs": root, "index": "main", "learning_days": "0", "interval": "900", "host": "$decideOnStartup", "start_by_shell": "false"})
	first := in.fired(t)
	require.Equal(t, exitDone, first.code, first.err)
	require.NotEmpty(t, first.events)
	for _, e := range first.events {
		require.Equal(t, "prod", e.Input)
		require.Equal(t, discern.ModeHistory, e.Mode, "it was delivered before the input existed")
	}
	require.NotNil(t, first.coverage[0].History, "the estimate comes first")
	require.Equal(t, 1, first.coverage[0].LeftFiles)
	whole := first.whole(t)
	require.Equal(t, discern.StatusOK, whole.Status)
	require.True(t, whole.BaselineStarted)
	require.Equal(t, 1, whole.DoneDays)
	require.Contains(t, strings.Join(whole.Warnings, "\n"), "search head cluster")
	require.Contains(t, first.err, "INFO run ends input=prod action=run_end")

	second := in.fired(t)
	require.Empty(t, second.events)
	require.Equal(t, discern.StatusNoFiles, second.whole(t).Status)
	require.Nil(t, second.whole(t).History)

	put(t, root, named("20261122T1205"), zipped(document(record(call{at: "2026-11-22T12:01:00Z", user: "bob", action: "GetObject"}))))
	third := in.fired(t)
	require.Len(t, third.events, 2, "a new principal and its action")
	require.Equal(t, discern.ModeLive, third.events[0].Mode)
}

func TestARunThatCannotLookSaysSo(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	for _, c := range []struct {
		name   string
		params map[string]string
		code   string
		says   string
		engine string // logs, where nothing is said
	}{
		{"no such folder", map[string]string{"logs": filepath.Join(root, "missing")}, discern.CodeNoFiles, "missing", ""},
		{"faults", map[string]string{"logs": root, "learning_days": "soon", "colour": "red"}, discern.CodeInternal, "learning_days: \"soon\"", ""},
		{"nothing given", map[string]string{"index": "main"}, discern.CodeInternal, "logs: is not given", settings.EngineAthena},
		{"a bucket and no credentials", map[string]string{"logs": "s3://trail/x", "credential": "profile:none"}, discern.CodeCredential, "none", ""},
		{"Athena and no credentials", map[string]string{"cloudtrail_bucket": "trail", "credential": "profile:none"}, discern.CodeCredential, "none", settings.EngineAthena},
		{"Athena and faults", map[string]string{"logs": "s3://trail", "engine": "athena", "learning_days": "soon"}, discern.CodeInternal, "soon", settings.EngineAthena},
		{"interval", map[string]string{"logs": root, "interval": "often"}, discern.CodeInternal, "interval: ", ""},
		{"a credential and no splunkd", map[string]string{"logs": root, "credential": "prod"}, discern.CodeCredential, "credential: ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := anInput(t, c.params).fired(t)
			require.Equal(t, exitFailed, h.code)
			require.Empty(t, h.events)
			whole := h.whole(t)
			require.Equal(t, discern.StatusFailed, whole.Status)
			require.Equal(t, c.code, whole.ErrorCode)
			require.Contains(t, whole.Error, c.says)
			require.NotEmpty(t, whole.NextStep)
			require.Equal(t, either(c.engine, settings.EngineLogs), whole.Engine)
			require.Contains(t, h.err, "ERROR run ends input=prod")
			for _, line := range lines(t, h.err) {
				require.Regexp(t, `^(INFO|WARN|ERROR) `, line)
			}
		})
	}
}

func TestAHistoryBeyondConsentWaits(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	in := anInput(t, map[string]string{"logs": root, "history_consent_gigabytes": "0", "learning_days": "0"})
	for range 2 {
		h := in.fired(t)
		require.Equal(t, exitDone, h.code, "there was nothing that could be told")
		require.Empty(t, h.events)
		whole := h.whole(t)
		require.Equal(t, discern.StatusSkipped, whole.Status)
		require.Equal(t, discern.CodeBudget, whole.ErrorCode)
		require.Equal(t, 1, whole.LeftFiles)
		require.Contains(t, whole.NextStep, "historyConsentGigabytes")
	}
	in.params["history_consent_gigabytes"] = "1"
	h := in.fired(t)
	require.Equal(t, discern.StatusOK, h.whole(t).Status)
	require.NotEmpty(t, h.events)
}

// TestTheDemosLastDay is the day whose intrusion has been delivered, and stays that day from then on.
func TestTheDemosLastDay(t *testing.T) {
	note := filepath.Join(t.TempDir(), demoNote)
	for _, c := range []struct {
		now, note, last string
		whole           bool
	}{
		{"2026-11-22T05:59:00Z", "", "2026-11-21", false},
		{"2026-11-22T06:00:00Z", "", "2026-11-22", false},
		{"2026-11-22T23:59:00+09:00", "", "2026-11-22", false},
		{"2026-11-23T00:10:00Z", "2026-11-22\n", "2026-11-22", false},
		{"2026-11-30T12:00:00Z", "2026-11-22 whole\n", "2026-11-22", true},
	} {
		os.Remove(note)
		if c.note != "" {
			require.NoError(t, os.WriteFile(note, []byte(c.note), 0o600))
		}
		now, err := time.Parse(time.RFC3339, c.now)
		require.NoError(t, err)
		last, whole, err := demoDay(note, now)
		require.NoError(t, err)
		require.Equal(t, c.last, last.Format(time.DateOnly), c.now)
		require.Equal(t, c.whole, whole)
	}
	require.NoError(t, os.WriteFile(note, []byte("gibberish"), 0o600))
	_, _, err := demoDay(note, today)
	require.ErrorContains(t, err, filepath.Dir(note))
}

func TestTwoInputsOfOneHostDoNotMeet(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	a := anInput(t, map[string]string{"logs": root, "learning_days": "0"})
	first := a.fired(t)
	for _, name := range []string{"Prod", "prod ", "prod/../prod", strings.Repeat("é", 300), "CON", ".."} {
		b := a
		b.name = name
		h := b.fired(t)
		require.Equal(t, exitDone, h.code, h.err)
		require.Len(t, h.events, len(first.events), "%q has a state of its own", name)
		require.Contains(t, h.err, "begins anew", "it may have been renamed")
	}
	require.Empty(t, a.fired(t).events)
	inside, err := filepath.Glob(filepath.Join(a.checkpoint, "*", stateFile))
	require.NoError(t, err)
	require.Len(t, inside, 7)
}

func TestStandardInputThatIsNoInput(t *testing.T) {
	h := doWith(t, "<input><nonsense")
	require.Equal(t, exitFailed, h.code)
	require.Empty(t, h.out)
	require.Regexp(t, `^ERROR read standard input`, h.err)
	h = doWith(t, `<input><configuration/></input>`)
	require.Equal(t, exitDone, h.code)
	require.Equal(t, "<stream>\n</stream>\n", h.out)
}

// stopped starts the program with a standard input that never says anything, stops it, and gives the code that it exits with.
func stopped(t *testing.T, out, err io.Writer, args ...string) int {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	in, splunkd := io.Pipe()
	left := make(chan int, 1)
	d := &door{in: in, out: out, err: err, now: time.Now, exit: func(code int) { left <- code; splunkd.Close() }}
	go d.enter(ctx, args) // which may wait for ever for who reads what it writes: the process would be gone
	stop()
	select {
	case code := <-left:
		return code
	case <-time.After(20 * time.Second):
		splunkd.Close()
		require.FailNow(t, "it waits for an input that never comes")
		return 0
	}
}

func TestAStoppedRunThatDoesNotEndIsLeft(t *testing.T) {
	require.Equal(t, exitDone, stopped(t, io.Discard, io.Discard))
	require.Equal(t, exitFailed, stopped(t, io.Discard, io.Discard, "--validate-arguments"))
	nobody, unread := io.Pipe()
	defer nobody.Close()
	require.Equal(t, exitDone, stopped(t, io.Discard, unread), "a log that nobody reads keeps nothing from ending")
	nobody, unread = io.Pipe()
	defer nobody.Close()
	require.Equal(t, exitFailed, stopped(t, unread, io.Discard), "nor does a stream that nobody reads, but that is said")
}

func TestValidation(t *testing.T) {
	root := t.TempDir()
	for _, c := range []struct {
		name   string
		params string
		says   []string // none: it can be saved
	}{
		{"two fields", `<param name="logs">` + root + `</param><param name="index">main</param>`, nil},
		{"a bucket alone", `<param name="cloudtrail_bucket">my-trail</param>`, nil},
		{"every fault", `<param name="logs">s4://x</param><param name="learning_days">-1</param><param name="colour">red</param><param name="interval">x</param>`,
			[]string{"logs: ", "learning_days: ", "colour: unknown setting", "interval: "}},
		{"nothing", `<param name="index">main</param>`, []string{"logs: is not given"}},
		{"a relative folder", `<param name="logs">logs</param>`, []string{"logs: ", "relative"}},
		{"not tried out", `<param name="logs">` + root + `/missing</param>`, nil},
		{"tried out", `<param name="logs">` + root + `/missing</param><param name="validate_live">1</param>`, []string{"logs: "}},
		{"tried out and empty", `<param name="logs">` + root + `</param><param name="validate_live">1</param>`, []string{"logs: there is no log file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := `<items><server_uri>https://127.0.0.1:1</server_uri><session_key>k</session_key><checkpoint_dir>` + t.TempDir() + `</checkpoint_dir><item name="prod">` + c.params + `</item></items>`
			h := doWith(t, request, "--validate-arguments")
			if len(c.says) == 0 {
				require.Equal(t, exitDone, h.code, h.out)
				require.Empty(t, h.out)
				return
			}
			require.Equal(t, exitFailed, h.code)
			var fault struct {
				XMLName xml.Name `xml:"error"`
				Message string   `xml:"message"`
			}
			require.NoError(t, xml.Unmarshal([]byte(h.out), &fault))
			for _, text := range c.says {
				require.Contains(t, fault.Message, text)
			}
		})
	}
	h := doWith(t, "garbage", "--validate-arguments")
	require.Equal(t, exitFailed, h.code)
	require.Contains(t, h.out, "<error><message>")
}

func TestWhatElsePrintsDoesNotReachTheStream(t *testing.T) {
	read, write, err := os.Pipe()
	require.NoError(t, err)
	kept, aside := *os.Stdout, *os.Stderr
	defer func() { *os.Stdout, *os.Stderr = kept, aside }()
	library := os.Stdout // a library may have taken it before main begins
	*os.Stdout = *write
	own := ownOutput()
	_, _ = library.WriteString("")
	_, err = own.WriteString("ours")
	require.NoError(t, err)
	require.Equal(t, os.Stderr.Fd(), library.Fd())
	require.NoError(t, own.Close())
	got, err := io.ReadAll(read)
	require.NoError(t, err)
	require.Equal(t, "ours", string(got))
}
