package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/embedded"
)

// stateCommands are the commands that open a state file.
func stateCommands(logs, state string) [][]string {
	return [][]string{
		{"detect", "anomaly", "--logs", logs, "--learning-days", "0", "--output", "json", "--state", state},
		{"learn", "--logs", logs, "--state", state},
		{"baseline", "show", "--state", state},
		{"baseline", "export", "--all", "--state", state},
		{"baseline", "import", "--state", state},
		{"baseline", "forget", "--principal", "*", "--state", state},
	}
}

func TestAStateInUseIsSaid(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	good(t, root)
	held, err := embedded.Open(filepath.Join(state, stateFile))
	require.NoError(t, err)
	t.Cleanup(func() { held.Close() })
	for _, command := range stateCommands(root, state) {
		t.Run(command[0]+" "+command[1], func(t *testing.T) {
			t.Parallel()
			said := must(t, exitFailed, command...)
			require.Contains(t, said.err, "in use by another run")
			require.Contains(t, said.err, filepath.Join(state, stateFile))
			require.Empty(t, said.out)
		})
	}
}

func TestNoStateToRead(t *testing.T) {
	state := filepath.Join(t.TempDir(), "none")
	for _, command := range [][]string{{"baseline", "show"}, {"baseline", "export"}, {"baseline", "forget", "--principal", "x"}} {
		require.Contains(t, must(t, exitFailed, append(command, "--state", state)...).err, "no baseline at "+filepath.Join(state, stateFile))
	}
	require.NoDirExists(t, state)
}

func TestWhatIsNoStateIsSaid(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	for name, content := range map[string][]byte{"text": []byte("hello"), "zeros": make([]byte, 1<<16), "a log file": zipped(document(aCall()))} {
		for _, command := range stateCommands(root, "") {
			state := t.TempDir()
			path := filepath.Join(state, stateFile)
			require.NoError(t, os.WriteFile(path, content, 0o600))
			said := must(t, exitFailed, append(slices.Clone(command[:len(command)-1]), state)...)
			require.Contains(t, said.err, "damaged, or no state file", "%s, %q", name, command)
			require.Contains(t, said.err, path)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, after, "it may be somebody's")
		}
	}
}

// TestADamagedStateNeverCrashes damages a filled state file at random. Each command, a process of its own, ends soon, and with an error that
// names the file or as if nothing were wrong.
func TestADamagedStateNeverCrashes(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	logs := busyLogs(t)
	require.NotEmpty(t, detect(t, exitDone, logs, state))
	good(t, root)
	whole, err := os.ReadFile(filepath.Join(state, stateFile))
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(4, 2))
	refused := 0
	for trial := range 30 {
		damaged := bytes.Clone(whole)
		what := ""
		if trial%5 == 0 {
			damaged = damaged[:random.IntN(len(damaged))]
			what = fmt.Sprintf("cut to %d bytes", len(damaged))
		} else {
			// Half of them in the first bytes of a page, where bbolt's links are.
			at := random.IntN(len(damaged))
			if trial%2 == 0 {
				at = at/os.Getpagesize()*os.Getpagesize() + random.IntN(64)
			}
			damaged[at] ^= byte(1 + random.IntN(255))
			what = fmt.Sprintf("byte %d", at)
		}
		dir := t.TempDir()
		commands := stateCommands(root, dir)
		require.NoError(t, os.WriteFile(filepath.Join(dir, stateFile), damaged, 0o600))
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		c := exec.CommandContext(ctx, binary, commands[trial%len(commands)]...)
		var out, errs bytes.Buffer
		c.Stdin, c.Stdout, c.Stderr = strings.NewReader(`{"kind":"end","lines":0}`), &out, &errs // for import, which refuses to read nothing at all
		c.Run()
		require.NoError(t, ctx.Err(), "%s: it hangs", what)
		stop()
		require.NotContains(t, errs.String(), "goroutine ", what)
		if c.ProcessState.ExitCode() != exitDone {
			refused++
			require.Equal(t, exitFailed, c.ProcessState.ExitCode(), what)
			require.Contains(t, errs.String(), filepath.Join(dir, stateFile), what)
		}
	}
	require.Positive(t, refused)
}
