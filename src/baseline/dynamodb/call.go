package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// ErrThrottled is said when the table let nothing through for minutes.
var ErrThrottled = errors.New("the table takes no more: raise its capacity or set it to on-demand; nothing found was lost")

// How long a call is tried again after the SDK's own retries, when the table has no capacity left: four minutes in all, less where the context
// ends before.
const (
	patience     = 20
	firstPause   = 50 * time.Millisecond
	longestPause = 20 * time.Second
)

// call makes one call, again and again where the table is only busy.
func call[In, Out any](ctx context.Context, s *Store, what string, do func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In) (*Out, error) {
	for try := 0; ; try++ {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		out, err := do(ctx, in)
		<-s.slots
		if err == nil {
			s.meter.add(out)
			return out, nil
		}
		if !busy(err) || ctx.Err() != nil {
			return nil, s.said(ctx, what, err)
		}
		if err := s.wait(ctx, try, err); err != nil {
			return nil, s.said(ctx, what, err)
		}
	}
}

// wait pauses before another try; cause is why.
func (s *Store) wait(ctx context.Context, try int, cause error) error {
	if try >= patience {
		return fmt.Errorf("%w (%w)", ErrThrottled, cause)
	}
	d := min(firstPause<<min(try, 16), longestPause)
	return s.o.Pause(ctx, d/2+rand.N(d/2))
}

// busy tells whether a call failed for nothing but others at work.
func busy(err error) bool {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return conflicts(cancelled)
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "Throttling", "ThrottledException",
		"TransactionInProgressException", "TransactionConflictException":
		return true
	}
	return false
}

// conflicts tells whether a transaction was cancelled for nothing but others at work.
func conflicts(c *types.TransactionCanceledException) bool {
	met := false
	for _, r := range c.CancellationReasons {
		if r.Code == nil {
			continue
		}
		switch *r.Code {
		case "None", "":
		case "TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError", "RequestLimitExceeded":
			met = true
		default:
			return false
		}
	}
	return met
}

// said puts what failed into words, and how to mend it where that is known.
func (s *Store) said(ctx context.Context, what string, err error) error {
	var absent *types.ResourceNotFoundException
	if errors.As(err, &absent) {
		const mend = "make it with ct_anomaly setup dynamodb, or correct dynamo_table_name or aws_region"
		return fmt.Errorf("%s: table %s does not exist in region %s: %s: %w", what, s.o.Table, s.o.Config.Region, mend, err)
	}
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "ValidationException" && what != describing { // as is said of items whose keys are not the table's
		if table, e := s.describe(ctx); e == nil && table != nil && s.schema(table) != nil {
			return fmt.Errorf("%s: %w", what, s.schema(table))
		}
	}
	return fmt.Errorf("%s in table %s: %w", what, s.o.Table, err)
}
