package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cloudtrail_anomaly/src/discern"
)

// A sweep looks once a day at the last days whole, for files that appeared under an older name.

const sweepKey = "\x1fsweep"

// sweepFrom is the delivery time from which an account's log is looked at again, 0 where that was done within a day. It goes back from the last sweep,
// however long ago that was, so that no file is missed which appears up to a day less than sweep_days after the minute in its name.
func (e *estate) sweepFrom(ctx context.Context, s store, account string) (int64, error) {
	holder, action := discern.Holder{Kind: discern.Watermark, ID: account}, e.trailName()+sweepKey
	memory, err := s.Recall(ctx, []discern.Question{{Holder: holder, Actions: []string{action}}})
	if err != nil {
		return 0, fmt.Errorf("recall when account %s was swept: %w", account, err)
	}
	now := e.now().Unix()
	last := memory[holder][action].LastSeen
	if e.set.SweepDays == 0 || last != 0 && last <= now && now-last < discern.Day {
		return 0, nil
	}
	from := now - int64(e.set.SweepDays)*discern.Day
	if last != 0 && last <= now {
		from = min(from, last-int64(e.set.SweepDays-1)*discern.Day)
	}
	return from, nil
}

func (e *estate) noteSweep(ctx context.Context, s store, account string) error {
	holder, action := discern.Holder{Kind: discern.Watermark, ID: account}, e.trailName()+sweepKey
	memory, err := s.Recall(ctx, []discern.Question{{Holder: holder, Actions: []string{action}}})
	if err != nil {
		return fmt.Errorf("recall when account %s was swept: %w", account, err)
	}
	was, now := memory[holder][action], e.now().Unix()
	is := discern.Known{FirstSeen: was.FirstSeen, LastSeen: now}
	if is.FirstSeen == 0 {
		is.FirstSeen = now
	}
	// Where another collector noted it meanwhile, it is noted.
	if _, err := s.Write(ctx, []discern.Deed{{Changes: []discern.Change{{Holder: holder, Action: action, Was: was, Now: is}}}}); err != nil {
		return fmt.Errorf("note that account %s was swept: %w", account, err)
	}
	return nil
}

// swept is an activity at whose end a sweep is noted: what is not looked at to the end is swept again by the next run.
type swept struct {
	discern.Activity
	note func(context.Context) error
}

// Next implements discern.Activity.
func (s *swept) Next(ctx context.Context) (*discern.Piece, error) {
	p, err := s.Activity.Next(ctx)
	if errors.Is(err, io.EOF) {
		if err := s.note(ctx); err != nil {
			return nil, err
		}
	}
	return p, err
}
