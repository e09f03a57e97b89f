package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The tag of a table that Setup made. Only such a table is ever dropped.
const (
	tagMade = "ct_anomaly"
	madeBy  = "setup dynamodb"
)

// patienceToMake is how often a table that is being made is asked whether it is there, each second.
const patienceToMake = 120

// Setup makes the table if there is none, on-demand, turns its TTL on, and keeps backups of a table that it made; any other keeps all else it has.
// It gives what was done, or with dryRun would be, a sentence each; none where nothing was missing. An error says what differs from what is needed and how to mend it.
func (s *Store) Setup(ctx context.Context, dryRun bool) (steps []string, err error) {
	table, err := s.describe(ctx)
	if err != nil {
		return nil, err
	}
	made := table == nil
	if made {
		steps = append(steps, fmt.Sprintf("make table %s in %s: partition key RoleId, sort key Action, on-demand, tag %s=%q", s.o.Table, s.o.Config.Region, tagMade, madeBy))
		if !dryRun {
			if err := s.create(ctx); err != nil {
				return nil, err
			}
		}
	} else if err := s.schema(table); err != nil {
		return nil, err
	}
	on := false
	if !made || !dryRun {
		t, err := s.ttl(ctx)
		if err != nil {
			return steps, err
		}
		on = t != ttlOff
	}
	if !on {
		steps = append(steps, fmt.Sprintf("let table %s drop items by their attribute TTL; "+toTurnOn, s.o.Table))
		if !dryRun {
			if err := s.turnTTLOn(ctx); err != nil {
				return steps, err
			}
		}
	}
	if !made {
		if made, err = s.unguarded(ctx, table); err != nil || !made {
			return steps, err
		}
	}
	if !dryRun {
		err = s.guard(ctx)
	}
	switch {
	case errors.Is(err, errNoBackups):
		return append(steps, fmt.Sprintf("leave table %s without backups: %v", s.o.Table, err)), nil
	case err != nil:
		return steps, fmt.Errorf("table %s is there, but without backups; run setup dynamodb again: %w", s.o.Table, err)
	}
	return append(steps, fmt.Sprintf("keep %d days of backups of table %s (point-in-time recovery)", daysOfBackups, s.o.Table)), nil
}

const describing = "describe it"

// describe gives the table, nil where there is none.
func (s *Store) describe(ctx context.Context) (*types.TableDescription, error) {
	out, err := call(ctx, s, describing, s.db.DescribeTable, &sdk.DescribeTableInput{TableName: &s.o.Table})
	var absent *types.ResourceNotFoundException
	if errors.As(err, &absent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return out.Table, nil
}

// ErrOtherKeys is said of a table that has other keys than a baseline.
var ErrOtherKeys = errors.New("keys can't be changed, so give another dynamo_table_name")

// neededKeys are those of a baseline, in the words of keysOf.
const neededKeys = "partition key RoleId (S), sort key Action (S)"

// schema tells how the table's keys differ from what is needed, if they do.
func (s *Store) schema(table *types.TableDescription) error {
	if has := keysOf(table); has != neededKeys {
		return fmt.Errorf("table %s has %s; it needs %s: %w", s.o.Table, has, neededKeys, ErrOtherKeys)
	}
	return nil
}

func keysOf(table *types.TableDescription) string {
	kinds := map[types.KeyType]string{types.KeyTypeHash: "partition key", types.KeyTypeRange: "sort key"}
	var keys []string
	for _, k := range table.KeySchema {
		for _, d := range table.AttributeDefinitions {
			if aws.ToString(d.AttributeName) == aws.ToString(k.AttributeName) {
				keys = append(keys, fmt.Sprintf("%s %s (%s)", kinds[k.KeyType], aws.ToString(k.AttributeName), d.AttributeType))
			}
		}
	}
	return strings.Join(keys, ", ")
}

func (s *Store) create(ctx context.Context) error {
	_, err := call(ctx, s, "make it", s.db.CreateTable, &sdk.CreateTableInput{
		TableName: &s.o.Table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(attrRoleID), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(attrAction), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(attrRoleID), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(attrAction), KeyType: types.KeyTypeRange},
		},
		Tags: []types.Tag{{Key: aws.String(tagMade), Value: aws.String(madeBy)}},
	})
	var others *types.ResourceInUseException // somebody makes it at this moment
	if err != nil && !errors.As(err, &others) {
		return err
	}
	for range patienceToMake {
		table, err := s.describe(ctx)
		if err != nil || table != nil && table.TableStatus == types.TableStatusActive {
			return err
		}
		if err := s.o.Pause(ctx, time.Second); err != nil {
			return s.said(ctx, "wait until it is made", err)
		}
	}
	return fmt.Errorf("table %s is still not ready two minutes after it was made: run setup dynamodb again", s.o.Table)
}
