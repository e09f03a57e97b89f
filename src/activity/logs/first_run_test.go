package logs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

// TestAFirstRunOverNothingIsOne too: what comes after it is new.
func TestAFirstRunOverNothingIsOne(t *testing.T) {
	root, store := t.TempDir(), ledger(t)
	begun := false
	options := logs.Options{Root: root, Ledger: store, First: true, Since: now.Unix(), Begun: func(context.Context) error { begun = true; return nil }}
	require.Empty(t, all(t, withDays(t, options, 0)).Sightings)
	require.True(t, begun)
	put(t, root, delivered("1", "us-east-1", "20261101T1005"), zipped(document(record("1", "2026-11-01T10:00:00Z", "1", "Act", "192.0.2.1"))))
	options.First = false
	require.Len(t, all(t, withDays(t, options, 0)).Sightings, 1)
}

func withDays(t *testing.T, o logs.Options, days int) *logs.Folder {
	t.Helper()
	o.HistoryDays, o.Now = days, func() time.Time { return now }
	f, err := logs.Open(o)
	require.NoError(t, err)
	return f
}

// TestAWrongDateIsNoEndOfHistory: one file in the far future leaves the days where they were.
func TestAWrongDateIsNoEndOfHistory(t *testing.T) {
	root := daily(t, 5)
	put(t, root, delivered(anAccount, "us-east-1", "20990101T0000"), zipped(document(record("x", "2099-01-01T00:00:00Z", anAccount, "Late", "192.0.2.1"))))
	for _, since := range []int64{0, now.Unix()} {
		p := all(t, withDays(t, logs.Options{Root: root, Ledger: ledger(t), First: true, Since: since}, 97))
		require.Len(t, p.Sightings, 6)
	}
}

// TestWhatCantBeOpenedIsTriedForEver, whenever it was last changed: when it can be opened again, it does not look otherwise.
func TestWhatCantBeOpenedIsTriedForEver(t *testing.T) {
	root, store, away := daily(t, 3), ledger(t), t.TempDir()
	put(t, root, "loose.json.gz", zipped(document(record("l", "2026-10-01T00:00:00Z", anAccount, "Loose", "192.0.2.1"))))
	dated := filepath.FromSlash(delivered(anAccount, "us-east-1", now.Add(-time.Hour).AddDate(0, 0, -2).Format("20060102T1504")))
	old := now.AddDate(0, -1, 0)
	for _, path := range []string{dated, "loose.json.gz"} {
		require.NoError(t, os.Chtimes(filepath.Join(root, path), old, old))
	}
	move := func(from, to string) error {
		return errors.Join(os.Rename(filepath.Join(from, dated), filepath.Join(to, "dated")), os.Rename(filepath.Join(from, "loose.json.gz"), filepath.Join(to, "loose")))
	}
	f := withDays(t, logs.Options{Root: root, Ledger: store, First: true, Since: now.Unix(), Listed: func() error { return move(root, away) }}, 97)
	p := all(t, f)
	require.NoError(t, store.Looked(t.Context(), p.Files))
	require.Len(t, p.Sightings, 2)
	require.Len(t, p.Bad, 2, "both are named")
	require.Equal(t, 2, f.History().LeftFiles)
	require.NoError(t, os.Rename(filepath.Join(away, "dated"), filepath.Join(root, dated)))
	require.NoError(t, os.Rename(filepath.Join(away, "loose"), filepath.Join(root, "loose.json.gz")))
	require.Len(t, all(t, withDays(t, logs.Options{Root: root, Ledger: store, Since: now.Unix()}, 97)).Sightings, 2)
}

// TestAPlaceThatGoesAwayEndsTheRun, rather than to name each of its files.
func TestAPlaceThatGoesAwayEndsTheRun(t *testing.T) {
	root := daily(t, 3)
	f := withDays(t, logs.Options{Root: root, Ledger: ledger(t), Listed: func() error { return os.Rename(root, root+".away") }}, -1)
	_, err := f.Next(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "went away")
}
