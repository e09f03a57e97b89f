package athena

import (
	"context"
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

// running tells whether an execution, as it was seen last, has not ended.
func (e *execution) running() bool {
	switch e.state {
	case types.QueryExecutionStateSucceeded, types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
		return false
	}
	return true
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
	e, err := d.handIn(ctx, text, token)
	if err != nil {
		return nil, err
	}
	if err = d.await(ctx, e); err != nil {
		d.stop(ctx, e)
	}
	return e, err
}

// handIn hands a statement in. The same token leads to what was handed in with it before.
func (d *desk) handIn(ctx context.Context, text, token string) (*execution, error) {
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
	return &execution{id: aws.ToString(out.QueryExecutionId)}, nil
}

// await looks at a query until it has ended. A query that waits for its turn has not.
func (d *desk) await(ctx context.Context, e *execution) error {
	for next := firstWait; ; next = min(next*3/2, mostWait) {
		if err := d.look(ctx, e); err != nil {
			return err
		}
		if !e.running() {
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
