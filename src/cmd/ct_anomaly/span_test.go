package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLearnUpToATimeLeavesTheRest(t *testing.T) {
	logs, state := watched(t), t.TempDir()
	said := must(t, exitDone, "learn", "--logs", logs, "--state", state, "--to", "2026-11-15")
	require.Empty(t, said.out)
	require.Len(t, lines(t, must(t, exitDone, "baseline", "export", "--state", state).out), 1)

	told := detect(t, exitDone, logs, state)
	require.Equal(t, map[topic]int{
		{"111122223333", "AIDAalice", "s3.amazonaws.com:ListBuckets", "new_action", ""}: 1,
		{"111122223333", "AIDAalice", "s3.amazonaws.com:GetObject", "new_action", ""}:   1,
	}, about(told))
	require.Empty(t, detect(t, exitDone, logs, state))
}

// TestLearnUpToATimeWithinAFile: the file is read as far as learnt, and again by detect.
func TestLearnUpToATimeWithinAFile(t *testing.T) {
	logs, state := watched(t), t.TempDir()
	must(t, exitDone, "learn", "--logs", logs, "--state", state, "--to", "2026-11-20T09:00:00Z")
	told := detect(t, exitDone, logs, state)
	require.Len(t, told, 1)
	require.Equal(t, "s3.amazonaws.com:GetObject", told[0].Action)
}

func TestLearnThenDetectTellsNothing(t *testing.T) {
	logs, state := watched(t), t.TempDir()
	must(t, exitDone, "learn", "--logs", logs, "--state", state)
	require.Empty(t, detect(t, exitDone, logs, state))
}

func TestReplayFromATimeTellsOnlyWhatIsLater(t *testing.T) {
	logs := watched(t)
	replay := func(more ...string) []string {
		var actions []string
		args := append([]string{"replay", "--logs", logs, "--learning-days", "0", "--output", "json"}, more...)
		for _, e := range events(t, must(t, exitDone, args...).out) {
			require.Equal(t, "replay", e.Mode)
			actions = append(actions, strings.TrimPrefix(e.Action, "s3.amazonaws.com:"))
		}
		return actions
	}
	require.ElementsMatch(t, []string{"", "HeadBucket", "ListBuckets", "GetObject"}, replay())
	require.ElementsMatch(t, []string{"ListBuckets", "GetObject"}, replay("--from", "2026-11-15"))
	require.ElementsMatch(t, []string{"GetObject"}, replay("--from", "2026-11-20T09:00:01Z"))
	require.ElementsMatch(t, []string{"", "HeadBucket"}, replay("--to", "2026-11-15"))
	require.ElementsMatch(t, []string{"ListBuckets"}, replay("--from", "2026-11-15", "--to", "2026-11-20T09:00:00Z"))
	require.Empty(t, replay("--from", "2026-11-21"))
}

func TestReplayLeavesTheStateAlone(t *testing.T) {
	home := t.TempDir()
	said := enter(t.Context(), home, "", "replay", "--logs", watched(t), "--learning-days", "0")
	require.Equal(t, exitDone, said.code, said.err)
	require.Contains(t, said.out, "s3:GetObject")
	require.NoFileExists(t, home+"/"+stateFile)
}
