package athena

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"cloudtrail_anomaly/src/awscall"
)

// mostAsked is how many queries Athena tells of by one call.
const mostAsked = 50

// textsOf are the statements of the queries that left something, by their ids, as far as Athena still tells them, to us.
func (l *Log) textsOf(ctx context.Context, left []remnant) (map[string]string, error) {
	ids := make([]string, len(left))
	for i, r := range left {
		ids[i] = r.query
	}
	texts := make(map[string]string, len(ids))
	for batch := range slices.Chunk(ids, mostAsked) {
		if err := l.tell(ctx, batch, texts); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// tell adds the statements of a batch. One that is of another workgroup, or too old, Athena leaves out; where it refuses the batch for it, the halves
// are asked about, so that it keeps nothing else from being told.
func (l *Log) tell(ctx context.Context, ids []string, texts map[string]string) error {
	out, err := l.athena.BatchGetQueryExecution(ctx, &athena.BatchGetQueryExecutionInput{QueryExecutionIds: ids})
	if invalid := (*types.InvalidRequestException)(nil); errors.As(err, &invalid) || awscall.Denied(err) {
		if len(ids) == 1 {
			return nil
		}
		half := len(ids) / 2
		if err := l.tell(ctx, ids[:half], texts); err != nil {
			return err
		}
		return l.tell(ctx, ids[half:], texts)
	}
	if err != nil {
		return fmt.Errorf("look at the queries that left results: %w", err)
	}
	for _, q := range out.QueryExecutions {
		texts[aws.ToString(q.QueryExecutionId)] = aws.ToString(q.Query)
	}
	return nil
}
