package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// ErrNotOurs is said of a table that Setup did not make: it is left as it is.
var ErrNotOurs = errors.New("it was not made by ct_anomaly setup dynamodb, so it is left as it is: delete it yourself, if nobody needs it")

// Drop deletes the table, if Setup made it. It gives what was done, or with dryRun would be; "" where there is no table.
func (s *Store) Drop(ctx context.Context, dryRun bool) (step string, err error) {
	table, err := s.describe(ctx)
	if err != nil || table == nil {
		return "", err
	}
	ours, err := s.made(ctx, table.TableArn)
	if err != nil {
		return "", err
	}
	if !ours {
		return "", fmt.Errorf("table %s: %w", s.o.Table, ErrNotOurs)
	}
	step = fmt.Sprintf("delete table %s in %s with the baseline in it", s.o.Table, s.o.Config.Region)
	if dryRun {
		return step, nil
	}
	_, err = call(ctx, s, "delete it", s.db.DeleteTable, &sdk.DeleteTableInput{TableName: &s.o.Table})
	return step, err
}

// made tells whether the table has the tag that Setup gives.
func (s *Store) made(ctx context.Context, arn *string) (bool, error) {
	in := &sdk.ListTagsOfResourceInput{ResourceArn: arn}
	for {
		out, err := call(ctx, s, "list the tags", s.db.ListTagsOfResource, in)
		if err != nil {
			return false, err
		}
		for _, t := range out.Tags {
			if aws.ToString(t.Key) == tagMade && aws.ToString(t.Value) == madeBy {
				return true, nil
			}
		}
		if out.NextToken == nil {
			return false, nil
		}
		in.NextToken = out.NextToken
	}
}
