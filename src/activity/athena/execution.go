package athena

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// An execution is a statement that was handed in, as it was seen last.
type execution struct {
	id        string
	state     types.QueryExecutionState
	reason    string
	retryable bool
	submitted int64 // by Athena's clock, Unix seconds; 0 where it does not say
	scanned   int64
	output    string // address of the result
}

// billed tells whether an execution costs: one that failed does not.
func (e *execution) billed() bool {
	return e.state == types.QueryExecutionStateSucceeded || e.state == types.QueryExecutionStateCancelled && e.scanned > 0
}

// catalog is the one whose tables these are: AWS Glue's.
const catalog = "AwsDataCatalog"

// The waits between two looks at a query.
const (
	firstWait = 250 * time.Millisecond
	mostWait  = 5 * time.Second
	stopTime  = 10 * time.Second // what stopping a query may take once the run has no time left
)

// run hands a statement in and waits for its end. Without a token it runs anew each time. An error is one of the calls; how the statement ended
// stands in the execution.
func (d *desk) run(ctx context.Context, text, token string) (*execution, error) {
	if err := d.place.find(ctx); err != nil {
		return nil, err
	}
	in := &athena.StartQueryExecutionInput{
		QueryString:              &text,
		WorkGroup:                &d.place.name,
		QueryExecutionContext:    &types.QueryExecutionContext{Catalog: aws.String(catalog)},
		ResultReuseConfiguration: &types.ResultReuseConfiguration{ResultReuseByAgeConfiguration: &types.ResultReuseByAgeConfiguration{Enabled: false}},
	}
	if d.database != "" {
		in.QueryExecutionContext.Database = &d.database
	}
	if token != "" {
		in.ClientRequestToken = &token
	}
	if d.place.output != "" {
		in.ResultConfiguration = &types.ResultConfiguration{OutputLocation: &d.place.output}
	}
	out, err := d.athena.StartQueryExecution(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("hand a query in to the Athena workgroup %s: %w", d.place.name, err)
	}
	e := &execution{id: aws.ToString(out.QueryExecutionId)}
	err = d.await(ctx, e)
	if err != nil {
		d.stop(ctx, e)
	}
	if !d.earlier(e) { // an earlier run has counted what its query read
		d.spent(e.scanned)
	}
	return e, err
}

// await looks at a query until it has ended. A query that waits for its turn has not.
func (d *desk) await(ctx context.Context, e *execution) error {
	for next := firstWait; ; next = min(next*3/2, mostWait) {
		if err := d.look(ctx, e); err != nil {
			return err
		}
		switch e.state {
		case types.QueryExecutionStateSucceeded, types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
			return nil
		}
		jittered := next - time.Duration(rand.Int64N(int64(next)/4+1))
		if err := d.pause(ctx, jittered); err != nil {
			return fmt.Errorf("wait for query %s, which was %s: %w", e.id, e.state, err)
		}
	}
}

func (d *desk) look(ctx context.Context, e *execution) error {
	out, err := d.athena.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: &e.id})
	if err != nil {
		return fmt.Errorf("look at query %s: %w", e.id, err)
	}
	q := out.QueryExecution
	if q == nil || q.Status == nil {
		return fmt.Errorf("%w: of query %s nothing is told", ErrService, e.id)
	}
	e.state, e.reason = q.Status.State, aws.ToString(q.Status.StateChangeReason)
	if q.Status.SubmissionDateTime != nil {
		e.submitted = q.Status.SubmissionDateTime.Unix()
	}
	if fault := q.Status.AthenaError; fault != nil {
		e.retryable = fault.Retryable
		if e.reason == "" {
			e.reason = aws.ToString(fault.ErrorMessage)
		}
	}
	if q.Statistics != nil {
		e.scanned = aws.ToInt64(q.Statistics.DataScannedInBytes)
	}
	if q.ResultConfiguration != nil {
		e.output = aws.ToString(q.ResultConfiguration.OutputLocation)
	}
	return nil
}

// stop ends a query that nobody waits for any more, as it would go on at the customer's expense, and sees what it scanned until then. It takes
// time of its own, since the run may have none left.
func (d *desk) stop(ctx context.Context, e *execution) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if _, err := d.athena.StopQueryExecution(ctx, &athena.StopQueryExecutionInput{QueryExecutionId: &e.id}); err == nil {
		_ = d.look(ctx, e) // only for what was scanned
	}
}

// mostAnew bounds how often a query is handed in anew after an end that says nothing against it.
const mostAnew = 3

// stale is how long ago a query was handed in that must have been by an earlier run. Athena's clock and ours may differ by less.
const stale = 10 * minute

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
		e, err := l.run(ctx, text, l.token(l.AccountID, q.window.asked(l.Sweep), text, after))
		over()
		if e != nil {
			into.paid(e, l.earlier(e))
		}
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

// earlier tells whether a query was handed in by an earlier run.
func (d *desk) earlier(e *execution) bool {
	return e.submitted != 0 && d.now().Unix()-e.submitted > stale
}
