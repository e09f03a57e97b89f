package discern_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/discern"
)

// A deaf sink takes nothing.
type deaf struct{}

func (deaf) Name() string { return "deaf" }

func (deaf) Send(context.Context, []discern.Pending) error { return errors.New("connection refused") }

// run2 runs over the sightings with two sinks and gives the coverage of the run.
func (w *world) run2(tray *baselinetest.Tray, sinks []discern.Sink, sightings ...discern.Sighting) discern.Coverage {
	w.t.Helper()
	w.runs++
	activity := &baselinetest.Script{}
	if len(sightings) > 0 {
		activity.Pieces = []discern.Piece{pieceOf(sightings)}
	}
	st := &discern.Study{
		Activity: activity, Baseline: w.store, Outbox: w.store, Ledger: w.store, Journal: w.store, Sinks: append(sinks, tray), Risk: w, Terms: w.terms,
		Now: func() time.Time { return time.Unix(w.now, 0) }, RunID: "r", Owner: "me", Trail: "t", Engine: "script", Mode: "live",
	}
	w.pages = nil
	st.Covered = func(c discern.Coverage) error { w.pages = append(w.pages, c); return nil }
	covered, err := st.Run(w.t.Context())
	require.NoError(w.t, err)
	return covered
}

func TestADeadSinkHoldsNothingBack(t *testing.T) {
	w := newWorld(t)
	w.terms.LearningDays = 0
	tray := &baselinetest.Tray{}
	covered := w.run2(tray, []discern.Sink{deaf{}}, saw(1, "10:00", "A", "x:Y", ""))
	require.Len(t, tray.Events, 2, "the other sink has all")
	require.Equal(t, 2, covered.Pending)
	require.Equal(t, 2, w.page("1").Pending, "that of the account says so too")
	require.Equal(t, discern.StatusFailed, covered.Status)
	require.Contains(t, covered.Error, "sink deaf: connection refused")

	w.now += 6 * discern.Day
	again := &baselinetest.Tray{}
	require.Equal(t, 2, w.run2(again, []discern.Sink{deaf{}}).Pending)
	require.Empty(t, again.Events, "what a sink has is not sent to it again")

	w.now += 2 * discern.Day
	covered = w.run2(again, []discern.Sink{deaf{}})
	require.Len(t, covered.Warnings, 1)
	require.Contains(t, covered.Warnings[0], "GIVEN UP: sink deaf")
	require.Zero(t, w.run2(again, []discern.Sink{deaf{}}).Pending)
}

func TestARunThatFailsIsCovered(t *testing.T) {
	w := newWorld(t)
	st := &discern.Study{
		Activity: failing{}, Baseline: w.store, Outbox: w.store, Ledger: w.store, Journal: w.store, Risk: w, Terms: w.terms,
		Now: time.Now, RunID: "r", Owner: "me", Trail: "t", Engine: "script",
	}
	covered, err := st.Run(t.Context())
	require.ErrorContains(t, err, "read activity: the disk is on fire")
	require.Equal(t, discern.StatusFailed, covered.Status)
	require.Equal(t, discern.CodeInternal, covered.ErrorCode)
	require.Empty(t, w.run2(&baselinetest.Tray{}, nil).UnfinishedRunID, "it came to its end, though not well")
}

type failing struct{}

func (failing) Next(context.Context) (*discern.Piece, error) {
	return nil, errors.New("the disk is on fire")
}

func (failing) Evidence(context.Context, []discern.Sighting) ([]discern.Evidence, error) {
	return nil, nil
}

// A journal notes the begin of a run and loses the answer.
type losing struct{ discern.Journal }

func (l losing) Begin(ctx context.Context, id string) (string, error) {
	unfinished, _ := l.Journal.Begin(ctx, id)
	return unfinished, errors.New("connection reset")
}

// TestARunWhoseBeginIsUncertain names the run that was killed before it: where its own begin was noted all the same, the next one can't.
func TestARunWhoseBeginIsUncertain(t *testing.T) {
	w := newWorld(t)
	_, err := w.store.Begin(t.Context(), "killed")
	require.NoError(t, err)
	st := &discern.Study{Activity: failing{}, Baseline: w.store, Outbox: w.store, Ledger: w.store, Journal: losing{w.store}, Risk: w, Terms: w.terms, Now: time.Now, RunID: "r", Owner: "me", Trail: "t"}
	c, err := st.Run(t.Context())
	require.ErrorContains(t, err, "connection reset")
	require.Equal(t, "killed", c.UnfinishedRunID)
	require.Empty(t, w.run2(&baselinetest.Tray{}, nil).UnfinishedRunID)
}
