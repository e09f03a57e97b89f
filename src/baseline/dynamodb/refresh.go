package dynamodb

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"cloudtrail_anomaly/src/discern"
)

// refreshes tells whether a deed only moves the last seen of a pair that is known and ok, so that it may be written without a condition.
//
// Such a write replaces what another collector may have written since the pair was read. Of a pair that is known and ok nobody's decision rests
// on what could be lost so: an earlier first time, or a last seen that differs by less than a quarter of the time a pair is known. A pair that
// somebody claims anew because it was forgotten is never met: that needs a sighting more than the whole of that time after what was read
// here, and what is written here is at most half of it after that and at most a quarter before the clock's time.
func (s *Store) refreshes(d *discern.Deed, now int64) bool {
	if d.Pending != nil || len(d.Changes) != 1 {
		return false
	}
	c := &d.Changes[0]
	only := c.Was
	only.LastSeen = c.Now.LastSeen
	return c.Holder.Kind == discern.Principal && c.Action != "" && c.Now == only && c.Was.LastSeen != 0 && c.Was.FirstOK != 0 &&
		c.Now.LastSeen > c.Was.LastSeen && c.Now.LastSeen-c.Was.LastSeen <= s.span()/2 && c.Now.LastSeen >= now-s.span()/4
}

// refresh writes a batch of refreshed pairs, until none is left unprocessed.
func (s *Store) refresh(ctx context.Context, batch []int, deeds []discern.Deed, done []bool) error {
	puts := make([]attributes, len(batch))
	for i, d := range batch {
		c := &deeds[d].Changes[0]
		puts[i] = s.item(c.Holder, c.Action, c.Now)
	}
	if err := s.putAll(ctx, "refresh known pairs", puts); err != nil {
		return err
	}
	for _, d := range batch {
		done[d] = true
	}
	return nil
}

// putAll puts at most 25 items, without a condition.
func (s *Store) putAll(ctx context.Context, what string, items []attributes) error {
	writes := make([]types.WriteRequest, len(items))
	for i := range items {
		writes[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: items[i]}}
	}
	for try := 0; ; try++ {
		before := len(writes)
		out, err := call(ctx, s, what, s.db.BatchWriteItem, &sdk.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{s.o.Table: writes}, ReturnConsumedCapacity: counted,
		})
		if err != nil {
			return err
		}
		writes = nil
		for _, left := range out.UnprocessedItems {
			writes = left
		}
		if len(writes) == 0 {
			return nil
		}
		if len(writes) < before {
			try = 0
		}
		if err := s.wait(ctx, try, errUnprocessed); err != nil {
			return s.said(ctx, what, err)
		}
	}
}
