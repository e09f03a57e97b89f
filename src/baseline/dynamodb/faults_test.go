package dynamodb_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

var role = discern.Holder{Kind: discern.Principal, ID: "AROA1"}

// faulty is a store behind a proxy, whose SDK retries three times without pauses, and the table beside it.
func faulty(t *testing.T) (*proxy, *dynamodb.Store, *dynamodb.Store, *pauses) {
	p := newProxy(t)
	_, table := fresh(t)
	o := options(impatient(local(t, p.URL)), table)
	waited := &pauses{}
	o.Pause = waited.wait
	return p, open(t, o), open(t, options(local(t, address()), table)), waited
}

func impatient(cfg aws.Config) aws.Config {
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			o.RateLimiter = unlimited{}
		})
	}
	return cfg
}

type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}

func (unlimited) AddTokens(uint) error { return nil }

// first gives a fault to the first n calls of an operation.
func first(n int, of string, f fault) func(int, string, map[string]any) fault {
	return func(_ int, op string, _ map[string]any) fault {
		if op != of || n == 0 {
			return fault{}
		}
		n--
		return f
	}
}

func memory(t *testing.T, s *dynamodb.Store, h discern.Holder) discern.Memory {
	t.Helper()
	answer, err := s.Recall(t.Context(), []discern.Question{{Holder: h}})
	require.NoError(t, err)
	return answer[h]
}

func claim(id string) discern.Deed {
	return discern.Deed{
		Changes: []discern.Change{{Holder: role, Action: "a:" + id, Now: discern.Known{FirstSeen: now, LastSeen: now}}},
		Pending: &discern.Pending{ID: id, Event: []byte(`{}`), Owner: "collector", Lease: now + 900, Claimed: now, Sinks: []string{"splunk"}},
	}
}
