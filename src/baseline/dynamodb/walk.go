package dynamodb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"cloudtrail_anomaly/src/discern"
)

// Walk gives every item of the kinds asked for, sorted by holder; those of one holder in no promised order. It reads the whole table, and holds
// what it gives in memory, some 60 bytes an item, as a table has no order of its own.
func (s *Store) Walk(ctx context.Context, kinds []discern.Kind, visit func(h discern.Holder, action string, k discern.Known) error) error {
	type entry struct {
		action string
		known  discern.Known
	}
	held := map[discern.Holder][]entry{}
	actions := map[string]string{} // each once
	err := s.scan(ctx, "read the baseline", 0, func(it attributes) error {
		h, ok := holderOf(textOf(it[attrRoleID]), textOf(it[attrLongRoleID]))
		if !ok || !slices.Contains(kinds, h.Kind) {
			return nil
		}
		action := actionOf(textOf(it[attrAction]), textOf(it[attrLongAction]))
		if one, met := actions[action]; met {
			action = one
		} else {
			actions[action] = action
		}
		held[h] = append(held[h], entry{action, known(it)})
		return nil
	})
	if err != nil {
		return err
	}
	holders := make([]discern.Holder, 0, len(held))
	for h := range held {
		holders = append(holders, h)
	}
	slices.SortFunc(holders, func(a, b discern.Holder) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), strings.Compare(a.ID, b.ID))
	})
	for _, h := range holders {
		for _, e := range held[h] {
			if err := visit(h, e.action, e.known); err != nil {
				return err
			}
		}
	}
	return nil
}

// scan visits the items of the table, all of them or those of the first pages of 1 MB.
func (s *Store) scan(ctx context.Context, what string, pages int, visit func(it attributes) error) error {
	names, list := aliases(attrRoleID, attrAction, attrTTL, attrFirstSeen, attrLastSeen, attrFirstOK, attrFirstDenied, attrUntil, attrLongRoleID, attrLongAction)
	in := &sdk.ScanInput{TableName: &s.o.Table, ProjectionExpression: &list, ExpressionAttributeNames: names, ReturnConsumedCapacity: counted}
	for n := 1; ; n++ {
		out, err := call(ctx, s, what, s.db.Scan, in)
		if err != nil {
			return err
		}
		for _, it := range out.Items {
			if textOf(it[attrRoleID]) == "" || textOf(it[attrAction]) == "" { // which each item of a baseline has
				return fmt.Errorf("%s: table %s holds items without %s: %w", what, s.o.Table, neededKeys, ErrOtherKeys)
			}
			if err := visit(it); err != nil {
				return err
			}
		}
		if len(out.LastEvaluatedKey) == 0 || n == pages {
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
