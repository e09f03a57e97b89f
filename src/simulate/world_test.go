package simulate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A seed's world is the same each time, and another seed's is another.
func TestAWorldIsItsSeeds(t *testing.T) {
	require.Equal(t, NewWorld(1).Deliveries, NewWorld(1).Deliveries)
	require.NotEqual(t, NewWorld(1).Deliveries, NewWorld(2).Deliveries)
}

// Over some seeds all happens that the simulator is there for.
func TestWorldsHoldAllThatCanHappen(t *testing.T) {
	seen := map[string]bool{}
	for seed := uint64(1); seed <= 40; seed++ {
		w := NewWorld(seed)
		seen[w.Engine], seen["dynamodb"] = true, seen["dynamodb"] || w.Dynamo
		for what, is := range map[string]bool{
			"two collectors": w.Collectors == 2, "skew": w.Skew != 0, "enriched": w.Enriched, "dead sink": !w.SinkDead[0].IsZero(), "silence": !w.Silence[0].IsZero(),
			"leap day": w.Begin.Format("2006-01") == "2028-02",
		} {
			seen[what] = seen[what] || is
		}
		for _, a := range w.Accounts {
			seen["joined"] = seen["joined"] || a.Joined.After(w.Begin)
			seen["suspended"] = seen["suspended"] || !a.Suspended.IsZero()
			seen["closed"] = seen["closed"] || !a.Closed.IsZero()
		}
		for _, d := range w.Deliveries {
			seen["half-written"] = seen["half-written"] || !d.Whole
			seen["under an older name"] = seen["under an older name"] || d.Visible.Sub(d.Named) > day/2
		}
	}
	for _, what := range []string{Logs, Athena, Queue, "enriched", "dynamodb", "two collectors", "skew", "dead sink", "silence", "leap day", "joined", "suspended", "closed", "half-written", "under an older name"} {
		require.True(t, seen[what], what)
	}
}
