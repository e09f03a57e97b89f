package logs_test

import (
	"context"
	"os"
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

// TestAPlaceThatGoesAwayEndsTheRun, rather than to name each of its files.
func TestAPlaceThatGoesAwayEndsTheRun(t *testing.T) {
	root := daily(t, 3)
	f := withDays(t, logs.Options{Root: root, Ledger: ledger(t), Listed: func() error { return os.Rename(root, root+".away") }}, -1)
	_, err := f.Next(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "went away")
}
