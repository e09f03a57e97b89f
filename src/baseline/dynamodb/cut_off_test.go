package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
)

// told holds that all is told, each thing in one way.
func told(t *testing.T, tray *baselinetest.Tray, why string) {
	t.Helper()
	require.Len(t, tray.Events, baselinetest.Expected, why)
	for id, sent := range tray.Events {
		for _, e := range sent {
			require.Equal(t, sent[0], e, "%s: %s was told in two ways", why, id)
			require.True(t, json.Valid([]byte(e)))
		}
	}
}

func TestRunsOverABadNetworkTellEverythingOnce(t *testing.T) {
	for seed := range uint64(6) {
		p, s, _, _ := faulty(t)
		r := rand.New(rand.NewPCG(seed, 5))
		p.fault = func(_ int, op string, _ map[string]any) fault {
			switch n := r.IntN(100); {
			case n < 10:
				return fault{lost: true}
			case n < 15:
				return fault{refused: true}
			case n < 25:
				return fault{answer: refuse("ProvisionedThroughputExceededException")}
			case n < 30 && op == "TransactWriteItems":
				return fault{answer: cancelled("TransactionConflict")}
			}
			return fault{}
		}
		tray := &baselinetest.Tray{}
		for range 20 { // the SDK gives up now and then, and with it the run
			if _, err := baselinetest.Study(s, tray, "me").Run(t.Context()); err == nil {
				break
			}
		}
		p.fault = nil
		last := baselinetest.Study(s, tray, "me")
		last.RunID = "last"
		_, err := last.Run(t.Context())
		require.NoError(t, err)
		told(t, tray, fmt.Sprint("seed ", seed))
	}
}

func TestRunsThatAreCutOffAtAnyCallTellEverything(t *testing.T) {
	ended := false
	for cut := 1; !ended; cut++ {
		p, s, direct, _ := faulty(t)
		p.fault = func(n int, _ string, _ map[string]any) fault { return fault{refused: n > cut, lost: n == cut} }
		tray := &baselinetest.Tray{}
		_, err := baselinetest.Study(s, tray, "run1").Run(t.Context())
		ended = err == nil && len(p.calls) <= cut
		again := baselinetest.Study(direct, tray, "run1")
		again.RunID = "run2"
		_, err = again.Run(t.Context())
		require.NoError(t, err)
		told(t, tray, fmt.Sprint("cut off at call ", cut))
	}
}

func TestStaleReadsTellNothingTwice(t *testing.T) {
	p := newProxy(t)
	_, table := fresh(t)
	tray := &baselinetest.Tray{}
	_, err := baselinetest.Study(open(t, options(local(t, address()), table)), tray, "run1").Run(t.Context())
	require.NoError(t, err)
	told(t, tray, "the first run")

	stale := 0
	p.fault = func(_ int, op string, body map[string]any) fault {
		consistent, _ := body["ConsistentRead"].(bool)
		if requests, batch := body["RequestItems"].(map[string]any); batch && op == "BatchGetItem" {
			for _, r := range requests {
				consistent, _ = r.(map[string]any)["ConsistentRead"].(bool)
			}
		}
		switch {
		case consistent:
			return fault{}
		case op == "Query":
			stale++
			return fault{answer: map[string]any{"Items": []any{}, "Count": 0, "ScannedCount": 0}}
		case op == "BatchGetItem":
			stale++
			return fault{answer: map[string]any{"Responses": map[string]any{}, "UnprocessedKeys": map[string]any{}}}
		}
		return fault{}
	}
	second := &baselinetest.Tray{}
	_, err = baselinetest.Study(open(t, options(local(t, p.URL), table)), second, "run2").Run(t.Context())
	require.NoError(t, err)
	require.Positive(t, stale, "it read the table as it was before the first run")
	require.Empty(t, second.Events)
}
