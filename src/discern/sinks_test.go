package discern_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/discern"
)

// A picky sink does not take the events whose ids it was told to refuse.
type picky struct {
	baselinetest.Tray
	refuses map[string]bool
}

func (*picky) Name() string { return "picky" }

func (s *picky) Send(ctx context.Context, events []discern.Pending) error {
	var untaken []string
	var taken []discern.Pending
	for _, p := range events {
		if s.refuses == nil || s.refuses[p.ID] {
			untaken = append(untaken, p.ID)
		} else {
			taken = append(taken, p)
		}
	}
	if err := s.Tray.Send(ctx, taken); err != nil || len(untaken) == 0 {
		return err
	}
	return &discern.Untaken{IDs: untaken, Err: errors.New("these are no good")}
}

// TestASinkThatTakesAPart: what it took is not sent again, the rest waits and is given up alone.
func TestASinkThatTakesAPart(t *testing.T) {
	w := newWorld(t)
	w.terms.LearningDays = 0
	tray, sink := &baselinetest.Tray{}, &picky{}
	covered := w.run2(tray, []discern.Sink{sink}, saw(1, "10:00", "A", "x:Y", ""))
	require.Equal(t, 2, covered.Pending)
	require.Len(t, tray.Events, 2)

	one := events(t, tray)[0].AnomalyID
	sink.refuses = map[string]bool{one: true}
	covered = w.run2(tray, []discern.Sink{sink, deaf{}}, saw(1, "11:00", "A", "x:Z", ""))
	require.Equal(t, 2, covered.Pending, "the refused one, and the new one that the deaf sink has not: each counts once")
	require.Contains(t, covered.Error, "sink picky: these are no good")
	require.Contains(t, covered.Error, "sink deaf: connection refused")
	require.Len(t, sink.Events, 2)

	w.now += 8 * discern.Day
	covered = w.run2(tray, []discern.Sink{sink})
	require.Len(t, covered.Warnings, 2, "for each sink: %q", covered.Warnings)
	require.Contains(t, covered.Warnings[0]+covered.Warnings[1], "GIVEN UP: sink picky has not taken these anomalies for a week: "+one)
	for _, sent := range [](map[string][]string){tray.Events, sink.Events} {
		for id, times := range sent {
			require.Len(t, times, 1, id)
		}
	}
}

// A gathering sink counts how often it is called.
type gathering struct {
	baselinetest.Tray
	calls []int
}

func (*gathering) Name() string { return "gathering" }

func (*gathering) Gathers() {}

func (s *gathering) Send(ctx context.Context, events []discern.Pending) error {
	s.calls = append(s.calls, len(events))
	return s.Tray.Send(ctx, events)
}

// TestASinkThatGathers is given what several pieces of an account's log told in one call, the others each piece's at once.
func TestASinkThatGathers(t *testing.T) {
	logs := map[string][]discern.Piece{
		"1": {pieceOf(list{saw(1, "10:00", "A", "x:Y", "")}), pieceOf(list{saw(1, "12:00", "A", "x:Z", "")})},
		"2": {pieceOf(list{in("2", saw(1, "10:00", "B", "x:Y", ""))})},
	}
	w := newWorld(t)
	w.terms.LearningDays = 0
	sink := &gathering{}
	st := w.study(inOrder{accounts: []string{"1", "2"}}, func(account string) discern.Activity { return &baselinetest.Script{Pieces: logs[account]} })
	st.Sinks = []discern.Sink{sink}
	_, err := st.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{3, 2}, sink.calls)
	require.Len(t, sink.Events, 5)

	waits := map[string][]discern.Piece{"1": {pieceOf(list{saw(1, "14:00", "A", "x:V", "")}), pieceOf(list{saw(1, "15:00", "A", "x:W", "")})}}
	st = w.study(inOrder{accounts: []string{"1"}}, func(account string) discern.Activity {
		return &slow{Script: baselinetest.Script{Pieces: waits[account]}, takes: func() { w.now += 6 * 60 }}
	})
	st.Sinks, sink.calls = []discern.Sink{sink}, nil
	_, err = st.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{2}, sink.calls, "what waits for five minutes waits no longer")
}

// slow activity takes its time for each piece but the first.
type slow struct {
	baselinetest.Script
	takes func()
	begun bool
}

func (s *slow) Next(ctx context.Context) (*discern.Piece, error) {
	if s.begun {
		s.takes()
	}
	s.begun = true
	return s.Script.Next(ctx)
}
