package logs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

const anAccount = "111122223333"

// farOff is a deadline that the test's own clock comes to, and no other.
var farOff = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// daily puts one file on each of the last days before now, the newest one an hour ago.
func daily(t *testing.T, days int) string {
	t.Helper()
	root := t.TempDir()
	for d := range days {
		at := now.Add(-time.Hour).AddDate(0, 0, -d)
		body := document(record(fmt.Sprintf("e%d", d), at.Add(-5*time.Minute).Format(time.RFC3339), anAccount, "GetObject", "192.0.2.1"))
		put(t, root, delivered(anAccount, "us-east-1", at.Format("20060102T1504")), zipped(body))
	}
	return root
}

func ledger(t *testing.T) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "baseline.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestNoPieceHoldsHistoryAndWhatIsLive(t *testing.T) {
	root := daily(t, 10)
	since := now.AddDate(0, 0, -3).Unix() // the input exists for three days: the newest three files are live
	f := open(t, logs.Options{Root: root, Since: since})
	var history, live int
	for {
		p, err := f.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if p.History {
			history += len(p.Files)
			require.Less(t, p.End, since)
		} else {
			live += len(p.Files)
			require.GreaterOrEqual(t, p.Start, since)
		}
	}
	require.Equal(t, 7, history)
	require.Equal(t, 3, live)
}

// TestARunOutOfTimeGoesOnWithTheNext reads a long history in runs that have hardly any time: each gets at least one chunk further, and
// says how far the reading has come.
func TestARunOutOfTimeGoesOnWithTheNext(t *testing.T) {
	root, store := daily(t, 40), ledger(t)
	var done []int
	seen := 0
	for run := 0; ; run++ {
		require.Less(t, run, 100)
		clock := now
		options := logs.Options{Root: root, Ledger: store, First: run == 0, Since: now.Unix(), HistoryDays: 19, Chunk: 1, Now: func() time.Time {
			clock = clock.Add(30 * 365 * 24 * time.Hour) // time goes fast
			return clock
		}}
		f, err := logs.Open(options)
		require.NoError(t, err)
		ctx, cancel := context.WithDeadline(t.Context(), farOff)
		p, err := f.Next(ctx)
		cancel()
		if errors.Is(err, io.EOF) {
			require.Nil(t, f.History(), "there was nothing left")
			break
		}
		require.NoError(t, err)
		h := f.History()
		require.NotNil(t, h)
		before := h.LeftFiles
		require.NoError(t, store.Looked(t.Context(), p.Files))
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		_, _ = f.Next(ctx) // which says that the piece before was put away
		h = f.History()
		require.Less(t, h.LeftFiles, before, "the piece counts as left until it is put away")
		require.Equal(t, 19, h.Days)
		done = append(done, h.DoneDays)
		seen += len(p.Sightings)
	}
	require.Equal(t, 20, seen, "each of the wanted days once, none of those before")
	require.IsNonDecreasing(t, done)
	require.Equal(t, 19, done[len(done)-1])
}

func TestTheHistoryIsMeasuredBeforeItIsRead(t *testing.T) {
	root := daily(t, 40)
	stop := errors.New("not today")
	var told *discern.History
	var f *logs.Folder
	f = open(t, logs.Options{Root: root, Since: now.Unix(), First: true, HistoryDays: 9, Ledger: ledger(t), Listed: func() error {
		told = f.History()
		return stop
	}})
	_, err := f.Next(t.Context())
	require.ErrorIs(t, err, stop)
	require.Equal(t, 9, told.Days)
	require.Equal(t, 10, told.LeftFiles)
	require.Equal(t, 0, told.DoneDays)
	require.Positive(t, told.LeftBytes)
}

func TestProbe(t *testing.T) {
	require.NoError(t, logs.Probe(t.Context(), daily(t, 1)))
	require.ErrorContains(t, logs.Probe(t.Context(), t.TempDir()), "no log file")
	require.ErrorContains(t, logs.Probe(t.Context(), filepath.Join(t.TempDir(), "missing")), "logs: ")
	digests := t.TempDir()
	put(t, digests, "AWSLogs/1/CloudTrail-Digest/us-east-1/2026/11/21/x.json.gz", zipped(document()))
	require.ErrorContains(t, logs.Probe(t.Context(), digests), "no log file")
}
