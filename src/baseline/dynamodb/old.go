package dynamodb

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// ReadOld gives what a Netflix or jellyparks table holds: each principal and action once, and its TTL in Unix seconds; one without a TTL was put there
// to stay, and is given the latest time there is. Of a table that ct_anomaly has worked on already, the pairs are given. It reads the
// whole table, at half a capacity unit for 4 KB, and changes nothing.
func ReadOld(ctx context.Context, cfg aws.Config, table string, each func(principal, action string, ttl int64) error) error {
	s := connect(Options{Config: cfg, Table: table, Now: time.Now})
	return s.scan(ctx, "read the older tool's pairs", 0, func(it attributes) error {
		principal, action := textOf(it[attrRoleID]), textOf(it[attrAction])
		if strings.HasPrefix(principal, reserved) || strings.HasPrefix(action, reserved) {
			return nil
		}
		ttl, ok := numberOf(it[attrTTL])
		if !ok || ttl <= 0 || ttl > forever {
			ttl = forever
		}
		return each(principal, action, ttl)
	})
}
