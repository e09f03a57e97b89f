package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"cloudtrail_anomaly/src/discern"
)

// today is the clock of commands run in this process.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// binary is the program as it is shipped, for tests that need a process.
var binary string

func TestMain(m *testing.M) {
	if os.Getenv("SEEDS") != "" { // the simulator needs no process, and is started for each seed
		os.Exit(m.Run())
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "ct_anomaly-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "ct_anomaly")
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
			return 1
		}
		code := m.Run()
		glog := goleak.IgnoreTopFunction("github.com/golang/glog.(*loggingT).flushDaemon") // Splunk Cloud Services' SDK starts it with the program
		if err := goleak.Find(glog); err != nil {                                          // of all runs within this process, whatever engine, store and sinks they had
			fmt.Fprintf(os.Stderr, "a run left something running behind: %v\n", err)
			return 1
		}
		return code
	}())
}

// A said is what a command said.
type said struct {
	code     int
	out, err string
}

// do runs a command within this process, as main does.
func do(t *testing.T, args ...string) said { return doWith(t, "", args...) }

func doWith(t *testing.T, stdin string, args ...string) said {
	t.Helper()
	return enter(t.Context(), t.TempDir(), stdin, args...)
}

func enter(ctx context.Context, home, stdin string, args ...string) said {
	var out, err bytes.Buffer
	d := &door{
		in: strings.NewReader(stdin), out: &out, err: &err, now: func() time.Time { return today },
		home: func() (string, error) { return home, nil },
	}
	code := d.enter(ctx, args)
	return said{code, out.String(), err.String()}
}

// must runs a command that has to end with a code.
func must(t *testing.T, code int, args ...string) said {
	t.Helper()
	s := do(t, args...)
	require.Equal(t, code, s.code, "ct_anomaly %q said\n%s", args, s.err)
	return s
}

// detect runs detect anomaly with nothing to learn and gives what it told.
func detect(t *testing.T, code int, logs, state string, more ...string) []discern.Event {
	t.Helper()
	args := append([]string{"detect", "anomaly", "--logs", logs, "--state", state, "--output", "json", "--learning-days", "0"}, more...)
	return events(t, must(t, code, args...).out)
}

// process runs the program itself.
func process(t *testing.T, args ...string) said {
	t.Helper()
	var out, err bytes.Buffer
	c := exec.CommandContext(t.Context(), binary, args...)
	c.Stdout, c.Stderr = &out, &err
	_ = c.Run() // the code says it
	return said{c.ProcessState.ExitCode(), out.String(), err.String()}
}

// lines are the lines of an output, each of which must be whole.
func lines(t *testing.T, out string) []string {
	t.Helper()
	if out == "" {
		return nil
	}
	require.True(t, strings.HasSuffix(out, "\n"), "the output ends within a line")
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

func events(t *testing.T, out string) []discern.Event {
	t.Helper()
	var all []discern.Event
	for _, line := range lines(t, out) {
		var e discern.Event
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		all = append(all, e)
	}
	return all
}

// ids are the anomaly ids of events, none of which may come twice.
func ids(t *testing.T, all []discern.Event) map[string]discern.Event {
	t.Helper()
	by := make(map[string]discern.Event, len(all))
	for _, e := range all {
		require.NotContains(t, by, e.AnomalyID, "%s of %s was told twice", e.Action, e.PrincipalID)
		by[e.AnomalyID] = e
	}
	return by
}

// A topic is what an event is about, whatever run told it.
type topic struct{ account, principal, action, kind, rule string }

func subject(e *discern.Event) topic {
	return topic{e.AccountID, e.PrincipalID, e.Action, e.AnomalyType, e.Rule}
}

func about(all []discern.Event) map[topic]int {
	counts := map[topic]int{}
	for i := range all {
		counts[subject(&all[i])]++
	}
	return counts
}
