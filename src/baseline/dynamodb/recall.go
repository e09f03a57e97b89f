package dynamodb

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"cloudtrail_anomaly/src/discern"
)

// The limits of calls ("Quotas in Amazon DynamoDB").
const (
	mostGets    = 100 // keys of a BatchGetItem
	mostPuts    = 25  // items of a BatchWriteItem
	mostSteps   = 100 // items of a transaction
	largestItem = 400 << 10
)

// worth is from how many named actions on a Query of all that a holder has is cheaper than asking for each: a read by key is paid as 4 KB, a
// Query by what it reads. It goes by how much such holders have: some 300 actions of about 115 bytes, a thousand, three thousand. Of
// rules a holder has thousands and few are asked for.
var worth = map[discern.Kind]int{discern.Principal: 8, discern.Account: 28, discern.Organization: 84}

// A wish is what is to be known of one holder.
type wish struct {
	holder  discern.Holder
	whole   bool
	actions map[string]bool
}

// Recall implements discern.Baseline: a Query for each holder asked for whole, reads by key for single actions.
func (s *Store) Recall(ctx context.Context, questions []discern.Question) (map[discern.Holder]discern.Memory, error) {
	fresh := s.recent.holders()
	var queries []*wish
	var gets [2][]get // eventually consistent, and consistent
	for _, w := range wishes(questions) {
		if from, ok := worth[w.holder.Kind]; w.whole || ok && len(w.actions) > from {
			queries = append(queries, w)
			continue
		}
		kind := 0
		if fresh[w.holder] {
			kind = 1
		}
		for a := range w.actions {
			gets[kind] = append(gets[kind], get{w.holder, a})
		}
	}
	r := &recalled{memory: make(map[discern.Holder]discern.Memory, len(queries))}
	calls := make([]func(ctx context.Context) error, 0, len(queries)+2)
	for kind := range gets {
		for some := range slices.Chunk(gets[kind], mostGets) {
			calls = append(calls, func(ctx context.Context) error { return s.get(ctx, some, kind == 1, r) })
		}
	}
	for _, w := range queries {
		calls = append(calls, func(ctx context.Context) error { return s.query(ctx, w, fresh[w.holder], r) })
	}
	if err := s.each(ctx, len(calls), func(ctx context.Context, i int) error { return calls[i](ctx) }); err != nil {
		return nil, err
	}
	return r.memory, nil
}

// wishes gathers the questions by holder.
func wishes(questions []discern.Question) []*wish {
	by := make(map[discern.Holder]*wish, len(questions))
	var all []*wish
	for _, q := range questions {
		w := by[q.Holder]
		if w == nil {
			w = &wish{holder: q.Holder, actions: make(map[string]bool, len(q.Actions))}
			by[q.Holder] = w
			all = append(all, w)
		}
		w.whole = w.whole || q.Actions == nil
		for _, a := range q.Actions {
			w.actions[a] = true
		}
	}
	return all
}

// recalled is an answer in the making.
type recalled struct {
	mu     sync.Mutex
	memory map[discern.Holder]discern.Memory
}

func (r *recalled) add(h discern.Holder, m discern.Memory) {
	if len(m) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.memory[h]; have != nil {
		maps.Copy(have, m)
	} else {
		r.memory[h] = m
	}
}

// query reads all that a holder has, page by page of at most 1 MB.
func (s *Store) query(ctx context.Context, w *wish, consistent bool, r *recalled) error {
	id, _ := partition(w.holder)
	names, list := aliases(attrAction, attrTTL, attrFirstSeen, attrLastSeen, attrFirstOK, attrFirstDenied, attrUntil, attrLongAction)
	names["#"+attrRoleID] = attrRoleID
	in := &sdk.QueryInput{
		TableName: &s.o.Table, KeyConditionExpression: aws.String("#RoleId = :id"), ProjectionExpression: &list,
		ExpressionAttributeNames: names, ExpressionAttributeValues: attributes{":id": text(id)},
		ConsistentRead: &consistent, ReturnConsumedCapacity: counted,
	}
	memory := discern.Memory{}
	for {
		out, err := call(ctx, s, "query what is known of a holder", s.db.Query, in)
		if err != nil {
			return err
		}
		for _, it := range out.Items {
			action := actionOf(textOf(it[attrAction]), textOf(it[attrLongAction]))
			if w.whole || w.actions[action] {
				memory[action] = known(it)
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			r.add(w.holder, memory)
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// A get is one item that is read by its key.
type get struct {
	holder discern.Holder
	action string
}

// get reads items by their keys, until none is left unprocessed.
func (s *Store) get(ctx context.Context, gets []get, consistent bool, r *recalled) error {
	type key struct{ partition, sort string }
	asked := make(map[key]get, len(gets))
	keys := make([]map[string]types.AttributeValue, len(gets))
	for i, g := range gets {
		keys[i] = keyOf(g.holder, g.action)
		asked[key{textOf(keys[i][attrRoleID]), textOf(keys[i][attrAction])}] = g
	}
	names, list := aliases(attrRoleID, attrAction, attrTTL, attrFirstSeen, attrLastSeen, attrFirstOK, attrFirstDenied, attrUntil)
	items, err := s.batchGet(ctx, types.KeysAndAttributes{
		Keys: keys, ConsistentRead: &consistent, ProjectionExpression: &list, ExpressionAttributeNames: names,
	})
	if err != nil {
		return err
	}
	for _, it := range items {
		g := asked[key{textOf(it[attrRoleID]), textOf(it[attrAction])}]
		r.add(g.holder, discern.Memory{g.action: known(it)})
	}
	return nil
}

func (s *Store) batchGet(ctx context.Context, wanted types.KeysAndAttributes) (items []attributes, err error) {
	const what = "read items"
	for try := 0; ; try++ {
		before := len(wanted.Keys)
		out, err := call(ctx, s, what, s.db.BatchGetItem, &sdk.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{s.o.Table: wanted}, ReturnConsumedCapacity: counted,
		})
		if err != nil {
			return nil, err
		}
		for _, some := range out.Responses { // of the one table, by its name or its ARN
			items = append(items, some...)
		}
		wanted.Keys = nil
		for _, left := range out.UnprocessedKeys {
			wanted.Keys = left.Keys
		}
		if len(wanted.Keys) == 0 {
			return items, nil
		}
		if len(wanted.Keys) < before {
			try = 0
		}
		if err := s.wait(ctx, try, errUnprocessed); err != nil {
			return nil, s.said(ctx, what, err)
		}
	}
}
