package main

import (
	"context"
	"fmt"
	"io"

	"cloudtrail_anomaly/src/discern"
)

// A sweep looks once a day at the last days whole, for files that appeared under an older name. One that takes longer than a run goes on with the next.
type sweep struct {
	from  int64 // delivery time from which the log is looked at again; 0: not this time
	come  int64 // up to where earlier runs have come with it; 0: it begins
	began int64 // when it began
}

const sweepKey = "\x1fsweep"

// sweepOf is what a run has to sweep of an account's log: nothing where that was done within a day. It goes back from the last sweep, however long ago
// that was, so that no file is missed which appears up to a day less than sweep_days after the minute in its name.
func (e *estate) sweepOf(ctx context.Context, s store, account string) (sweep, error) {
	_, was, err := e.recallSweep(ctx, s, account)
	if err != nil {
		return sweep{}, err
	}
	now := e.now().Unix()
	last := was.LastSeen // when the last one that came to its end began
	if e.set.SweepDays == 0 || last != 0 && last <= now && now-last < discern.Day {
		return sweep{}, nil
	}
	w := sweep{began: now}
	if was.FirstOK > last && was.FirstOK <= now {
		w.began, w.come = was.FirstOK, was.FirstDenied
	}
	w.from = w.began - int64(e.set.SweepDays)*discern.Day
	if last != 0 && last <= now {
		w.from = min(w.from, last-int64(e.set.SweepDays-1)*discern.Day)
	}
	return w, nil
}

// recallSweep gives where it is remembered how far an account is swept, and that: its last seen is when the last sweep began that came to its end, its first
// ok when the one began that is under way, its first denied up to where that has come.
func (e *estate) recallSweep(ctx context.Context, s store, account string) (discern.Change, discern.Known, error) {
	at := discern.Change{Holder: discern.Holder{Kind: discern.Watermark, ID: account}, Action: e.trailName() + sweepKey}
	memory, err := s.Recall(ctx, []discern.Question{{Holder: at.Holder, Actions: []string{at.Action}}})
	if err != nil {
		return at, discern.Known{}, fmt.Errorf("recall when account %s was swept: %w", account, err)
	}
	return at, memory[at.Holder][at.Action], nil
}

// noteSweep notes up to where a sweep has come; 0 is its end.
func (e *estate) noteSweep(ctx context.Context, s store, account string, w sweep, come int64) error {
	at, was, err := e.recallSweep(ctx, s, account)
	if err != nil {
		return err
	}
	at.Was, at.Now = was, discern.Known{FirstSeen: was.FirstSeen, LastSeen: was.LastSeen, FirstOK: w.began, FirstDenied: come}
	if come == 0 {
		at.Now = discern.Known{FirstSeen: was.FirstSeen, LastSeen: w.began}
	}
	if at.Now.FirstSeen == 0 {
		at.Now.FirstSeen = w.began
	}
	// Where another collector noted it meanwhile, it is noted.
	if _, err := s.Write(ctx, []discern.Deed{{Changes: []discern.Change{at}}}); err != nil {
		return fmt.Errorf("note that account %s was swept: %w", account, err)
	}
	return nil
}

// swept is an activity that sweeps, of which it is noted up to where it has come as soon as that is put away: what is behind is not looked at again.
type swept struct {
	discern.Activity
	live  int64 // what was delivered later is not swept
	given int64 // up to where the piece goes that was given last, of what is swept; 0: it is not of that
	note  func(ctx context.Context, come int64) error
}

// Next implements discern.Activity.
func (s *swept) Next(ctx context.Context) (*discern.Piece, error) {
	if s.given != 0 { // who asks for another piece has put the last one away
		if err := s.note(ctx, s.given); err != nil {
			return nil, err
		}
	}
	s.given = 0
	p, err := s.Activity.Next(ctx)
	switch {
	case err == io.EOF: // itself: one that an error wraps is a connection that broke
		if err := s.note(ctx, 0); err != nil {
			return nil, err
		}
	case err == nil && p.Reached <= s.live:
		s.given = p.Reached
	}
	return p, err
}
