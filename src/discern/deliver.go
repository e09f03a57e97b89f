package discern

import (
	"context"
	"fmt"
	"slices"
)

// sendPending delivers what earlier runs claimed and did not get rid of.
func (r *run) sendPending(ctx context.Context) error {
	now := r.Now().Unix()
	pending, err := r.Outbox.Take(ctx, r.Owner, now, now+leaseSeconds)
	if err != nil {
		return fmt.Errorf("take what is pending: %w", err)
	}
	r.deliver(ctx, pending)
	return nil
}

// deliver gives pending anomalies to the sinks that do not have them yet. A sink that fails keeps nothing back: what it did not
// take stays pending, stands in coverage, and is sent by the next run.
func (r *run) deliver(ctx context.Context, pending []Pending) {
	for _, sink := range r.Sinks {
		var missing []Pending
		var ids []string
		for _, p := range pending {
			if slices.Contains(p.Sinks, sink.Name()) {
				missing = append(missing, p)
				ids = append(ids, p.ID)
			}
		}
		if len(missing) == 0 {
			continue
		}
		err := sink.Send(ctx, missing)
		if err == nil {
			err = r.Outbox.Confirm(ctx, sink.Name(), ids)
		}
		if err != nil {
			r.whole.Pending += len(missing)
			r.whole.fail(CodeInternal, fmt.Sprintf("%d anomalies are pending: sink %s: %v", len(missing), sink.Name(), err), "they are sent by the next run")
		}
	}
}
