package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
	"cloudtrail_anomaly/src/settings"
)

// Where a run has time for half of the accounts, it is not always the same half.
func TestEachAccountHasItsTurn(t *testing.T) {
	var accounts []muster.Account
	for i := range 40 {
		accounts = append(accounts, muster.Account{ID: fmt.Sprintf("%012d", i)})
	}
	behind := map[string]int64{accounts[0].ID: 1}
	reached := map[string]int64{}
	looked := map[string]bool{}
	for run := range int64(2) {
		order := ahead(accounts, behind, reached)
		require.Len(t, order, 40)
		require.Equal(t, accounts[0].ID, order[39].ID, "history comes last")
		for _, a := range order[:20] {
			looked[a.ID], reached[a.ID] = true, (run+1)*3600
		}
	}
	require.Len(t, looked, 39)
}

func anEstate(t *testing.T, now time.Time) (*estate, store) {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "baseline.db"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	set := &settings.Settings{HistoryDays: 97, SweepDays: 2, LookbackMinutes: 60}
	return &estate{now: func() time.Time { return now }, set: set, trail: logs.Trail{Bucket: "b"}, accounts: []muster.Account{{ID: "111122223333"}}}, s
}

// Of an account that joins a year after the input began, history_days are read and not a year.
func TestAnAccountThatJoinsLater(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	e, s := anEstate(t, now)
	require.NoError(t, e.measure(t.Context(), job{store: s, since: now.AddDate(-1, 0, 0).Unix()}))
	require.EqualValues(t, 97*discern.Day, now.Unix()-e.past.oldest(0))
	require.Less(t, e.past.oldest(1), now.AddDate(-1, 0, 0).Unix(), "one that was looked at goes on from there, however long ago")
}

// A clock that was a year ahead for one run keeps no sweep from its day.
func TestASweepAfterAClockThatWasAhead(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	e, s := anEstate(t, now)
	e.now = func() time.Time { return now.AddDate(1, 0, 0) }
	require.NoError(t, e.noteSweep(t.Context(), s, "111122223333", sweep{began: e.now().Unix()}, 0))
	e.now = func() time.Time { return now }
	w, err := e.sweepOf(t.Context(), s, "111122223333")
	require.NoError(t, err)
	require.Equal(t, sweep{from: now.Unix() - 2*discern.Day, began: now.Unix()}, w)
}

// A watermark that a clock set a year ahead is no end of the look at a bucket: what was delivered in the sweep's days is read, and a sweep goes with it.
func TestABucketAfterAClockThatWasAhead(t *testing.T) {
	const id = "111122223333"
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	e, s := anEstate(t, now)
	front := athenatest.New(t) // its S3
	for _, hours := range []time.Duration{72, 30, 1} {
		at := now.Add(-hours * time.Hour)
		key := fmt.Sprintf("AWSLogs/%[1]s/CloudTrail/us-east-1/%[2]s/%[1]s_CloudTrail_us-east-1_%[3]sZ_x.json.gz", id, at.Format("2006/01/02"), at.Format("20060102T1504"))
		front.Put("b", key, zipped(document(deed{account: id, role: "app", action: "s3.amazonaws.com:Call", at: at}.record())))
	}
	var err error
	e.caller, err = awscall.Open(t.Context(), awscall.Options{EndpointURL: front.URL, Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}})
	require.NoError(t, err)
	e.trail.Region, e.set.Engine, e.past = "us-east-1", settings.EngineLogs, &past{}
	require.NoError(t, e.noteSweep(t.Context(), s, id, sweep{began: now.Unix()}, 0)) // none is due

	for reached, files := range map[int64]int{now.AddDate(1, 0, 0).Unix(): 2, now.Unix() - 900: 1} {
		a, err := e.open(t.Context(), job{store: s}, id, reached)
		require.NoError(t, err)
		p, err := a.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, files, p.Whole.Files)
		require.Equal(t, now.Unix(), p.Reached)
	}
}

// However long nobody looked, the sweep goes back from the last one.
func TestASweepAfterAnOutage(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	e, s := anEstate(t, now)
	require.NoError(t, e.noteSweep(t.Context(), s, "111122223333", sweep{began: now.Unix()}, 0))
	for _, c := range []struct{ since, back time.Duration }{{23 * time.Hour, 0}, {24 * time.Hour, 48 * time.Hour}, {25 * time.Hour, 49 * time.Hour}, {240 * time.Hour, 264 * time.Hour}} {
		at := now.Add(c.since)
		e.now = func() time.Time { return at }
		w, err := e.sweepOf(t.Context(), s, "111122223333")
		require.NoError(t, err)
		if c.back == 0 {
			require.Zero(t, w.from, c.since)
			continue
		}
		require.Equal(t, c.back, at.Sub(time.Unix(w.from, 0)), c.since)
	}
}

// pieces are an activity of these.
type pieces []*discern.Piece

func (p *pieces) Next(context.Context) (*discern.Piece, error) {
	if len(*p) == 0 {
		return nil, io.EOF
	}
	next := (*p)[0]
	*p = (*p)[1:]
	return next, nil
}

func (*pieces) Evidence(context.Context, []discern.Sighting) ([]discern.Evidence, error) {
	return nil, nil
}

// A sweep longer than a run goes on where it was put away, from the same beginning, and the next one is due a day after it began.
func TestASweepLongerThanARun(t *testing.T) {
	const id = "111122223333"
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	e, s := anEstate(t, now)
	begun := now.Unix()
	last := begun - discern.Day
	require.NoError(t, e.noteSweep(t.Context(), s, id, sweep{began: last}, 0))
	run := func(after time.Duration, given ...int64) sweep {
		e.now = func() time.Time { return now.Add(after) }
		w, err := e.sweepOf(t.Context(), s, id)
		require.NoError(t, err)
		var all pieces
		for _, reached := range given {
			all = append(all, &discern.Piece{Reached: reached})
		}
		a := &swept{Activity: &all, live: e.now().Unix() - 3600, note: func(ctx context.Context, come int64) error { return e.noteSweep(ctx, s, id, w, come) }}
		for range len(given) {
			_, err := a.Next(t.Context())
			require.NoError(t, err)
		}
		return w
	}
	w := run(0, begun, begun-90_000, begun-50_000) // the time is over while the last one is judged
	require.Equal(t, sweep{from: last - discern.Day, began: begun}, w)
	w = run(time.Hour, begun+3600, begun-50_000, begun-10_000)
	require.Equal(t, sweep{from: last - discern.Day, come: begun - 90_000, began: begun}, w)
	w = run(2*time.Hour, begun+7200)
	require.Equal(t, sweep{from: last - discern.Day, come: begun - 50_000, began: begun}, w)

	require.NoError(t, e.noteSweep(t.Context(), s, id, w, 0))
	w = run(23 * time.Hour)
	require.Zero(t, w)
	w = run(24 * time.Hour)
	require.Equal(t, sweep{from: begun - discern.Day, began: begun + discern.Day}, w)
}

// A sweep whose connection was closed has not come to its end, though the error wraps io.EOF.
func TestASweepThatBreaksOff(t *testing.T) {
	ended := false
	a := &swept{Activity: hungUp{}, note: func(context.Context, int64) error { ended = true; return nil }}
	_, err := a.Next(t.Context())
	require.ErrorContains(t, err, "list")
	require.False(t, ended)
}

type hungUp struct{ discern.Activity }

func (hungUp) Next(context.Context) (*discern.Piece, error) {
	return nil, fmt.Errorf("list: %w", io.EOF)
}
