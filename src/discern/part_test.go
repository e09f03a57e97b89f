package discern_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/discern"
)

// A roll is a Muster that hands out all its accounts at once, but for those it leaves.
type roll struct{ accounts, left []string }

func (r roll) Each(ctx context.Context, look func(context.Context, string)) ([]string, error) {
	var all sync.WaitGroup
	for _, id := range r.accounts {
		all.Go(func() { look(ctx, id) })
	}
	all.Wait()
	return r.left, nil
}

var errLog = errors.New("the log of this account can't be had")

// muster runs a study over one activity an account, each given by its pieces; accounts without pieces can't be opened.
func (w *world) muster(pieces map[string][]discern.Piece, roll roll) (discern.Coverage, *baselinetest.Tray) {
	w.runs++
	w.pages = nil
	tray := &baselinetest.Tray{}
	st := &discern.Study{
		Muster: roll, Baseline: w.store, Outbox: w.store, Ledger: w.store, Journal: w.store, Sinks: []discern.Sink{tray}, Risk: w, Terms: w.terms,
		Now: func() time.Time { return time.Unix(w.now, 0) }, RunID: fmt.Sprint("run", w.runs), Owner: "me", Trail: "t", Engine: "script", Mode: "live",
		Open: func(_ context.Context, account string, reached int64) (discern.Activity, error) {
			if pieces[account] == nil {
				return nil, errLog
			}
			return &baselinetest.Script{Pieces: pieces[account]}, nil
		},
		Member: func(account string) discern.Member {
			return map[string]discern.Member{"1": {Name: "one", Owner: "a@example.com", Unit: "Prod"}, "9": {Aside: "suspended"}}[account]
		},
		Covered: func(c discern.Coverage) error { w.pages = append(w.pages, c); return nil },
	}
	whole, err := st.Run(w.t.Context())
	require.NoError(w.t, err)
	return whole, tray
}

// pages by account.
func (w *world) page(account string) discern.Coverage {
	w.t.Helper()
	for _, c := range w.pages {
		if c.AccountID == account {
			return c
		}
	}
	w.t.Fatalf("no coverage of account %q", account)
	return discern.Coverage{}
}

func TestOneAccountsFailureIsItsOwn(t *testing.T) {
	w := newWorld(t)
	logs := map[string][]discern.Piece{}
	for _, id := range []string{"1", "2", "3"} {
		logs[id] = []discern.Piece{pieceOf([]discern.Sighting{in(id, saw(0, "00:00", "AROA"+id, "sts:GetCallerIdentity", "")), in(id, saw(200, "00:00", "AROA"+id, "iam:CreateUser", ""))})}
	}
	delete(logs, "2")
	whole, tray := w.muster(logs, roll{accounts: []string{"1", "2", "3"}, left: []string{"4"}})

	require.Len(t, tray.Events, 2)
	require.Equal(t, discern.StatusPartial, whole.Status)
	require.Contains(t, whole.Error, "2 of 4 accounts were not looked at to the end (2 4)")
	require.Equal(t, discern.StatusOK, w.page("1").Status)
	require.Equal(t, "one", w.page("1").AccountName)
	require.Equal(t, discern.StatusFailed, w.page("2").Status)
	require.Contains(t, w.page("2").Error, errLog.Error())
	require.Equal(t, 1, w.page("3").Anomalies)
	require.Equal(t, discern.StatusSkipped, w.page("4").Status)
	require.Equal(t, discern.CodeDeadline, w.page("4").ErrorCode)
}

func TestAllAccountsFail(t *testing.T) {
	w := newWorld(t)
	whole, _ := w.muster(nil, roll{accounts: []string{"1", "2"}})
	require.Equal(t, discern.StatusFailed, whole.Status)
	require.Contains(t, whole.Error, errLog.Error())
}

// TestAccountsSideBySide lets many accounts claim what is new to the organization at once: each is told once, and nothing is lost to the others.
func TestAccountsSideBySide(t *testing.T) {
	w := newWorld(t)
	logs, accounts := map[string][]discern.Piece{}, []string{}
	for i := range 16 {
		id := fmt.Sprint(i)
		accounts = append(accounts, id)
		sightings := []discern.Sighting{in(id, saw(0, "00:00", "AROA"+id, "sts:GetCallerIdentity", ""))}
		for day := range 20 {
			sightings = append(sightings, in(id, saw(200+day, "00:00", "AROA"+id, fmt.Sprint("iam:Act", day), "")))
		}
		logs[id] = []discern.Piece{pieceOf(sightings)}
	}
	whole, tray := w.muster(logs, roll{accounts: accounts})
	require.Equal(t, discern.StatusOK, whole.Status, whole.Error)
	require.Len(t, tray.Events, 16*20)
	require.Equal(t, 16*20, whole.Anomalies)
	for id, sent := range tray.Events {
		require.Len(t, sent, 1, id)
	}
}

// TestWatermarkOfTheOwnLog keeps records of another account in an account's log from moving that one's watermark.
func TestWatermarkOfTheOwnLog(t *testing.T) {
	w := newWorld(t)
	p := pieceOf([]discern.Sighting{saw(1, "00:00", "AROA1", "s3:GetObject", ""), in("9", saw(2, "00:00", "AROA9", "s3:GetObject", ""))})
	p.Reached = day0 + 3*discern.Day
	empty := discern.Piece{Reached: day0 + 5*discern.Day}
	w.muster(map[string][]discern.Piece{"1": {p}, "2": {empty}}, roll{accounts: []string{"1", "2"}})

	require.Equal(t, discern.Stamp(day0+3*discern.Day), w.page("1").Watermark)
	require.Equal(t, discern.Stamp(day0+5*discern.Day), w.page("2").Watermark)
	require.Equal(t, discern.StatusNoFiles, w.page("2").Status)
	require.Empty(t, w.page("9").Watermark)
	require.Contains(t, w.page("9").Warnings, "this account is not looked at (suspended), and yet the log of another one holds records of it")
}
