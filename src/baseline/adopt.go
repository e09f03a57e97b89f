package baseline

import (
	"context"

	"cloudtrail_anomaly/src/discern"
)

// Adopt joins the pairs of an older tool's table with what is known: each is known, and known to have succeeded, until its ttl (Unix seconds). It
// gives the number of pairs, and of those that said more than was known; those taken in before an error stay.
func Adopt(ctx context.Context, to discern.Baseline, read func(each func(principal, action string, ttl int64) error) error) (pairs, news int, err error) {
	var batch []discern.Change
	flush := func() error {
		more, err := join(ctx, to, batch)
		if err != nil {
			return err
		}
		pairs, news = pairs+len(batch), news+more
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
		return pairs, news, err
	}
	err = flush()
	return pairs, news, err
}
