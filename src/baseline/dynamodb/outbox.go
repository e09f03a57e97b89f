package dynamodb

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"cloudtrail_anomaly/src/discern"
)

// All that is pending lies in one partition, by anomaly_id, so that one Query finds what is one's own and what others left. It holds what was
// claimed and not yet delivered, which is little; a partition takes a hundred claims a second and more, as DynamoDB splits it by the
// ids' hashes when that is not enough.

const (
	attrOwner   = "Owner"
	attrLease   = "Lease"
	attrClaimed = "Claimed"
	attrSinks   = "Sinks"
	attrEvent   = "Event"
)

func pendingKey(id string) attributes {
	sort, _ := sortKey(id)
	return keyed(partitionPending, sort)
}

func pendingItem(p *discern.Pending) attributes {
	it := pendingKey(p.ID)
	it[attrOwner], it[attrLease], it[attrClaimed], it[attrEvent] = text(p.Owner), number(p.Lease), number(p.Claimed), bytes(p.Event)
	if len(p.Sinks) > 0 { // a set is never empty
		it[attrSinks] = &types.AttributeValueMemberSS{Value: slices.Compact(slices.Sorted(slices.Values(p.Sinks)))}
	}
	return it
}

func pendingOf(it attributes) discern.Pending {
	p := discern.Pending{ID: actionOf(textOf(it[attrAction]), ""), Owner: textOf(it[attrOwner]), Event: []byte(textOf(it[attrEvent])), Sinks: sinksOf(it)}
	p.Lease, _ = numberOf(it[attrLease])
	p.Claimed, _ = numberOf(it[attrClaimed])
	return p
}

func sinksOf(it attributes) []string {
	set, _ := it[attrSinks].(*types.AttributeValueMemberSS)
	if set == nil {
		return nil
	}
	return set.Value
}

// Take implements discern.Outbox.
func (s *Store) Take(ctx context.Context, owner string, now, lease int64) ([]discern.Pending, error) {
	found, err := s.pending(ctx, owner, now)
	if err != nil {
		return nil, err
	}
	taken := make([]bool, len(found))
	err = s.each(ctx, len(found), func(ctx context.Context, i int) (err error) {
		if len(found[i].Sinks) == 0 { // confirmed by all, and the process died before it deleted it
			return s.done(ctx, found[i].ID)
		}
		taken[i], err = s.lease(ctx, &found[i], owner, lease)
		return err
	})
	if err != nil {
		return nil, err
	}
	var mine []discern.Pending
	for i, ok := range taken {
		if ok {
			mine = append(mine, found[i])
		}
	}
	slices.SortFunc(mine, func(a, b discern.Pending) int {
		return cmp.Or(cmp.Compare(a.Claimed, b.Claimed), cmp.Compare(a.ID, b.ID))
	})
	return mine, nil
}

// pending reads what is the owner's, and what is another's whose lease ran out. The read is consistent: what was confirmed a moment ago must not
// be sent again.
func (s *Store) pending(ctx context.Context, owner string, now int64) (found []discern.Pending, err error) {
	names, _ := aliases(attrRoleID, attrOwner, attrLease)
	in := &sdk.QueryInput{
		TableName: &s.o.Table, KeyConditionExpression: aws.String("#RoleId = :pending"), FilterExpression: aws.String("#Owner = :owner OR #Lease < :now"),
		ExpressionAttributeNames: names, ExpressionAttributeValues: attributes{":pending": text(partitionPending), ":owner": text(owner), ":now": number(now)},
		ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: counted,
	}
	for {
		out, err := call(ctx, s, "query what is pending", s.db.Query, in)
		if err != nil {
			return nil, err
		}
		for _, it := range out.Items {
			found = append(found, pendingOf(it))
		}
		if len(out.LastEvaluatedKey) == 0 {
			return found, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// lease makes a pending anomaly the owner's for some time, unless somebody else was quicker.
func (s *Store) lease(ctx context.Context, p *discern.Pending, owner string, lease int64) (taken bool, err error) {
	names, _ := aliases(attrOwner, attrLease)
	_, err = call(ctx, s, "take what is pending", s.db.UpdateItem, &sdk.UpdateItemInput{
		TableName: &s.o.Table, Key: pendingKey(p.ID), UpdateExpression: aws.String("SET #Owner = :owner, #Lease = :lease"),
		ConditionExpression: aws.String("#Owner = :was AND #Lease = :until"), ExpressionAttributeNames: names,
		ExpressionAttributeValues:           attributes{":owner": text(owner), ":lease": number(lease), ":was": text(p.Owner), ":until": number(p.Lease)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld, ReturnConsumedCapacity: counted,
	})
	if found, failed := unmet(err); failed {
		is := pendingOf(found) // a lost answer's repetition finds its own work
		if is.Owner != owner || is.Lease != lease {
			return false, nil
		}
	} else if err != nil {
		return false, err
	}
	p.Owner, p.Lease = owner, lease
	return true, nil
}

// Confirm implements discern.Outbox.
func (s *Store) Confirm(ctx context.Context, sink string, ids []string) error {
	return s.each(ctx, len(ids), func(ctx context.Context, i int) error { return s.confirm(ctx, sink, ids[i]) })
}

// confirm deletes what no other sink waits for; else it takes the sink away, and deletes what has none left then.
func (s *Store) confirm(ctx context.Context, sink, id string) error {
	only := &types.AttributeValueMemberSS{Value: []string{sink}}
	names, _ := aliases(attrSinks)
	left, err := s.drop(ctx, id, "#Sinks = :sink", names, attributes{":sink": only})
	if err != nil || !slices.Contains(left, sink) {
		return err
	}
	names, _ = aliases(attrRoleID, attrSinks)
	out, err := call(ctx, s, "confirm what was delivered", s.db.UpdateItem, &sdk.UpdateItemInput{
		TableName: &s.o.Table, Key: pendingKey(id), UpdateExpression: aws.String("DELETE #Sinks :sink"), ConditionExpression: aws.String("attribute_exists(#RoleId)"),
		ExpressionAttributeNames: names, ExpressionAttributeValues: attributes{":sink": only}, ReturnValues: types.ReturnValueAllNew, ReturnConsumedCapacity: counted,
	})
	if _, failed := unmet(err); failed {
		return nil
	}
	if err != nil || len(sinksOf(out.Attributes)) > 0 {
		return err
	}
	return s.done(ctx, id)
}

// done deletes what no sink waits for.
func (s *Store) done(ctx context.Context, id string) error {
	names, _ := aliases(attrSinks)
	_, err := s.drop(ctx, id, "attribute_not_exists(#Sinks)", names, nil)
	return err
}

// drop deletes a pending anomaly on a condition. Where that does not hold, left are the sinks that it still waits for.
func (s *Store) drop(ctx context.Context, id, when string, names map[string]string, values attributes) (left []string, err error) {
	_, err = call(ctx, s, "confirm what was delivered", s.db.DeleteItem, &sdk.DeleteItemInput{
		TableName: &s.o.Table, Key: pendingKey(id), ConditionExpression: &when, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld, ReturnConsumedCapacity: counted,
	})
	if found, failed := unmet(err); failed {
		return sinksOf(found), nil
	}
	return nil, err
}

// Waiting counts what is pending, whoever's it is.
func (s *Store) Waiting(ctx context.Context) (n int, err error) {
	names, _ := aliases(attrRoleID)
	in := &sdk.QueryInput{
		TableName: &s.o.Table, KeyConditionExpression: aws.String("#RoleId = :pending"), ExpressionAttributeNames: names,
		ExpressionAttributeValues: attributes{":pending": text(partitionPending)}, Select: types.SelectCount, ReturnConsumedCapacity: counted,
	}
	for {
		out, err := call(ctx, s, "count what is pending", s.db.Query, in)
		if err != nil {
			return 0, err
		}
		n += int(out.Count)
		if len(out.LastEvaluatedKey) == 0 {
			return n, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
