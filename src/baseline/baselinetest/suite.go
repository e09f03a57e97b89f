// Package baselinetest is the suite that every store of a baseline must pass: what discern's ports promise, tried from outside.
package baselinetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// A Store is what a baseline's store offers.
type Store interface {
	discern.Baseline
	discern.Outbox
	discern.Ledger
	discern.Journal
	// Walk gives every item of some kinds: by kind in their order, by holder sorted, those of one holder in any order.
	Walk(ctx context.Context, kinds []discern.Kind, visit func(h discern.Holder, action string, k discern.Known) error) error
}

// A Maker makes stores for the suite.
type Maker struct {
	// New makes an empty store, closed by the test's clean-up.
	New func(t *testing.T) Store
	// Again opens the same store as a process would that starts after the first one was killed. It may close the first.
	Again func(t *testing.T, s Store) Store
}

// Run runs the whole suite.
func Run(t *testing.T, m Maker) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Maker)
	}{
		{"recall gives what was written and nothing else", recallWritten},
		{"kinds, holders and actions never collide", neverCollide},
		{"names of any length and content come back as they are", anyName},
		{"a holder of very many actions is recalled whole", manyActions},
		{"walking gives all items by holder", walks},
		{"a deed is whole or not at all", wholeOrNot},
		{"deeds that build on each other are done in order", inOrder},
		{"an item changes only from the state it was read in", compareAndSet},
		{"two collectors claim each anomaly once", claimedOnce},
		{"a claim survives a crash with its event unchanged", crashAfterClaim},
		{"a lease keeps other collectors away until it ends", leases},
		{"what another collector left is taken once", takenOnce},
		{"an anomaly stays pending until every sink has it", everySink},
		{"expired and denied-only items are recalled as they are", expiredItems},
		{"an adopted item can be taken over", adoptedItem},
		{"the ledger knows a file in the state it was looked at", ledger},
		{"the ledger knows very many files", manyFiles},
		{"a run that did not end is told by the next", journal},
		{"two runs over the same activity tell everything once", twoRuns},
		{"two runs at the same time tell everything once", twoRunsAtOnce},
		{"a run killed after each claim tells everything in the end", killedRuns},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, m) })
	}
}

func holder(kind discern.Kind, id string) discern.Holder { return discern.Holder{Kind: kind, ID: id} }

func write(t *testing.T, s Store, changes ...discern.Change) {
	t.Helper()
	done, err := s.Write(t.Context(), []discern.Deed{{Changes: changes}})
	require.NoError(t, err)
	require.Equal(t, []bool{true}, done)
}

func recall(t *testing.T, s Store, h discern.Holder, actions ...string) discern.Memory {
	t.Helper()
	answer, err := s.Recall(t.Context(), []discern.Question{{Holder: h, Actions: actions}})
	require.NoError(t, err)
	return answer[h]
}

func recallWritten(t *testing.T, m Maker) {
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	require.Empty(t, recall(t, s, role))
	a := discern.Known{FirstSeen: 100, LastSeen: 200, FirstOK: 150, FirstDenied: 100}
	b := discern.Known{FirstSeen: 1, LastSeen: 4294967295}
	write(t, s, discern.Change{Holder: role, Action: "iam.amazonaws.com:CreateUser", Now: a}, discern.Change{Holder: role, Action: "", Now: b})
	require.Equal(t, discern.Memory{"iam.amazonaws.com:CreateUser": a, "": b}, recall(t, s, role))
	require.Equal(t, discern.Memory{"": b}, recall(t, s, role, "", "iam.amazonaws.com:DeleteUser"))
	write(t, s, discern.Change{Holder: role, Action: "", Was: b})
	require.Equal(t, discern.Memory{"iam.amazonaws.com:CreateUser": a}, recall(t, s, role), "the zero item deletes")
	require.Equal(t, discern.Memory{"iam.amazonaws.com:CreateUser": a}, recall(t, m.Again(t, s), role), "what was written is durable")
}

func neverCollide(t *testing.T, m Maker) {
	s := m.New(t)
	want := map[discern.Holder]discern.Memory{}
	n := int64(1)
	for _, kind := range []discern.Kind{discern.Principal, discern.Account, discern.Rule, discern.Instance, discern.Watermark} {
		for _, id := range []string{"", "111122223333", "a", "#a", "role:x/y@111122223333", "p111122223333", "a\x1fb", "ü"} {
			h := holder(kind, id)
			want[h] = discern.Memory{}
			for _, action := range []string{"", "b:c", "b", "#principal"} {
				k := discern.Known{FirstSeen: n, LastSeen: n + 1}
				n++
				write(t, s, discern.Change{Holder: h, Action: action, Now: k})
				want[h][action] = k
			}
		}
	}
	for h, memory := range want {
		require.Equal(t, memory, recall(t, s, h, "", "b:c", "b", "#principal"), "%c %q", h.Kind, h.ID)
	}
}

func wholeOrNot(t *testing.T, m Maker) {
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	k := discern.Known{FirstSeen: 1, LastSeen: 1}
	write(t, s, discern.Change{Holder: role, Action: "taken", Now: k})
	deeds := []discern.Deed{
		{Changes: []discern.Change{{Holder: role, Action: "new", Now: k}, {Holder: role, Action: "taken", Now: k}}, Pending: pending("a", "me", 100)},
		{Changes: []discern.Change{{Holder: role, Action: "other", Now: k}}},
	}
	done, err := s.Write(t.Context(), deeds)
	require.NoError(t, err)
	require.Equal(t, []bool{false, true}, done)
	require.Equal(t, discern.Memory{"taken": k, "other": k}, recall(t, s, role))
	require.Empty(t, take(t, s, "me", 0))
}

func compareAndSet(t *testing.T, m Maker) {
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	was := discern.Known{FirstSeen: 100, LastSeen: 200, FirstDenied: 100}
	write(t, s, discern.Change{Holder: role, Action: "x", Now: was})
	for _, stale := range []discern.Known{
		{}, {FirstSeen: 100, LastSeen: 201, FirstDenied: 100}, {FirstSeen: 101, LastSeen: 200, FirstDenied: 100},
		{FirstSeen: 100, LastSeen: 200}, {FirstSeen: 100, LastSeen: 200, FirstDenied: 100, FirstOK: 1}, {FirstSeen: 100, LastSeen: 200, FirstDenied: 100, Until: 1},
	} {
		done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "x", Was: stale, Now: discern.Known{FirstSeen: 7}}}}})
		require.NoError(t, err)
		require.Equal(t, []bool{false}, done, "%+v", stale)
	}
	now := discern.Known{FirstSeen: 100, LastSeen: 200, FirstDenied: 100, FirstOK: 300}
	write(t, s, discern.Change{Holder: role, Action: "x", Was: was, Now: now})
	require.Equal(t, discern.Memory{"x": now}, recall(t, s, role))
}

func claimedOnce(t *testing.T, m Maker) {
	s := m.New(t)
	const collectors, anomalies = 4, 60
	won := make([]int, collectors)
	var all sync.WaitGroup
	for c := range collectors {
		all.Go(func() {
			for i := range anomalies {
				id := fmt.Sprintf("%032d", i)
				claim := discern.Deed{
					Changes: []discern.Change{{Holder: holder(discern.Principal, "AROA1"), Action: id, Now: discern.Known{FirstSeen: int64(c + 1), LastSeen: int64(c + 1)}}},
					Pending: pending(id, fmt.Sprint("collector", c), 1000),
				}
				done, err := s.Write(t.Context(), []discern.Deed{claim})
				if err == nil && done[0] {
					won[c]++
				}
			}
		})
	}
	all.Wait()
	total := 0
	for c, n := range won {
		total += n
		require.Len(t, take(t, s, fmt.Sprint("collector", c), 0), n, "each has pending what it won")
	}
	require.Equal(t, anomalies, total)
}

func expiredItems(t *testing.T, m Maker) {
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	old := discern.Known{FirstSeen: 1, LastSeen: 2, FirstOK: 1}
	denied := discern.Known{FirstSeen: 3, LastSeen: 9, FirstDenied: 3}
	write(t, s, discern.Change{Holder: role, Action: "old", Now: old}, discern.Change{Holder: role, Action: "denied", Now: denied})
	s = m.Again(t, s)
	require.Equal(t, discern.Memory{"old": old, "denied": denied}, recall(t, s, role))
	write(t, s, discern.Change{Holder: role, Action: "old", Was: old, Now: discern.Known{FirstSeen: 1, LastSeen: 999999999, FirstOK: 999999999}})
}

func adoptedItem(t *testing.T, m Maker) {
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	adopted := discern.Known{Until: 1_700_000_000}
	write(t, s, discern.Change{Holder: role, Action: "x", Now: adopted})
	require.Equal(t, discern.Memory{"x": adopted}, recall(t, s, role))
	now := discern.Known{FirstSeen: 1_690_000_000, LastSeen: 1_690_000_000, FirstOK: 1_690_000_000, Until: 1_700_000_000}
	write(t, s, discern.Change{Holder: role, Action: "x", Was: adopted, Now: now})
	require.Equal(t, discern.Memory{"x": now}, recall(t, m.Again(t, s), role))
}
