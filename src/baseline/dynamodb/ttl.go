package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// errOtherTTL is said of a table that drops items by another attribute than TTL.
var errOtherTTL = errors.New("turn that off (it takes an hour), then run ct_anomaly setup dynamodb")

// errTTLTurns is said of a table whose TTL is being turned off: until that is done AWS turns it neither on nor off.
var errTTLTurns = errors.New("wait until it is off (it takes up to an hour), then run ct_anomaly setup dynamodb")

// A ttl is how far a table is with dropping items by their TTL.
type ttl int

const (
	ttlOff ttl = iota
	ttlTurnsOn
	ttlOn
)

// toTurnOn is what AWS needs for it.
const toTurnOn = "AWS takes up to an hour for it"

// ttl tells whether the table drops items by their TTL. It is an error when it does by another attribute, or is about to stop.
func (s *Store) ttl(ctx context.Context) (ttl, error) {
	out, err := call(ctx, s, "ask for the TTL", s.db.DescribeTimeToLive, &sdk.DescribeTimeToLiveInput{TableName: &s.o.Table})
	if err != nil {
		return ttlOff, err
	}
	d := out.TimeToLiveDescription
	if d == nil || d.TimeToLiveStatus == "" || d.TimeToLiveStatus == types.TimeToLiveStatusDisabled {
		return ttlOff, nil
	}
	if d.TimeToLiveStatus == types.TimeToLiveStatusDisabling {
		return ttlOff, fmt.Errorf("the TTL of table %s is being turned off: %w", s.o.Table, errTTLTurns)
	}
	if by := aws.ToString(d.AttributeName); by != attrTTL {
		return ttlOff, fmt.Errorf("table %s drops items by their attribute %q, not by TTL: %w", s.o.Table, by, errOtherTTL)
	}
	if d.TimeToLiveStatus == types.TimeToLiveStatusEnabling {
		return ttlTurnsOn, nil
	}
	return ttlOn, nil
}

func (s *Store) turnTTLOn(ctx context.Context) error {
	_, err := call(ctx, s, "turn TTL on", s.db.UpdateTimeToLive, &sdk.UpdateTimeToLiveInput{
		TableName: &s.o.Table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(attrTTL), Enabled: aws.Bool(true)},
	})
	return err
}
