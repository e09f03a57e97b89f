package embedded_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

// The organization of BenchmarkStudy: a large one in a busy hour.
const (
	timedPrincipals = 50_000 // known, with timedActions each: two million pairs
	timedActive     = 5_000  // of them in the piece, with all their actions: 200,000 pairs
	timedActions    = 40
	timedKinds      = 800 // distinct actions in all
	timedAccounts   = 27
	timedStale      = 20    // every so many-th pair was last seen longer ago than refresh_days: 5 %
	timedNew        = 1_000 // active principals of whom one pair is new
	timedHour       = int64(1_700_000_000 / discern.Hour * discern.Hour)
)

// BenchmarkStudy holds a piece of 200,000 pairs against a baseline of 2,000,000 as a run does that was started for it: open the file,
// recall, judge, claim 1,000 anomalies, refresh 10,000 pairs, close. No logs are read and the sink keeps all in memory. Each run begins with a
// fresh copy of the file. Reported are the mean and the fastest of the runs, in seconds.
func BenchmarkStudy(b *testing.B) {
	dir := b.TempDir()
	full := filepath.Join(dir, "full.db")
	timedBaseline(b, full)
	piece := timedPiece()
	fastest := time.Duration(1 << 62)
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		path := filepath.Join(dir, fmt.Sprintf("run%d.db", n))
		copied(b, full, path)
		tray := &baselinetest.Tray{}
		b.StartTimer()

		began := time.Now()
		store, err := embedded.Open(path)
		require.NoError(b, err)
		covered, err := timedStudy(store, tray, piece).Run(b.Context())
		require.NoError(b, err)
		require.NoError(b, store.Close())
		fastest = min(fastest, time.Since(began))

		b.StopTimer()
		require.Len(b, tray.Events, timedNew)
		require.Equal(b, timedActive*timedActions-timedNew, covered.Known)
		require.NoError(b, os.Remove(path))
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/run")
	b.ReportMetric(fastest.Seconds(), "fastest-s/run")
	b.ReportMetric(0, "ns/op")
}

func timedStudy(store *embedded.Store, tray *baselinetest.Tray, piece discern.Piece) *discern.Study {
	return &discern.Study{
		Activity: &baselinetest.Script{Pieces: []discern.Piece{piece}}, Baseline: store, Outbox: store, Ledger: store, Journal: store,
		Sinks: []discern.Sink{tray}, Risk: harmless{},
		Terms: discern.Terms{LearningDays: 90, PrincipalLearningDays: 7, ForgetAfterDays: 90, RefreshDays: 7, OwnAddress: func(string) bool { return false }},
		Now:   func() time.Time { return time.Unix(timedHour+2*discern.Hour, 0) },
		RunID: "run", Owner: store.Owner(), Trail: "folder", Engine: "script", Mode: "live",
	}
}

type harmless struct{}

func (harmless) Risky(string) bool              { return false }
func (harmless) Weigh(*discern.Event, []string) {}

func timedPrincipal(n int) string      { return fmt.Sprintf("AROAEXAMPLE%010d", n) }
func timedAccount(n int) string        { return fmt.Sprintf("%012d", 100_000_000_000+n%timedAccounts) }
func timedAction(principal, n int) int { return (principal*7 + n) % timedKinds }
func timedName(action int) string {
	return fmt.Sprintf("service%d.amazonaws.com:DescribeThing%d", action%40, action)
}

// timedBaseline makes a state file that has watched the organization for half a year.
func timedBaseline(b *testing.B, path string) {
	store, err := embedded.Open(path)
	require.NoError(b, err)
	watched := discern.Known{FirstSeen: timedHour - 180*discern.Day, LastSeen: timedHour - discern.Day, FirstOK: timedHour - 180*discern.Day}
	stale := watched
	stale.LastSeen -= 10 * discern.Day
	var deeds []discern.Deed
	learn := func(h discern.Holder, known func(n int) (string, discern.Known), items int) {
		changes := []discern.Change{{Holder: h, Now: watched}}
		for n := range items {
			action, k := known(n)
			changes = append(changes, discern.Change{Holder: h, Action: action, Now: k})
		}
		deeds = append(deeds, discern.Deed{Changes: changes})
	}
	anything := func(n int) (string, discern.Known) { return timedName(n), watched }
	learn(discern.Holder{Kind: discern.Organization}, anything, timedKinds)
	for a := range timedAccounts {
		learn(discern.Holder{Kind: discern.Account, ID: timedAccount(a)}, anything, timedKinds)
	}
	for p := range timedPrincipals {
		learn(discern.Holder{Kind: discern.Principal, ID: timedPrincipal(p)}, func(n int) (string, discern.Known) {
			if (p*timedActions+n)%timedStale == 0 {
				return timedName(timedAction(p, n)), stale
			}
			return timedName(timedAction(p, n)), watched
		}, timedActions)
		if len(deeds) >= 5_000 || p == timedPrincipals-1 {
			_, err := store.Write(b.Context(), deeds)
			require.NoError(b, err)
			deeds = deeds[:0]
		}
	}
	require.NoError(b, store.Close())
}

// timedPiece is an hour of every tenth principal. The last action of the first timedNew of them is one that they never did. As in what an
// engine gives, sightings share their names.
func timedPiece() discern.Piece {
	p := discern.Piece{Start: timedHour, End: timedHour + discern.Hour, Looks: map[string]*discern.Look{}}
	for a := range timedAccounts {
		p.Looks[timedAccount(a)] = &discern.Look{Files: 1, Earliest: timedHour, NewestDelivery: timedHour + discern.Hour}
	}
	var names [timedKinds]string
	for n := range names {
		names[n] = timedName(n)
	}
	for active := range timedActive {
		who := active * timedPrincipals / timedActive
		account, principal := timedAccount(who), timedPrincipal(who)
		for n := range timedActions {
			action := timedAction(who, n)
			if n == timedActions-1 && active < timedNew {
				action = timedAction(who, timedActions)
			}
			at := timedHour + int64((active*31+n*97)%discern.Hour)
			p.Sightings = append(p.Sightings, discern.Sighting{
				Account: account, Principal: principal, Action: names[action],
				First: at, Last: timedHour + discern.Hour - 1, Count: 3, Files: []uint32{0},
			})
		}
	}
	slices.SortFunc(p.Sightings, func(x, y discern.Sighting) int { return x.Before(&y) })
	return p
}

// copied copies a file onto the disk, so that no write of it is left to be paid by what is timed.
func copied(b *testing.B, from, to string) {
	source, err := os.Open(from)
	require.NoError(b, err)
	defer source.Close()
	target, err := os.Create(to)
	require.NoError(b, err)
	_, err = io.Copy(target, source)
	require.NoError(b, err)
	require.NoError(b, target.Sync())
	require.NoError(b, target.Close())
}
