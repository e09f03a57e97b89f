package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// disk gives a folder on a disk of its own, and how to mount it anew with other options.
func disk(t *testing.T, options string) (at string, again func(options string)) {
	t.Helper()
	at = t.TempDir()
	if err := syscall.Mount("tmpfs", at, "tmpfs", 0, options); err != nil {
		t.Skipf("this user can't mount a small disk (%v): run the tests as root to see what happens when one is full", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
	return at, func(options string) {
		flags := uintptr(syscall.MS_REMOUNT)
		if options == "ro" {
			flags, options = flags|syscall.MS_RDONLY, ""
		}
		require.NoError(t, syscall.Mount("tmpfs", at, "tmpfs", flags, options))
	}
}

// What a disk without room, or that can't be written, keeps a run from is said in its coverage and in splunkd's log; after the mend all is told.
func TestTroubleOfTheDisk(t *testing.T) {
	root := busyLogs(t)
	params := map[string]string{"logs": root, "learning_days": "0", "interval": "900"}
	want := ids(t, anInput(t, params).fired(t).events)
	require.NotEmpty(t, want)
	for _, c := range []struct {
		name, size, spoil, mend string
		says                    string
	}{
		{"full from the first", "size=8k", "", "size=64m", "no space left on device"},
		{"full in mid-run", "size=300k", "", "size=64m", "no space left on device"},
		{"read-only", "size=64m", "ro", "size=64m", "read-only file system"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, again := disk(t, c.size)
			if c.spoil != "" {
				again(c.spoil)
			}
			in := stanza{name: "prod", params: params, checkpoint: at}
			bad := in.fired(t)
			require.Equal(t, exitFailed, bad.code)
			whole := bad.whole(t)
			require.Equal(t, discern.StatusFailed, whole.Status)
			require.Contains(t, whole.Error, c.says)
			require.NotEmpty(t, whole.NextStep)
			require.Contains(t, bad.err, c.says)
			require.True(t, strings.Contains(whole.Error, at), "it names where: %s", whole.Error)

			again(c.mend)
			got := ids(t, bad.events)
			for id, e := range ids(t, in.fired(t).events) {
				got[id] = e
			}
			require.Equal(t, lasting(want), lasting(got))
			left, err := filepath.Glob(filepath.Join(at, "*", stateFile))
			require.NoError(t, err)
			require.Len(t, left, 1)
			_, err = os.Stat(left[0])
			require.NoError(t, err)
		})
	}
}
