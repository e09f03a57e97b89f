package athena

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// Setup makes what is missing of an account's table and its database, and gives the statements that it ran; with dryRun it runs none. A table that is
// there and not as it should be stays as it is and is an error that wraps ErrOtherTable.
func Setup(ctx context.Context, o Options, dryRun bool) ([]string, error) {
	l, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := l.CheckTable(ctx); !errors.Is(err, ErrNoTable) {
		return nil, err
	}
	var steps []string
	there, err := l.hasDatabase(ctx)
	if err != nil {
		return nil, err
	}
	if !there {
		steps = append(steps, l.t.CreateDatabase())
	}
	steps = append(steps, l.t.Create())
	return l.carryOut(ctx, steps, dryRun)
}

// Drop removes an account's table if setup made it, and gives the statement; with dryRun it does not run it. Log files are left alone, and so is
// the database.
func Drop(ctx context.Context, o Options, dryRun bool) ([]string, error) {
	l, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	found, err := l.metadata(ctx)
	if err != nil || found == nil || found.Parameters[marker] != markerValue {
		return nil, err
	}
	return l.carryOut(ctx, []string{l.t.drop()}, dryRun)
}

// carryOut runs statements one after the other, and gives those that were run.
func (l *Log) carryOut(ctx context.Context, steps []string, dryRun bool) ([]string, error) {
	if dryRun {
		return steps, nil
	}
	for i, step := range steps {
		d := l.desk
		if i == 0 && len(steps) > 1 {
			d.database = "" // it is not there yet
		}
		e, err := d.run(ctx, step, "")
		if err != nil {
			return steps[:i], err
		}
		if e.state != types.QueryExecutionStateSucceeded {
			return steps[:i], l.ended(e)
		}
	}
	return steps, nil
}

func (l *Log) hasDatabase(ctx context.Context) (bool, error) {
	_, err := l.athena.GetDatabase(ctx, &athena.GetDatabaseInput{CatalogName: aws.String(catalog), DatabaseName: &l.t.Database, WorkGroup: &l.place.name})
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the database %s of Athena: %w", l.t.Database, err)
	}
	return true, nil
}
