package dynamodb_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

// staleAndFresh writes n pairs that are known, ok and due for a refresh, and gives the deeds that refresh them.
func staleAndFresh(t *testing.T, s *dynamodb.Store, n int) (stale, refreshes []discern.Deed) {
	t.Helper()
	for i := range n {
		was := discern.Known{FirstSeen: now - 60*day, LastSeen: now - 8*day, FirstOK: now - 50*day, FirstDenied: now - 60*day, Until: now - 5*day}
		fresh := was
		fresh.LastSeen = now - 60
		action := fmt.Sprint("a:B", i)
		stale = append(stale, discern.Deed{Changes: []discern.Change{{Holder: role, Action: action, Now: was}}})
		refreshes = append(refreshes, discern.Deed{Changes: []discern.Change{{Holder: role, Action: action, Was: was, Now: fresh}}})
	}
	done, err := s.Write(t.Context(), stale)
	require.NoError(t, err)
	require.NotContains(t, done, false)
	return stale, refreshes
}

func TestRefreshesGoInBatchesAndKeepEverythingElse(t *testing.T) {
	p, s, direct, _ := faulty(t)
	_, refreshes := staleAndFresh(t, direct, 60)
	done, err := s.Write(t.Context(), refreshes)
	require.NoError(t, err)
	require.NotContains(t, done, false)
	require.Equal(t, []string{"BatchWriteItem", "BatchWriteItem", "BatchWriteItem"}, p.calls)
	want := discern.Memory{}
	for _, d := range refreshes {
		want[d.Changes[0].Action] = d.Changes[0].Now
	}
	require.Equal(t, want, memory(t, direct, role))
}

func TestOnlyRefreshesOfKnownAndOKPairsGoInBatches(t *testing.T) {
	was := discern.Known{FirstSeen: now - 60*day, LastSeen: now - 8*day, FirstOK: now - 50*day}
	fresh := was
	fresh.LastSeen = now
	edit := func(k discern.Known, change func(*discern.Known)) discern.Known { change(&k); return k }
	neverOK := func(k *discern.Known) { k.FirstOK = 0 }
	seen := func(days int64) func(*discern.Known) {
		return func(k *discern.Known) { k.LastSeen = now - days*day }
	}
	pair := func(was, now discern.Known) discern.Change {
		return discern.Change{Holder: role, Action: "a", Was: was, Now: now}
	}
	for name, c := range map[string]struct {
		change  discern.Change
		pending bool
		batched bool
	}{
		"a refresh":                      {change: pair(was, fresh), batched: true},
		"a claim":                        {change: pair(was, fresh), pending: true},
		"a new pair":                     {change: pair(discern.Known{}, fresh)},
		"an own item":                    {change: discern.Change{Holder: role, Action: "", Was: was, Now: fresh}},
		"an account's item":              {change: discern.Change{Holder: discern.Holder{Kind: discern.Account, ID: "1"}, Action: "a", Was: was, Now: fresh}},
		"a pair never ok":                {change: pair(edit(was, neverOK), edit(fresh, neverOK))},
		"a first success":                {change: pair(edit(was, neverOK), fresh)},
		"a first denial":                 {change: pair(was, edit(fresh, func(k *discern.Known) { k.FirstDenied = now }))},
		"an earlier first time":          {change: pair(was, edit(fresh, func(k *discern.Known) { k.FirstSeen-- }))},
		"a last seen that does not move": {change: pair(was, was)},
		"a pair that may be forgotten":   {change: pair(edit(was, seen(60)), fresh)},
		"a sighting long ago":            {change: pair(edit(was, seen(50)), edit(was, seen(40)))},
		"a deletion":                     {change: pair(was, discern.Known{})},
	} {
		t.Run(name, func(t *testing.T) {
			p, s, direct, _ := faulty(t)
			if c.change.Was != (discern.Known{}) {
				done, err := direct.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: c.change.Holder, Action: c.change.Action, Now: c.change.Was}}}})
				require.NoError(t, err)
				require.Equal(t, []bool{true}, done)
			}
			d := discern.Deed{Changes: []discern.Change{c.change}}
			if c.pending {
				d.Pending = claim("1").Pending
			}
			done, err := s.Write(t.Context(), []discern.Deed{d})
			require.NoError(t, err)
			require.Equal(t, []bool{true}, done)
			require.Equal(t, c.batched, p.count("BatchWriteItem") == 1, "%v", p.calls)
		})
	}
	t.Run("two changes of one pair", func(t *testing.T) {
		p, s, direct, _ := faulty(t)
		_, refreshes := staleAndFresh(t, direct, 1)
		again := refreshes[0].Changes[0]
		again.Was, again.Now.LastSeen = again.Now, now
		done, err := s.Write(t.Context(), append(refreshes, discern.Deed{Changes: []discern.Change{again}}))
		require.NoError(t, err)
		require.Equal(t, []bool{true, true}, done)
		require.Zero(t, p.count("BatchWriteItem"))
		require.Equal(t, discern.Memory{"a:B0": again.Now}, memory(t, direct, role))
	})
}
