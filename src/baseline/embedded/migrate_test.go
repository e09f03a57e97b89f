package embedded_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

// formatOne unpacks a state that version 0.1.0 wrote after it had told two users of account 111122223333 from two files.
func formatOne(t *testing.T) (path string) {
	t.Helper()
	packed, err := os.Open("testdata/format-1.db.gz")
	require.NoError(t, err)
	defer packed.Close()
	in, err := gzip.NewReader(packed)
	require.NoError(t, err)
	content, err := io.ReadAll(in)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "baseline.db")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// known lists all that a store remembers.
func known(t *testing.T, s *embedded.Store) map[discern.Holder]int {
	t.Helper()
	all := map[discern.Holder]int{}
	kinds := []discern.Kind{discern.Principal, discern.Account, discern.Organization, discern.Rule, discern.Instance, discern.Watermark}
	require.NoError(t, s.Walk(t.Context(), kinds, func(h discern.Holder, _ string, _ discern.Known) error {
		all[h]++
		return nil
	}))
	return all
}

func TestAnOlderFormatIsMigratedAndACopyKept(t *testing.T) {
	path := formatOne(t)
	old, err := embedded.OpenToRead(path)
	require.NoError(t, err, "reading needs no migration")
	before := known(t, old)
	require.Len(t, before, 5, "two users, the account, the organization, a watermark")
	require.NoError(t, old.Close())

	s, err := embedded.Open(path)
	require.NoError(t, err)
	require.Equal(t, path+".format-1", s.Migrated())
	since, first, err := discern.Begun(t.Context(), s, "folder", 1_800_000_000)
	require.NoError(t, err)
	require.False(t, first)
	require.EqualValues(t, discern.BeforeNoted, since, "what such a state has not read yet is no history")
	before[discern.Holder{Kind: discern.Watermark, ID: discern.EveryAccount}] = 1
	require.Equal(t, before, known(t, s))
	require.NoError(t, s.Close())
	copied, err := embedded.OpenToRead(path + ".format-1")
	require.NoError(t, err)
	delete(before, discern.Holder{Kind: discern.Watermark, ID: discern.EveryAccount})
	require.Equal(t, before, known(t, copied))
	require.NoError(t, copied.Close())

	s, err = embedded.Open(path)
	require.NoError(t, err)
	require.Empty(t, s.Migrated(), "once is enough")
	require.NoError(t, s.Close())

	// Gone back to the old file, and upgraded again: the copy of the first time stays what it is.
	kept, err := os.ReadFile(path + ".format-1")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, kept, 0o600))
	s, err = embedded.Open(path)
	require.NoError(t, err)
	require.Equal(t, path+".format-1.2", s.Migrated())
	require.NoError(t, s.Close())
}

func TestANewStateBeginsItsTrailWhenItIsFirstAsked(t *testing.T) {
	s, err := embedded.Open(filepath.Join(t.TempDir(), "baseline.db"))
	require.NoError(t, err)
	defer s.Close()
	for n, now := range []int64{1_800_000_000, 1_800_000_000, 1_800_000_900} {
		since, first, err := discern.Begun(t.Context(), s, "folder", now)
		require.NoError(t, err)
		require.EqualValues(t, 1_800_000_000, since)
		require.Equal(t, n < 2, first, "it is the first run until it is settled what is history")
		if n == 1 {
			require.NoError(t, discern.Settled(t.Context(), s, "folder", now))
		}
	}
}
