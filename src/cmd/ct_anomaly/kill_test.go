package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// busyLogs writes many files whose records are nearly all new pairs: a run claims and delivers in several batches.
func busyLogs(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	begin := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	for file := range 150 {
		at := begin.Add(time.Duration(file) * time.Hour)
		var records []string
		for n := range 15 {
			records = append(records, record(call{
				at: discern.Stamp(at.Unix() + int64(n)), user: fmt.Sprintf("user%d", file%40), action: fmt.Sprintf("Get%dOf%d", n, file),
			}))
		}
		put(t, root, named(at.Add(time.Hour).Format("20060102T1504")), zipped(document(records...)))
	}
	return root
}

// killed runs the program, kills it after a while, and gives the whole lines that it had printed by then.
func killed(t *testing.T, after time.Duration, args ...string) (told []string, died bool) {
	t.Helper()
	var out bytes.Buffer
	c := exec.Command(binary, args...)
	c.Stdout = &out
	require.NoError(t, c.Start())
	timer := time.AfterFunc(after, func() { c.Process.Kill() })
	err := c.Wait()
	timer.Stop()
	text := out.String()
	var exit *exec.ExitError
	died = errors.As(err, &exit) && !exit.Exited()
	return strings.Split(text[:strings.LastIndexByte(text, '\n')+1], "\n"), died
}

// tally notes lines by their anomaly's id; an id has one content, whoever tells it and however often.
func tally(t *testing.T, into map[string]string, told []string) {
	t.Helper()
	for _, line := range told {
		if line == "" {
			continue
		}
		var e struct {
			ID string `json:"anomaly_id"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		if have, again := into[e.ID]; again {
			require.Equal(t, have, line, "an anomaly was told in two ways")
		}
		into[e.ID] = line
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	root := busyLogs(t)
	want := undisturbed(t, root, exitDone, "--learning-days", "0")
	require.Len(t, want.told, 150*15+40)
	want.survives(t, 25)
}

func TestKilledOverTheDemo(t *testing.T) {
	want := undisturbed(t, invented(t, 10), exitPartly, "--learning-days", "5")
	want.survives(t, 6)
}

// A trial is a run over a folder of logs as it is when nothing disturbs it.
type trial struct {
	args []string // but for the state
	code int
	took time.Duration
	told map[string]discern.Event
}

func undisturbed(t *testing.T, root string, code int, more ...string) *trial {
	t.Helper()
	tr := &trial{args: append([]string{"detect", "anomaly", "--logs", root, "--output", "json"}, more...), code: code}
	began := time.Now()
	said := process(t, tr.on(t.TempDir())...)
	tr.took = time.Since(began)
	require.Equal(t, code, said.code, said.err)
	tr.told = lasting(ids(t, events(t, said.out)))
	require.NotEmpty(t, tr.told)
	return tr
}

func (tr *trial) on(state string) []string { return append(slices.Clone(tr.args), "--state", state) }

// survives kills so many runs at random moments, some of them again and again on the same state, and lets each state come to its end.
func (tr *trial) survives(t *testing.T, kills int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 9))
	for dead := 0; dead < kills; {
		state, told := t.TempDir(), map[string]string{}
		for attempt := 1; ; attempt++ {
			after := time.Duration(random.Int64N(int64(tr.took) + 1))
			if random.IntN(2) == 0 {
				after = tr.took/2 + after/2 // where claims are made and delivered
			}
			if attempt > 4 || dead >= kills {
				after = time.Minute
			}
			lines, died := killed(t, after, tr.on(state)...)
			tally(t, told, lines)
			if !died {
				break
			}
			dead++
		}
		all := strings.Join(slices.Collect(maps.Values(told)), "\n") + "\n"
		require.Equal(t, tr.told, lasting(ids(t, events(t, all))))
		require.Empty(t, process(t, tr.on(state)...).out, "all was told, and is told again")
	}
}
