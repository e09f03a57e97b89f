package dynamodb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// ReadOld gives what a Netflix or jellyparks table holds: each principal and action once, and its TTL in Unix seconds; one without a TTL was put there
// to stay, and is given the latest time there is. It reads the whole table, at half a capacity unit for 4 KB, and changes nothing. A table with
// other keys is an error, before any of it is read; one that ct_anomaly has worked on is an error at the first item that no older tool writes,
// as a TTL says of ours when it is cleaned up, and nothing of whether it is known or was ever allowed.
func ReadOld(ctx context.Context, cfg aws.Config, table string, each func(principal, action string, ttl int64) error) error {
	s := connect(Options{Config: cfg, Table: table, Now: time.Now})
	described, err := s.describe(ctx)
	switch {
	case err != nil:
		return err
	case described == nil:
		return fmt.Errorf("there is no table %s in region %s: correct --from-dynamodb or --aws-region", table, cfg.Region)
	case keysOf(described) != neededKeys:
		return fmt.Errorf("table %s is no baseline: it has %s, and an older tool's has %s: correct --from-dynamodb", table, keysOf(described), neededKeys)
	}
	return s.scan(ctx, "read the older tool's pairs", 0, func(it attributes) error {
		principal, action := textOf(it[attrRoleID]), textOf(it[attrAction])
		if strings.HasPrefix(principal, reserved) || strings.HasPrefix(action, reserved) || !untouched(it) {
			return fmt.Errorf("ct_anomaly itself keeps a baseline in table %s: copy that with ct_anomaly baseline export --all --dynamo-table-name %s > baseline.jsonl, then ct_anomaly baseline import baseline.jsonl",
				table, table)
		}
		ttl, ok := numberOf(it[attrTTL])
		if !ok || ttl <= 0 || ttl > forever {
			ttl = forever
		}
		return each(principal, action, ttl)
	})
}
