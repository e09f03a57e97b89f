package athena

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// probe is a query that reads nothing, and so costs nothing.
const probe = "SELECT 1"

// CheckQueries tries whether a query runs in the workgroup, and whether its result can be written and read: it runs one that reads nothing. It gives
// where results go. An error wraps ErrNoPlace where it is workgroup or bucket that are no good.
func CheckQueries(ctx context.Context, o Options) (results string, err error) {
	l, err := Open(ctx, o)
	if err != nil {
		return "", err
	}
	d := l.desk
	d.database = "" // it need not be there
	e, err := d.run(ctx, probe, "")
	if err != nil {
		return "", l.place.unusable(err)
	}
	if e.state != types.QueryExecutionStateSucceeded {
		return "", l.ended(e)
	}
	if err := l.readable(ctx, e); err != nil {
		return "", err
	}
	l.finished = append(l.finished, e)
	l.clean(ctx)
	if l.place.managed {
		return "Athena itself", nil
	}
	return l.place.effective, nil
}

// readable tries the result of a query.
func (l *Log) readable(ctx context.Context, e *execution) error {
	if l.place.managed {
		if _, err := l.athena.GetQueryResults(ctx, &athena.GetQueryResultsInput{QueryExecutionId: &e.id}); err != nil {
			return fmt.Errorf("read the result of query %s: %w", e.id, err)
		}
		return nil
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(e.output, "s3://"), "/")
	object := &resumed{ctx: ctx, client: l.s3, bucket: bucket, key: key}
	defer object.close()
	if err := object.open(); err != nil {
		return fmt.Errorf("read the result of query %s at %s: %w", e.id, e.output, err)
	}
	return nil
}

// unusable names the place that Athena refuses to leave results in.
func (p *Place) unusable(err error) error {
	var invalid *types.InvalidRequestException
	if !errors.As(err, &invalid) || !strings.Contains(invalid.ErrorMessage(), "output bucket") {
		return err
	}
	given := "the setting of the workgroup " + p.name
	if p.output != "" {
		given = "athena_bucket"
	}
	return fmt.Errorf("%w: there is no bucket for results at %s in Athena's region, or it may not be looked at; make it, or correct %s (Athena: %s)",
		ErrNoPlace, p.effective, given, invalid.ErrorMessage())
}

// Results is where results of queries go: a bucket, and a prefix in it; no bucket where Athena keeps them itself.
func (p *Place) Results(ctx context.Context) (bucket, prefix string, err error) {
	if err := p.find(ctx); err != nil || p.managed {
		return "", "", err
	}
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(p.effective, "s3://"), "/")
	return bucket, strings.Trim(prefix, "/"), nil
}
