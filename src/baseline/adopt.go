package baseline

import (
	"context"

	"cloudtrail_anomaly/src/discern"
)

// Adopt joins the pairs of an older tool's table with what is known: each is known, and known to have succeeded, until its ttl (Unix seconds). It
// gives the number of pairs; those taken in before an error stay.
func Adopt(ctx context.Context, to discern.Baseline, read func(each func(principal, action string, ttl int64) error) error) (pairs int, err error) {
	var batch []discern.Change
	flush := func() error {
		if err := join(ctx, to, batch); err != nil {
			return err
		}
		pairs += len(batch)
		batch = batch[:0]
		return nil
	}
	err = read(func(principal, action string, ttl int64) error {
		batch = append(batch, discern.Change{Holder: discern.Holder{Kind: discern.Principal, ID: principal}, Action: action, Now: discern.Known{Until: ttl}})
		if len(batch) < importBatch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return pairs, err
	}
	return pairs, flush()
}
