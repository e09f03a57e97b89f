//go:build unix

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shell runs a line of the shell in which $1 is the program.
func shell(t *testing.T, line string, args ...string) said {
	t.Helper()
	var out, err bytes.Buffer
	c := exec.CommandContext(t.Context(), "sh", append([]string{"-c", line, "sh", binary}, args...)...)
	c.Stdout, c.Stderr = &out, &err
	_ = c.Run() // the code says it
	return said{c.ProcessState.ExitCode(), out.String(), err.String()}
}

// toldNext is what a run that could print tells after one that could not.
func toldNext(t *testing.T, logs, state string) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(ids(t, detect(t, exitDone, logs, state))))
}

func TestNothingIsLostWithStandardOutput(t *testing.T) {
	logs := busyLogs(t)
	want := toldNext(t, logs, t.TempDir())
	const command = `"$1" detect anomaly --learning-days 0 --output json --logs "$2" --state "$3" `
	for name, line := range map[string]string{"a full disk": command + ">/dev/full", "a reader that goes away": command + "| head -1 >/dev/null"} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat("/dev/full"); strings.Contains(line, "/dev/full") && err != nil {
				t.Skip("this system has no /dev/full")
			}
			state := t.TempDir()
			said := shell(t, line, logs, state)
			if !strings.Contains(line, "|") {
				require.Equal(t, exitFailed, said.code, said.err)
				require.Contains(t, said.err, "pending")
				require.Contains(t, said.err, "sent by the next run")
			}
			require.NotContains(t, said.err, "goroutine ")
			require.Equal(t, want, toldNext(t, logs, state))
		})
	}
}

// TestAFullDiskForTheState lets the state file grow to so many blocks of 512 bytes only.
func TestAFullDiskForTheState(t *testing.T) {
	logs := busyLogs(t)
	want := toldNext(t, logs, t.TempDir())
	for _, blocks := range []int{8, 64, 300, 1024, 4000} {
		t.Run(fmt.Sprint(blocks, " blocks"), func(t *testing.T) {
			state := t.TempDir()
			said := shell(t, fmt.Sprintf(`ulimit -f %d; trap '' XFSZ; "$1" detect anomaly --learning-days 0 --output json --logs "$2" --state "$3"`, blocks), logs, state)
			require.Equal(t, exitFailed, said.code, said.err)
			require.Contains(t, said.err, filepath.Join(state, stateFile))
			require.Contains(t, said.err, "file too large")
			require.NotContains(t, said.err, "goroutine ")
			told := ids(t, events(t, said.out))
			after := process(t, "detect", "anomaly", "--learning-days", "0", "--output", "json", "--logs", logs, "--state", state)
			require.Equal(t, exitDone, after.code, after.err)
			for _, e := range events(t, after.out) {
				told[e.AnomalyID] = e
			}
			require.Equal(t, want, slices.Sorted(maps.Keys(told)))
		})
	}
}

func TestAFullDiskForCoverage(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	root := t.TempDir()
	good(t, root)
	said := must(t, exitFailed, "detect", "anomaly", "--logs", root, "--state", t.TempDir(), "--learning-days", "0", "--coverage", "/dev/full")
	require.Contains(t, said.err, "coverage")
	require.Contains(t, said.out, "ListBuckets", "what was found is told all the same")
}
