package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNewer is said of a table whose items have a layout that this version does not know.
var ErrNewer = errors.New("it was written by a newer version of ct_anomaly: use that version, or another table")

const (
	attrRun    = "Run"    // the run at work
	attrFormat = "Format" // of the marker: the layout of our items
	attrSince  = "Since"  // of the marker: when we first ran on the table
)

func markerKey() attributes { return keyed(partitionTable, reserved) }

func (s *Store) runKey() attributes {
	sort, _ := sortKey(s.o.Owner)
	return keyed(partitionRun, sort)
}

// Begin implements discern.Journal, for the store's owner. The first run ever puts the table's marker.
func (s *Store) Begin(ctx context.Context, runID string) (unfinished string, err error) {
	items, err := s.batchGet(ctx, types.KeysAndAttributes{Keys: []map[string]types.AttributeValue{markerKey(), s.runKey()}, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return "", err
	}
	marked := false
	for _, it := range items {
		if textOf(it[attrRoleID]) == partitionRun {
			unfinished = textOf(it[attrRun])
			continue
		}
		marked = true
		if format, _ := numberOf(it[attrFormat]); format > Format {
			return "", fmt.Errorf("table %s: %w (format %d, this version knows %d)", s.o.Table, ErrNewer, format, Format)
		}
	}
	if !marked {
		if err := s.mark(ctx); err != nil {
			return "", err
		}
	}
	run := s.runKey()
	run[attrRun] = text(runID)
	_, err = call(ctx, s, "note the run's begin", s.db.PutItem, &sdk.PutItemInput{TableName: &s.o.Table, Item: run, ReturnConsumedCapacity: counted})
	return unfinished, err
}

// mark puts the table's marker, unless somebody else was quicker.
func (s *Store) mark(ctx context.Context) error {
	it := markerKey()
	it[attrFormat], it[attrSince] = number(Format), number(s.o.Now().Unix())
	names, _ := aliases(attrRoleID)
	_, err := call(ctx, s, "put the marker", s.db.PutItem, &sdk.PutItemInput{
		TableName: &s.o.Table, Item: it, ConditionExpression: aws.String("attribute_not_exists(#RoleId)"), ExpressionAttributeNames: names, ReturnConsumedCapacity: counted,
	})
	if _, there := unmet(err); there {
		return nil
	}
	return err
}

// End implements discern.Journal.
func (s *Store) End(ctx context.Context, runID string) error {
	names, _ := aliases(attrRun)
	_, err := call(ctx, s, "note the run's end", s.db.UpdateItem, &sdk.UpdateItemInput{
		TableName: &s.o.Table, Key: s.runKey(), UpdateExpression: aws.String("REMOVE #Run"), ConditionExpression: aws.String("#Run = :run"),
		ExpressionAttributeNames: names, ExpressionAttributeValues: attributes{":run": text(runID)}, ReturnConsumedCapacity: counted,
	})
	if _, other := unmet(err); other {
		return nil
	}
	return err
}
