package athena

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// mostAnew bounds how often a query is handed in anew after an end that says nothing against it.
const mostAnew = 3

// clocks is by how much, in seconds, Athena's clock and ours may differ.
const clocks = 2 * minute

// answer runs a SELECT and has its result taken in. The same text that was handed in before is answered by the execution of then, and not paid
// twice; unless that came to no good end, or its result is gone.
func (l *Log) answer(ctx context.Context, q *query, into *tally) (*execution, error) {
	if err := l.place.find(ctx); err != nil {
		return nil, err // the token depends on it
	}
	text, after := q.text(), ""
	for attempt := 1; ; attempt++ {
		over, err := l.may(ctx, q.window.bytes)
		if err != nil {
			return nil, err
		}
		e, err := l.ran(ctx, q.window, text, l.token(l.AccountID, q.window.asked(l.Sweep), text, after))
		if e != nil {
			pays := l.pays(q.window, e)
			if into.asked(e, pays); pays {
				l.spent(e.scanned)
			}
		}
		over()
		if err != nil {
			return nil, err
		}
		if e.state == types.QueryExecutionStateSucceeded {
			err = l.rows(ctx, e, into)
			if err == nil {
				l.finished = append(l.finished, e)
				return e, nil
			}
			if !errors.Is(err, errGone) {
				return nil, err
			}
		} else if err = l.ended(e); !l.worthwhile(ctx, e, err) {
			return e, err
		}
		if attempt == mostAnew {
			return e, err
		}
		if after = e.id; l.earlier(e) {
			after += stamp(l.now().Unix()) // what earlier runs left is passed by at once: a chain of it would use up the attempts
		}
		if err := l.pause(ctx, time.Duration(attempt)*firstWait); err != nil {
			return nil, fmt.Errorf("wait before query %s is handed in anew: %w", e.id, err)
		}
	}
}

// worthwhile tells whether a query that did not succeed is handed in anew as it is: after a fault of Athena's own; after one cancelled, which may
// be what an earlier run that was ended did to it; after one for want of a table that setup has made since; and after any failure of an earlier
// run, whose cause may be gone.
func (l *Log) worthwhile(ctx context.Context, e *execution, err error) bool {
	if errors.Is(err, ErrNoTable) && l.CheckTable(ctx) == nil {
		return true
	}
	return errors.Is(err, ErrService) || errors.Is(err, ErrCancelled) || l.earlier(e)
}

// ran runs the query of a window. That of a sweep is not stopped when the run's time is over: the next run hands it in again, and has its result.
func (l *Log) ran(ctx context.Context, w window, text, token string) (*execution, error) {
	if !w.sweep {
		return l.run(ctx, text, token)
	}
	e, err := l.handIn(ctx, text, token)
	if err != nil {
		return nil, err
	}
	if err = l.await(ctx, e); err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		l.stop(ctx, e)
	}
	return e, err
}

// pays tells whether this run counts what a query read. An earlier one has counted that of its own, but for what it left unfinished, of a sweep.
func (l *Log) pays(w window, e *execution) bool {
	switch {
	case w.sweep && e.running():
		return false
	case w.sweep && e.state == types.QueryExecutionStateSucceeded:
		return true
	default:
		return !l.earlier(e)
	}
}

// earlier tells whether a query was handed in by an earlier run.
func (d *desk) earlier(e *execution) bool {
	return e.submitted != 0 && d.opened-e.submitted > clocks
}
