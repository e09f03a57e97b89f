package dynamodb

import (
	"context"
	"errors"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

var errUnprocessed = errors.New("items were left unprocessed")

// Write implements discern.Baseline. Deeds that have an item in common are done one after the other, and so are the claims of one principal: a
// process that dies leaves behind what it would have left had it done all in their order. Others are done side by side.
func (s *Store) Write(ctx context.Context, deeds []discern.Deed) ([]bool, error) {
	if len(deeds) == 0 || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	done := make([]bool, len(deeds))
	turns, refreshes := s.plan(deeds)
	batches := slices.Collect(slices.Chunk(refreshes, mostPuts))
	err := s.each(ctx, len(turns)+len(batches), func(ctx context.Context, i int) error {
		if i < len(turns) {
			return s.turn(ctx, &turns[i], deeds, done)
		}
		return s.refresh(ctx, batches[i-len(turns)], deeds, done)
	})
	for i := range deeds {
		s.recent.note(&deeds[i])
	}
	return done, err
}

// A turn is one deed, and what must be over before it.
type turn struct {
	deed  int
	after []<-chan struct{}
	over  chan struct{}
}

// What two deeds may have in common.
type common struct {
	holder discern.Holder
	action string
	claims bool // of the holder, whatever the action
}

// plan tells the deeds that are mere refreshes from those that each have their turn.
func (s *Store) plan(deeds []discern.Deed) (turns []turn, refreshes []int) {
	touched := make(map[common]int, len(deeds))
	for i := range deeds {
		for _, c := range deeds[i].Changes {
			touched[common{holder: c.Holder, action: c.Action}]++
		}
	}
	now := s.o.Now().Unix()
	last := map[common]chan struct{}{}
	for i := range deeds {
		d := &deeds[i]
		if s.refreshes(d, now) && touched[common{holder: d.Changes[0].Holder, action: d.Changes[0].Action}] == 1 {
			refreshes = append(refreshes, i)
			continue
		}
		t := turn{deed: i, over: make(chan struct{})}
		follow := func(c common) {
			if before := last[c]; before != nil && before != t.over {
				t.after = append(t.after, before)
			}
			last[c] = t.over
		}
		for _, c := range d.Changes {
			if item := (common{holder: c.Holder, action: c.Action}); touched[item] > 1 {
				follow(item)
			}
			if d.Pending != nil && c.Holder.Kind == discern.Principal {
				follow(common{holder: c.Holder, claims: true})
			}
		}
		turns = append(turns, t)
	}
	return turns, refreshes
}

// turn waits for what must be over before, and does a deed. The turns it waits for began earlier, so they end.
func (s *Store) turn(ctx context.Context, t *turn, deeds []discern.Deed, done []bool) error {
	defer close(t.over)
	for _, before := range t.after {
		select {
		case <-before:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ok, err := s.deed(ctx, &deeds[t.deed])
	done[t.deed] = ok
	return err
}
