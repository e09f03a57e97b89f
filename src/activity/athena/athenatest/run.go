package athenatest

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// run brings a query to its end, unless its course holds it.
func (f *Front) run(ctx context.Context, q *query) {
	if q.course.Queued < 0 {
		<-ctx.Done()
		f.end(q, Answer{}, context.Cause(ctx))
		return
	}
	var answer Answer
	var err error
	switch {
	case q.course.State != "":
		answer.Scanned = q.course.Scanned
		err = &ending{q.course.State, q.course.Reason}
	case q.kind != "DML":
		answer, err = f.define(ctx, q)
	default:
		answer, err = f.execute(ctx, q)
	}
	if q.course.Running < 0 {
		<-ctx.Done()
		err = context.Cause(ctx)
	}
	f.end(q, answer, err)
}

// execute has the engine run a SELECT.
func (f *Front) execute(ctx context.Context, q *query) (Answer, error) {
	if f.trino != nil {
		return f.trino.run(ctx, q.in.QueryExecutionContext.Database, q.in.QueryString, func(scanned int64) error {
			f.locked(func() { q.scanned = scanned })
			return q.beyond(scanned)
		})
	}
	f.mu.Lock()
	answer := f.answer
	f.mu.Unlock()
	if answer == nil {
		return Answer{}, errors.New("this front has no engine: give it an Answer")
	}
	result, err := answer(q.in.QueryString)
	if err == nil {
		result.Scanned = max(result.Scanned, q.course.Scanned)
		err = q.beyond(result.Scanned)
	}
	return result, err
}

// An ending is a state that is not SUCCEEDED, and its reason.
type ending struct{ state, reason string }

func (e *ending) Error() string { return e.state + ": " + e.reason }

// beyond is the ending of a query that scanned more than its workgroup lets it.
func (q *query) beyond(scanned int64) error {
	if most := q.settings.CutoffBytes; most > 0 && scanned > most {
		return &ending{cancelled, "Query cancelled! : Bytes scanned limit was exceeded"} // the state is documented, the words are inferred
	}
	return nil
}

// end settles a query, and writes what it has as results.
func (f *Front) end(q *query, answer Answer, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q.scanned = max(q.scanned, answer.Scanned)
	if q.stopped {
		return
	}
	var other *ending
	switch {
	case errors.Is(err, context.Canceled):
		q.state, q.reason = cancelled, stoppedReason
	case errors.As(err, &other):
		q.state, q.reason = other.state, other.reason
	case err != nil:
		q.state, q.reason = failed, q.tell(err.Error())
	default:
		q.state, q.answer = succeeded, answer
		if q.output != "" {
			f.writeResults(q)
		}
	}
	q.ended = f.now()
}

// tell adds to an engine's error what Athena adds where files were read: another path, which is not the file's
// (https://github.com/trinodb/trino/issues/19225).
func (q *query) tell(reason string) string {
	if !strings.HasPrefix(reason, "HIVE_") || q.output == "" {
		return reason
	}
	return fmt.Sprintf("%s. If a data manifest file was generated at '%s-manifest.csv', you may need to manually clean the data from "+
		"locations specified in the manifest. Athena will not delete data in your account.", reason, strings.TrimSuffix(q.output, ".csv"))
}
