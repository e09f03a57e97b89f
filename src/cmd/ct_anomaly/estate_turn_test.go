package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
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
	require.NoError(t, e.noteSweep(t.Context(), s, "111122223333"))
	e.now = func() time.Time { return now }
	from, err := e.sweepFrom(t.Context(), s, "111122223333")
	require.NoError(t, err)
	require.EqualValues(t, now.Unix()-2*discern.Day, from)
}

// However long nobody looked, the sweep goes back from the last one.
func TestASweepAfterAnOutage(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	e, s := anEstate(t, now)
	require.NoError(t, e.noteSweep(t.Context(), s, "111122223333"))
	for _, c := range []struct{ since, back time.Duration }{{23 * time.Hour, 0}, {24 * time.Hour, 48 * time.Hour}, {25 * time.Hour, 49 * time.Hour}, {240 * time.Hour, 264 * time.Hour}} {
		at := now.Add(c.since)
		e.now = func() time.Time { return at }
		from, err := e.sweepFrom(t.Context(), s, "111122223333")
		require.NoError(t, err)
		if c.back == 0 {
			require.Zero(t, from, c.since)
			continue
		}
		require.Equal(t, c.back, at.Sub(time.Unix(from, 0)), c.since)
	}
}
