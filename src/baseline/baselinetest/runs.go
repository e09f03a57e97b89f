package baselinetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// A Script is an Activity that is written down: pieces given one after the other, with evidence made up from the sightings.
type Script struct {
	Pieces []discern.Piece
	next   int
}

// Next implements discern.Activity.
func (s *Script) Next(context.Context) (*discern.Piece, error) {
	if s.next == len(s.Pieces) {
		return nil, io.EOF
	}
	p := s.Pieces[s.next]
	s.next++
	return &p, nil
}

// Evidence implements discern.Activity: one record for each sighting.
func (s *Script) Evidence(_ context.Context, sightings []discern.Sighting) ([]discern.Evidence, error) {
	evidence := make([]discern.Evidence, len(sightings))
	for i := range sightings {
		w := &sightings[i]
		evidence[i] = discern.Evidence{Count: w.Count, Records: []discern.Record{{
			EventID: fmt.Sprint(w.Account, w.Principal, w.Action, w.First), Time: w.First, Account: w.Account, Principal: w.Principal, Action: w.Action, Outcome: w.Outcome,
		}}}
	}
	return evidence, nil
}

// A Tray is a Sink that keeps what it was given; every delivery counts.
type Tray struct {
	mu     sync.Mutex
	Events map[string][]string // by anomaly_id: each event it was sent with
}

// Name implements discern.Sink.
func (*Tray) Name() string { return "tray" }

// Send implements discern.Sink.
func (tr *Tray) Send(_ context.Context, events []discern.Pending) error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.Events == nil {
		tr.Events = map[string][]string{}
	}
	for _, e := range events {
		tr.Events[e.ID] = append(tr.Events[e.ID], string(e.Event))
	}
	return nil
}

type noRisk struct{}

func (noRisk) Risky(string) bool              { return false }
func (noRisk) Weigh(*discern.Event, []string) {}

const began = int64(1_700_000_000) // 2023-11-14T22:13:20Z

// activity is two hours of three principals in two accounts, with a denial that turns into a success and a rule's match.
func activity() *Script {
	var sightings []discern.Sighting
	for i, action := range []string{"s3:GetObject", "iam:CreateUser", "ec2:RunInstances"} {
		for j, who := range []string{"AROA1", "AIDA2", "service:1/x"} {
			at := began + int64(i*1200+j*7)
			sightings = append(sightings, discern.Sighting{Account: fmt.Sprint(1 + j%2), Principal: who, Action: action, Outcome: discern.Outcome(i % 2), First: at, Last: at + 5, Count: 2})
		}
	}
	sightings = append(sightings,
		discern.Sighting{Account: "1", Principal: "AROA1", Action: "iam:CreateUser", First: began + 1300, Last: began + 1300, Count: 1},
		discern.Sighting{Account: "1", Principal: "AROA1", Action: "cloudtrail:StopLogging", Rule: "stop_logging", First: began + 1400, Last: began + 1400, Count: 1})
	sortSightings(sightings)
	looks := map[string]*discern.Look{"1": {Files: 1, Earliest: began, NewestDelivery: began + 7200}, "2": {Files: 1, Earliest: began, NewestDelivery: began + 7200}}
	return &Script{Pieces: []discern.Piece{{Start: began, End: began + 7200, Sightings: sightings, Looks: looks, Whole: discern.Look{Files: 2}, Files: []discern.File{{Path: "a", Size: 1}}}}}
}

// Study is a run over that activity; run names it and its collector.
func Study(s Store, tray *Tray, run string) *discern.Study {
	return &discern.Study{
		Activity: activity(), Baseline: s, Outbox: s, Ledger: s, Journal: s, Sinks: []discern.Sink{tray}, Risk: noRisk{},
		Terms: discern.Terms{ForgetAfterDays: 90, RefreshDays: 7, OwnAddress: func(string) bool { return false }},
		Now:   func() time.Time { return time.Unix(began+7300, 0) }, RunID: run, Owner: run, Trail: "t", Engine: "script", Mode: "live",
	}
}

// Expected is how much Study must tell on an empty baseline: 3 principals, 9 pairs, a success after a denial, a rule's match.
const Expected = 3 + 9 + 1 + 1

func twoRuns(t *testing.T, m Maker) {
	s := m.New(t)
	tray := &Tray{}
	_, err := Study(s, tray, "run1").Run(t.Context())
	require.NoError(t, err)
	require.Len(t, tray.Events, Expected)
	second := &Tray{}
	_, err = Study(m.Again(t, s), second, "run2").Run(t.Context())
	require.NoError(t, err)
	require.Empty(t, second.Events)
}

func twoRunsAtOnce(t *testing.T, m Maker) {
	s := m.New(t)
	tray := &Tray{}
	var all sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		all.Go(func() { _, errs[i] = Study(s, tray, fmt.Sprint("run", i)).Run(t.Context()) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Len(t, tray.Events, Expected)
	for id, sent := range tray.Events {
		require.Len(t, sent, 1, "%s was told more than once", id)
	}
}

// A dying store carries out a number of deeds and then neither writes nor answers any more, like a process that was killed.
type dying struct {
	Store
	deeds int
	dead  bool
}

var errKilled = errors.New("killed")

func (d *dying) Write(ctx context.Context, deeds []discern.Deed) ([]bool, error) {
	if len(deeds) > d.deeds {
		if _, err := d.Store.Write(ctx, deeds[:d.deeds]); err != nil {
			return nil, err
		}
		d.deeds, d.dead = 0, true
		return nil, errKilled
	}
	d.deeds -= len(deeds)
	return d.Store.Write(ctx, deeds)
}

func (d *dying) End(ctx context.Context, runID string) error {
	if d.dead {
		return errKilled
	}
	return d.Store.End(ctx, runID)
}

func killedRuns(t *testing.T, m Maker) {
	for survived := range 40 {
		s := m.New(t)
		tray := &Tray{}
		first := Study(s, tray, "run1")
		shot := &dying{Store: s, deeds: survived}
		first.Baseline, first.Journal = shot, shot
		_, killed := first.Run(t.Context())
		if killed != nil {
			require.ErrorIs(t, killed, errKilled)
		}
		again := Study(m.Again(t, s), tray, "run1")
		again.RunID = "run2"
		covered, err := again.Run(t.Context())
		require.NoError(t, err)
		require.Len(t, tray.Events, Expected, "killed after %d deeds", survived)
		for id, sent := range tray.Events {
			for _, e := range sent {
				require.Equal(t, sent[0], e, "%s was told in two ways", id)
				require.True(t, json.Valid([]byte(e)))
			}
		}
		unfinished := map[bool]string{true: "run1"}[killed != nil]
		require.Equal(t, unfinished, covered.UnfinishedRunID)
	}
}

func sortSightings(s []discern.Sighting) {
	slices.SortFunc(s, func(a, b discern.Sighting) int { return a.Before(&b) })
}
