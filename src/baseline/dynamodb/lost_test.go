package dynamodb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func TestALostAnswerIsNeitherLostWorkNorDoneTwice(t *testing.T) {
	k := discern.Known{FirstSeen: now, LastSeen: now, FirstOK: now}
	t.Run("of a change", func(t *testing.T) {
		p, s, direct, _ := faulty(t)
		p.fault = first(1, "PutItem", fault{lost: true})
		done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "a:B", Now: k}}}})
		require.NoError(t, err)
		require.Equal(t, []bool{true}, done)
		require.Equal(t, 2, p.count("PutItem"), "the SDK sent it again")
		require.Equal(t, discern.Memory{"a:B": k}, memory(t, direct, role))
	})
	t.Run("of a deletion", func(t *testing.T) {
		p, s, direct, _ := faulty(t)
		_, err := direct.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "a:B", Now: k}}}})
		require.NoError(t, err)
		p.fault = first(1, "DeleteItem", fault{lost: true})
		done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "a:B", Was: k}}}})
		require.NoError(t, err)
		require.Equal(t, []bool{true}, done)
	})
	t.Run("of a claim", func(t *testing.T) {
		p, s, direct, _ := faulty(t)
		p.fault = first(1, "TransactWriteItems", fault{lost: true})
		done, err := s.Write(t.Context(), []discern.Deed{claim("1")})
		require.NoError(t, err)
		require.Equal(t, []bool{true}, done, "its token says that it is the same one")
		done, err = direct.Write(t.Context(), []discern.Deed{claim("1")})
		require.NoError(t, err)
		require.Equal(t, []bool{false}, done, "another one like it is another one")
	})
	t.Run("of a refresh", func(t *testing.T) {
		p, s, direct, _ := faulty(t)
		stale, fresh := staleAndFresh(t, direct, 30)
		p.fault = first(1, "BatchWriteItem", fault{lost: true})
		done, err := s.Write(t.Context(), fresh)
		require.NoError(t, err)
		require.NotContains(t, done, false)
		require.Equal(t, 3, p.count("BatchWriteItem"))
		require.Len(t, memory(t, direct, role), len(stale))
	})
	t.Run("of a lease and of a confirmation", func(t *testing.T) {
		p, s, _, _ := faulty(t)
		_, err := s.Write(t.Context(), []discern.Deed{claim("1")})
		require.NoError(t, err)
		p.fault = first(1, "UpdateItem", fault{lost: true})
		taken, err := s.Take(t.Context(), "other", now+901, now+1800)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		p.fault = first(1, "DeleteItem", fault{lost: true})
		require.NoError(t, s.Confirm(t.Context(), "splunk", []string{"1"}))
		taken, err = s.Take(t.Context(), "other", now+902, now+1800)
		require.NoError(t, err)
		require.Empty(t, taken)
	})
}

func TestACancelledTransactionIsReadByItsReasons(t *testing.T) {
	for name, c := range map[string]struct {
		reasons []string
		done    bool
		calls   int
	}{
		"another one at work": {[]string{"TransactionConflict", "None"}, true, 2},
		"no capacity":         {[]string{"None", "ProvisionedThroughputExceeded"}, true, 2},
		"throttled":           {[]string{"ThrottlingError", "TransactionConflict"}, true, 2},
		"the item changed":    {[]string{"ConditionalCheckFailed", "None"}, false, 1},
		"the item changed, and another one works": {[]string{"ConditionalCheckFailed", "TransactionConflict"}, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, s, _, _ := faulty(t)
			p.fault = first(1, "TransactWriteItems", fault{answer: cancelled(c.reasons...)})
			done, err := s.Write(t.Context(), []discern.Deed{claim("1")})
			require.NoError(t, err)
			require.Equal(t, []bool{c.done}, done)
			require.Equal(t, c.calls, p.count("TransactWriteItems"))
		})
	}
	t.Run("a fault of ours is an error", func(t *testing.T) {
		p, s, _, _ := faulty(t)
		p.fault = first(1, "TransactWriteItems", fault{answer: cancelled("ValidationError", "None")})
		_, err := s.Write(t.Context(), []discern.Deed{claim("1")})
		require.ErrorContains(t, err, "write a claim in table")
	})
}

func TestAnEventTooLargeForATableIsSaid(t *testing.T) {
	_, s, _, _ := faulty(t)
	d := claim("1")
	d.Pending.Event = make([]byte, 400<<10)
	_, err := s.Write(t.Context(), []discern.Deed{d})
	require.ErrorContains(t, err, "409600 bytes")
	d.Pending.Event = make([]byte, 390<<10)
	done, err := s.Write(t.Context(), []discern.Deed{d})
	require.NoError(t, err)
	require.Equal(t, []bool{true}, done)
}
