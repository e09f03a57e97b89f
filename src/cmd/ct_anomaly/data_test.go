package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

const sharedData = "../../../../shared/data"

// realLogs is the folder of real CloudTrail records, or skips the test.
func realLogs(t *testing.T) string {
	t.Helper()
	logs := filepath.Join(sharedData, "cloudtrail")
	if _, err := os.Stat(logs); err != nil {
		t.Skipf("the real records are not here: %v", err)
	}
	return logs
}

// An expected is a line of the expected.*.jsonl beside the real records.
type expected struct {
	Kind, Principal, Action, First, Last, Time, EventID string
}

func expectations(t *testing.T, name string, kinds ...string) []expected {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sharedData, name))
	require.NoError(t, err)
	var all []expected
	for _, line := range lines(t, string(text)) {
		var e expected
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		if slices.Contains(kinds, e.Kind) {
			all = append(all, e)
		}
	}
	require.NotEmpty(t, all)
	return all
}

func TestLearnKnowsTheExpectedPairs(t *testing.T) {
	logs, state := realLogs(t), t.TempDir()
	must(t, exitDone, "learn", "--logs", logs, "--state", state, "--refresh-days", "0")
	var got, want []expected
	for _, line := range lines(t, must(t, exitDone, "baseline", "export", "--state", state).out) {
		var p struct{ Principal, Action, First_seen, Last_seen string }
		require.NoError(t, json.Unmarshal([]byte(line), &p))
		got = append(got, expected{Principal: p.Principal, Action: p.Action, First: p.First_seen, Last: p.Last_seen})
	}
	for _, e := range expectations(t, "expected.pairs.jsonl", "pair") {
		want = append(want, expected{Principal: e.Principal, Action: e.Action, First: e.First, Last: e.Last})
	}
	require.Len(t, want, 184)
	require.ElementsMatch(t, want, got)
}

// newActions are the new_action events as the expected replay has them.
func newActions(all []discern.Event) []expected {
	var some []expected
	for _, e := range all {
		if e.AnomalyType == discern.NewAction {
			some = append(some, expected{Time: e.FirstTime, Principal: e.PrincipalID, Action: e.Action})
		}
	}
	return some
}

func TestReplayAndDetectTellTheExpected(t *testing.T) {
	logs, state := realLogs(t), t.TempDir()
	var want []expected
	for _, e := range expectations(t, "expected.replay.jsonl", "") {
		want = append(want, expected{Time: e.Time, Principal: e.Principal, Action: e.Action})
	}
	require.Len(t, want, 188)
	replayed := events(t, must(t, exitDone, "replay", "--logs", logs, "--learning-days", "0", "--refresh-days", "0", "--output", "json").out)
	require.ElementsMatch(t, want, newActions(replayed))

	detected := detect(t, exitDone, logs, state, "--refresh-days", "0")
	require.ElementsMatch(t, want, newActions(detected))
	require.Equal(t, about(replayed), about(detected))
	require.Empty(t, detect(t, exitDone, logs, state, "--refresh-days", "0"))
}

func TestAllowedAfterDenied(t *testing.T) {
	var got []string
	for _, e := range detect(t, exitDone, realLogs(t), t.TempDir()) {
		if e.AnomalyType == discern.DeniedThenSuccess {
			got = append(got, e.FirstTime+" "+e.PrincipalID+" "+e.Action)
		}
	}
	slices.Sort(got)
	require.Equal(t, []string{
		"2014-07-16T15:49:27Z AIDACKCEVSQ6C2EXAMPLE signin.amazonaws.com:ConsoleLogin",
		"2024-07-30T21:31:15Z AIDAFSHDVNSWGFKZR06G sts.amazonaws.com:AssumeRole",
		"2024-07-31T19:52:33Z AIDA2Q68JMYYLLXFIRZ7 sts.amazonaws.com:AssumeRole",
	}, got)
}

func TestAnAddedFileIsAllThatIsRead(t *testing.T) {
	logs, root, state := realLogs(t), t.TempDir(), t.TempDir()
	files := byDelivery(t, logs)
	last := files[len(files)-1]
	whole := detect(t, exitDone, logs, t.TempDir())
	copied(t, logs, root, files[:len(files)-1])
	before := detect(t, exitDone, root, state)
	copied(t, logs, root, files[len(files)-1:])
	added := detect(t, exitDone, root, state)
	require.NotEmpty(t, added)
	for _, e := range added {
		require.Equal(t, []string{last.path}, e.LogFiles)
	}
	require.Equal(t, about(whole), about(slices.Concat(before, added)))
}

func TestRecordsGivesTheOraclesLines(t *testing.T) {
	logs := realLogs(t)
	var got, want []expected
	for _, line := range lines(t, must(t, exitDone, "detect", "records", logs).out) {
		var f found
		require.NoError(t, json.Unmarshal([]byte(line), &f))
		require.FileExists(t, f.File)
		if f.Rule == "log_deletion" || f.Rule == "stop_logging" || f.Rule == "instance_credentials" {
			got = append(got, expected{EventID: f.EventID, Time: f.Time, Principal: f.Principal, Action: f.Action})
		}
		require.Equal(t, f.Rule == "instance_credentials", f.Verdict != "")
	}
	for _, e := range expectations(t, "expected.pairs.jsonl", "log_deletion", "instance_creds") {
		want = append(want, expected{EventID: e.EventID, Time: e.Time, Principal: e.Principal, Action: e.Action})
	}
	require.Len(t, want, 15)
	require.ElementsMatch(t, want, got)
}

func TestShowPrintsTheRecordOfAnEvent(t *testing.T) {
	logs := realLogs(t)
	for _, e := range detect(t, exitDone, logs, t.TempDir())[:20] {
		if len(e.EventID) == 0 {
			continue
		}
		shown := must(t, exitDone, "show", e.EventID[0], "--file", filepath.Join(logs, filepath.FromSlash(e.LogFiles[0]))).out
		var r struct{ EventID, EventName string }
		require.NoError(t, json.Unmarshal([]byte(shown), &r))
		require.Contains(t, e.EventID, r.EventID)
		if e.EventName != "" {
			require.Equal(t, e.EventName, strings.TrimSpace(r.EventName))
		}
	}
}
