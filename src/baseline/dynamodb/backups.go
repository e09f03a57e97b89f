package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// errNoBackups is said where the service has none, as DynamoDB Local.
var errNoBackups = errors.New("this DynamoDB keeps no backups")

// unguarded tells whether a table that Setup made has no backups, which an earlier Setup could not turn on. One that somebody else made is theirs to
// guard, and so is one whose tags or backups may not be seen.
func (s *Store) unguarded(ctx context.Context, table *types.TableDescription) (bool, error) {
	ours, err := s.made(ctx, table.TableArn)
	if err == nil && ours {
		var on bool
		on, err = s.guarded(ctx)
		return !on && err == nil, ignored(err)
	}
	return false, ignored(err)
}

// ignored leaves out errors that say that this can't be asked.
func ignored(err error) error {
	if errors.Is(err, errNoBackups) || awscall.Denied(err) || unknownOperation(err) {
		return nil
	}
	return err
}

// guarded tells whether backups are kept.
func (s *Store) guarded(ctx context.Context) (bool, error) {
	out, err := call(ctx, s, "ask for its backups", s.db.DescribeContinuousBackups, &sdk.DescribeContinuousBackupsInput{TableName: &s.o.Table})
	if unknownOperation(err) {
		return false, errNoBackups
	}
	if err != nil {
		return false, err
	}
	d := out.ContinuousBackupsDescription
	return d != nil && d.PointInTimeRecoveryDescription != nil && d.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled, nil
}

// guard turns point-in-time recovery on. For some seconds after a table was made DynamoDB is not ready for it.
func (s *Store) guard(ctx context.Context) error {
	for try := 0; ; try++ {
		_, err := call(ctx, s, "turn point-in-time recovery on", s.db.UpdateContinuousBackups, &sdk.UpdateContinuousBackupsInput{
			TableName: &s.o.Table, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
		})
		if unknownOperation(err) {
			return errNoBackups
		}
		var notYet smithy.APIError
		if err == nil || try == 10 || !errors.As(err, &notYet) || notYet.ErrorCode() != "ContinuousBackupsUnavailableException" {
			return err
		}
		if err := s.o.Pause(ctx, 2*time.Second); err != nil {
			return err
		}
	}
}

func unknownOperation(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "UnknownOperationException"
}

// isGuarded says whether backups are kept, for doctor: without them whoever deletes the table has deleted what was learnt.
func (s *Store) isGuarded(ctx context.Context) discern.Check {
	const what = "DynamoDB backups"
	on, err := s.guarded(ctx)
	switch {
	case errors.Is(err, errNoBackups):
		return s.passed(what, err.Error())
	case awscall.Denied(err):
		return s.passed(what, "not looked at: that needs dynamodb:DescribeContinuousBackups on the table (ct_anomaly policy)")
	case err != nil:
		return s.failed(what, err, "not looked at")
	case !on:
		off := s.passed(what, "point-in-time recovery is off: what was learnt is lost with the table")
		off.Mend = "run ct_anomaly setup dynamodb, which turns it on for a table that it made; for any other do it in the console" // a warning: the table works
		return off
	default:
		return s.passed(what, fmt.Sprintf("%d days (point-in-time recovery)", daysOfBackups))
	}
}

// daysOfBackups is how far back point-in-time recovery reaches.
const daysOfBackups = 35
