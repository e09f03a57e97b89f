package dynamodb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"cloudtrail_anomaly/src/discern"
)

// deed does one deed: a single change by a conditional write, several or a claim by a transaction.
func (s *Store) deed(ctx context.Context, d *discern.Deed) (done bool, err error) {
	switch {
	case d.Pending == nil && len(d.Changes) == 0:
		return true, nil
	case d.Pending == nil && len(d.Changes) == 1:
		return s.change(ctx, &d.Changes[0])
	default:
		return s.transact(ctx, d)
	}
}

// change moves one item. A write whose answer was lost is repeated by the SDK and then finds its own work: an item that is as it was to become
// counts as done, whoever made it so.
func (s *Store) change(ctx context.Context, c *discern.Change) (done bool, err error) {
	const what = "write an item"
	is := unchanged(c.Was)
	if c.Now == (discern.Known{}) {
		_, err = call(ctx, s, what, s.db.DeleteItem, &sdk.DeleteItemInput{
			TableName: &s.o.Table, Key: keyOf(c.Holder, c.Action), ConditionExpression: &is.expression, ExpressionAttributeNames: is.names,
			ExpressionAttributeValues: is.values, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld, ReturnConsumedCapacity: counted,
		})
	} else {
		_, err = call(ctx, s, what, s.db.PutItem, &sdk.PutItemInput{
			TableName: &s.o.Table, Item: s.item(c.Holder, c.Action, c.Now), ConditionExpression: &is.expression, ExpressionAttributeNames: is.names,
			ExpressionAttributeValues: is.values, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld, ReturnConsumedCapacity: counted,
		})
	}
	found, failed := unmet(err)
	if !failed {
		return err == nil, err
	}
	if len(found) == 0 {
		return c.Now == discern.Known{}, nil
	}
	return known(found) == c.Now, nil
}

// unmet tells whether a write failed for its condition, and what stood there instead.
func unmet(err error) (found attributes, failed bool) {
	var check *types.ConditionalCheckFailedException
	if errors.As(err, &check) {
		return check.Item, true
	}
	return nil, false
}

// transact does a deed as one transaction. Its token makes it safe to send again when the answer was lost: within ten minutes DynamoDB carries out
// one token once.
func (s *Store) transact(ctx context.Context, d *discern.Deed) (done bool, err error) {
	items := make([]types.TransactWriteItem, 0, len(d.Changes)+1)
	for i := range d.Changes {
		items = append(items, s.step(&d.Changes[i]))
	}
	if d.Pending != nil {
		if len(d.Pending.Event) > largestItem-4<<10 {
			return false, fmt.Errorf("claim an anomaly: its event has %d bytes, more than an item of a table holds", len(d.Pending.Event))
		}
		items = append(items, types.TransactWriteItem{Put: &types.Put{TableName: &s.o.Table, Item: pendingItem(d.Pending)}})
	}
	if len(items) > mostSteps {
		return false, fmt.Errorf("write %d items as one: a transaction holds %d", len(items), mostSteps)
	}
	token := make([]byte, 16)
	rand.Read(token)
	_, err = call(ctx, s, "write a claim", s.db.TransactWriteItems, &sdk.TransactWriteItemsInput{
		TransactItems: items, ClientRequestToken: aws.String(hex.EncodeToString(token)), ReturnConsumedCapacity: counted,
	})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) && lost(cancelled) {
		return false, nil
	}
	return err == nil, err
}

// step is a change as part of a transaction.
func (s *Store) step(c *discern.Change) types.TransactWriteItem {
	is := unchanged(c.Was)
	if c.Now == (discern.Known{}) {
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &s.o.Table, Key: keyOf(c.Holder, c.Action), ConditionExpression: &is.expression,
			ExpressionAttributeNames: is.names, ExpressionAttributeValues: is.values,
		}}
	}
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &s.o.Table, Item: s.item(c.Holder, c.Action, c.Now), ConditionExpression: &is.expression,
		ExpressionAttributeNames: is.names, ExpressionAttributeValues: is.values,
	}}
}

// lost tells whether a transaction was cancelled because an item was no longer as it had been read.
func lost(c *types.TransactionCanceledException) bool {
	for _, r := range c.CancellationReasons {
		if r.Code != nil && *r.Code == "ConditionalCheckFailed" {
			return true
		}
	}
	return false
}
