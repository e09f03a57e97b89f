package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// samplePages is how much of the table a check for an older tool's writes reads, in pages of 1 MB: 1,280 capacity units at most.
const samplePages = 10

// Check tries what a run needs of the table, for doctor. With sample it also looks, in a part of the table, for what an older tool wrote since
// ct_anomaly runs on it.
func (s *Store) Check(ctx context.Context, sample bool) []discern.Check {
	table, err := s.describe(ctx)
	if err == nil && table == nil {
		err = fmt.Errorf("there is no table %s in region %s", s.o.Table, s.o.Config.Region)
	}
	if err != nil {
		return []discern.Check{s.failed("DynamoDB table", err, "run ct_anomaly setup dynamodb, or correct dynamo_table_name or aws_region")}
	}
	keys := s.keys(table)
	if !keys.OK { // all else fails for it
		return []discern.Check{keys}
	}
	checks := []discern.Check{keys, s.cleansUp(ctx)}
	if _, err := s.Waiting(ctx); err != nil {
		checks = append(checks, s.failed("DynamoDB reading", err, "give the role that runs this the right to read the table: ct_anomaly policy --for run"))
	}
	if sample {
		checks = append(checks, s.isGuarded(ctx), s.oldTool(ctx))
	}
	return checks
}

func (s *Store) passed(what, result string) discern.Check {
	return discern.Check{What: what, On: s.o.Table, OK: true, Result: result}
}

func (s *Store) failed(what string, err error, mend string) discern.Check {
	return discern.Check{What: what, On: s.o.Table, Result: err.Error(), Mend: mend}
}

func (s *Store) keys(table *types.TableDescription) discern.Check {
	const what = "DynamoDB table"
	if err := s.schema(table); err != nil {
		return s.failed(what, err, "give another dynamo_table_name, and run ct_anomaly setup dynamodb")
	}
	if table.TableStatus != types.TableStatusActive && table.TableStatus != types.TableStatusUpdating {
		return s.failed(what, fmt.Errorf("the table is %s", table.TableStatus), "wait until it is ACTIVE")
	}
	capacity := "on-demand" // which has no units
	if p := table.ProvisionedThroughput; p != nil && aws.ToInt64(p.WriteCapacityUnits) > 0 {
		capacity = fmt.Sprintf("provisioned, %d read and %d write units: a first run is slow on few", aws.ToInt64(p.ReadCapacityUnits), *p.WriteCapacityUnits)
	}
	return s.passed(what, "it has the keys that are needed; "+capacity)
}

func (s *Store) cleansUp(ctx context.Context) discern.Check {
	const what = "DynamoDB TTL"
	t, err := s.ttl(ctx)
	switch {
	case errors.Is(err, errOtherTTL):
		return s.failed(what, err, errOtherTTL.Error())
	case errors.Is(err, errTTLTurns):
		return s.failed(what, err, errTTLTurns.Error())
	case err != nil:
		return s.failed(what, err, "ct_anomaly policy --for run has the rights that are needed")
	case t == ttlTurnsOn:
		return s.passed(what, "it is being turned on: "+toTurnOn)
	case t == ttlOff:
		return s.failed(what, fmt.Errorf("it is off: what was forgotten is never deleted"), "run ct_anomaly setup dynamodb")
	default:
		return s.passed(what, "on")
	}
}

// oldTool looks for what only an older tool writes: an item with nothing but a TTL that it can't have got before we began, and a TTL of an item of
// ours that is shorter than any we give.
func (s *Store) oldTool(ctx context.Context) discern.Check {
	const what = "older tool"
	const mend = "stop it (Netflix: its schedule; jellyparks: its rule and functions): it makes pairs known before anybody is told of them; docs/migration.md has how"
	since, err := s.since(ctx)
	if err != nil {
		return s.failed(what, err, "ct_anomaly policy --for run has the rights that are needed")
	}
	if since == 0 {
		return s.passed(what, "ct_anomaly has not run on this table yet; stop the older tool before it does")
	}
	span := int64(max(s.o.ForgetAfterDays, oldToolDays)) * discern.Day
	read, written := 0, 0
	err = s.scan(ctx, "look for an older tool's writes", samplePages, func(it attributes) error {
		h, ok := holderOf(textOf(it[attrRoleID]), "")
		if !ok || h.Kind != discern.Principal {
			return nil
		}
		read++
		ttl, _ := numberOf(it[attrTTL])
		k := known(it)
		if old := untouched(it); old && ttl > since+span || !old && k.LastSeen != 0 && ttl < k.LastSeen+afterForgotten {
			written++
		}
		return nil
	})
	switch {
	case awscall.Denied(err):
		return s.passed(what, "not looked at: that needs dynamodb:Scan on the table, which a run does not (ct_anomaly policy --for setup)")
	case err != nil:
		return s.failed(what, err, "not looked at")
	case written > 0:
		return s.failed(what, fmt.Errorf("another tool still writes to this table: %d of the %d pairs looked at", written, read), mend)
	default:
		return s.passed(what, fmt.Sprintf("none of the %d pairs looked at was written by another tool since ct_anomaly runs on this table", read))
	}
}

// oldToolDays is how long the older tools remember where nothing else is configured.
const oldToolDays = 90

// since is when we first ran on the table, 0 where we never did.
func (s *Store) since(ctx context.Context) (int64, error) {
	items, err := s.batchGet(ctx, types.KeysAndAttributes{Keys: []map[string]types.AttributeValue{markerKey()}})
	if err != nil || len(items) == 0 {
		return 0, err
	}
	at, _ := numberOf(items[0][attrSince])
	return at, nil
}
