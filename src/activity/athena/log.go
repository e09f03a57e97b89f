package athena

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"cloudtrail_anomaly/src/discern"
)

// Next implements discern.Activity: a query, or as many as it takes, for the next window. There is a piece also where nothing was delivered: it
// says that it was looked.
func (l *Log) Next(ctx context.Context) (*discern.Piece, error) {
	l.clean(ctx) // who asks for another piece has put the last one away
	l.given = nil
	if l.direct != nil {
		return l.direct.Next(ctx)
	}
	if !l.planned {
		if err := l.regionsOf(ctx); err != nil {
			return nil, err
		}
		if err := l.plan(ctx); err != nil {
			return nil, err
		}
		l.planned = true
	}
	if len(l.windows) == 0 {
		return nil, io.EOF
	}
	begun := l.now()
	w := l.take(ctx)
	t := newTally(l)
	reached, err := l.window(ctx, w, t)
	if errors.Is(err, errKept) {
		return l.directly(ctx, t, err)
	}
	if err != nil {
		return nil, fmt.Errorf("account %s, delivered %s: %w", l.AccountID, w.name(), err)
	}
	if len(t.files) == 0 && len(t.bad) == 0 {
		if err := l.nothing(ctx, w); err != nil {
			return nil, err
		}
	}
	l.learn(ctx, w, l.now().Sub(begun))
	l.follow(w, reached)
	if l.Progress != nil {
		l.done += w.bytes
		l.Progress(l.done, l.total)
	}
	l.given, l.reached = t, max(l.reached, reached)
	return t.piece(w, reached), nil
}

// window asks for all regions of a window, and gives up to where it was looked at.
func (l *Log) window(ctx context.Context, w window, t *tally) (reached int64, err error) {
	reached = w.to
	for _, regions := range groups(l.regions) {
		at, err := l.ask(ctx, query{table: l.t, window: w, regions: regions, judged: l.judged(), rules: l.Rules}, t)
		if err != nil {
			return 0, err
		}
		reached = min(reached, at)
	}
	return reached, l.unread(ctx, t)
}

// ask has one query answered, leaving out the files that make it fail, and in halves where it asks for too much or would have to
// leave out too many.
func (l *Log) ask(ctx context.Context, q query, t *tally) (reached int64, err error) {
	for {
		q.leftOut = q.window.of(q.table, t.leftOut)
		e, err := l.answer(ctx, &q, t)
		var bad *badFile
		switch {
		case err == nil:
			reached = q.window.to
			if q.window.open && e.submitted != 0 {
				reached = min(reached, e.submitted) // what came later it may not have seen, least of all an earlier run's
			}
			return reached, nil
		case errors.As(err, &bad) && bad.denied:
			return 0, fmt.Errorf("%w: %w", errKept, bad)
		case bad != nil && (len(q.leftOut) < mostLeftOut || t.faults[bad.path] != ""):
			if err := t.leaveOut(bad, codeOf(e.reason)); err != nil {
				return 0, err
			}
		case bad != nil, errors.Is(err, errTooLarge), errors.Is(err, ErrScanLimit):
			first, second, ok := q.window.halves()
			if !ok && bad != nil {
				return 0, fmt.Errorf("%w: %w", errKept, bad)
			}
			if !ok {
				return 0, fmt.Errorf("%w: %w, even for %s", ErrQuery, err, q.window.name())
			}
			q.window = first
			if _, err := l.ask(ctx, q, t); err != nil {
				return 0, err
			}
			q.window = second
		case errors.Is(err, ErrQuery):
			return 0, cmp.Or(l.otherTable(ctx), err)
		default:
			return 0, err
		}
	}
}

// stale is how far behind an answer must be that is an earlier run's.
const stale = 10 * minute

// follow has a live window looked at once more where the answer was an earlier run's.
func (l *Log) follow(w window, reached int64) {
	if w.open && !l.again && len(l.windows) == 0 && w.to-reached > stale {
		l.again = true
		from := max(reached-l.Lookback-slack, w.from)
		l.windows = append(l.windows, window{from: from - from%minute, to: w.to, open: true})
	}
}

// nothing tells an account in which nothing was delivered from a table that looks in the wrong place, where a query finds nothing either. Files
// of the last minutes may have come after the query.
func (l *Log) nothing(ctx context.Context, w window) error {
	if err := l.CheckTable(ctx); err != nil {
		return err
	}
	to := w.to
	if w.open {
		to -= 15 * minute
	}
	if to <= w.from {
		return nil
	}
	days, err := l.Files.Days(ctx, w.from, to)
	if err != nil {
		return fmt.Errorf("find what was delivered to account %s: %w", l.AccountID, err)
	}
	n := 0
	for _, d := range days {
		n += d.Files
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d files lie below %s, delivered %s, and a query of the table %s finds none of them at %s: "+
		"remove the table with ct_anomaly teardown, and make it anew with setup athena",
		ErrNoFiles, n, l.t.location(), w.name(), l.t.Name(), l.t.template())
}
