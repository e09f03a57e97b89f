package baselinetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func pending(id, owner string, lease int64, sinks ...string) *discern.Pending {
	if len(sinks) == 0 {
		sinks = []string{"splunk"}
	}
	return &discern.Pending{ID: id, Event: []byte(`{"anomaly_id":"` + id + `","x":"\u001f ü"}`), Owner: owner, Lease: lease, Claimed: 50, Sinks: sinks}
}

func take(t *testing.T, s Store, owner string, now int64) []discern.Pending {
	t.Helper()
	taken, err := s.Take(t.Context(), owner, now, now+1000)
	require.NoError(t, err)
	return taken
}

func put(t *testing.T, s Store, p *discern.Pending) {
	t.Helper()
	done, err := s.Write(t.Context(), []discern.Deed{{Pending: p}})
	require.NoError(t, err)
	require.Equal(t, []bool{true}, done)
}

func crashAfterClaim(t *testing.T, m Maker) {
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	k := discern.Known{FirstSeen: 1, LastSeen: 1}
	p := pending("id1", "me", 100)
	done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "x", Now: k}}, Pending: p}})
	require.NoError(t, err)
	require.Equal(t, []bool{true}, done)

	s = m.Again(t, s)
	require.Equal(t, discern.Memory{"x": k}, recall(t, s, role), "the pair is known, so nobody claims it again")
	taken := take(t, s, "me", 60)
	require.Len(t, taken, 1)
	require.Equal(t, string(p.Event), string(taken[0].Event), "byte for byte")
	require.Equal(t, "id1", taken[0].ID)
	require.Equal(t, []string{"splunk"}, taken[0].Sinks)

	require.NoError(t, s.Confirm(t.Context(), "splunk", []string{"id1", "unheard-of"}))
	require.Empty(t, take(t, s, "me", 60))
	require.Empty(t, take(t, m.Again(t, s), "me", 60))
}

func leases(t *testing.T, m Maker) {
	s := m.New(t)
	put(t, s, pending("b", "first", 100))
	put(t, s, pending("a", "first", 100))
	require.Empty(t, take(t, s, "second", 99), "the first one's lease still holds")
	require.Len(t, take(t, s, "first", 99), 2, "its own")
	require.Empty(t, take(t, s, "second", 101), "taking renewed the lease")
	taken := take(t, s, "second", 1100)
	require.Len(t, taken, 2, "the lease ran out")
	require.Equal(t, "a", taken[0].ID, "the oldest claim first, then by id")
	require.Equal(t, "second", taken[0].Owner)
	require.Empty(t, take(t, s, "first", 1101), "it belongs to the second one now")
}

func everySink(t *testing.T, m Maker) {
	s := m.New(t)
	put(t, s, pending("a", "me", 100, "hec", "sns", "splunk"))
	for _, left := range [][]string{{"sns", "splunk"}, {"splunk"}} {
		gone := map[int]string{2: "hec", 1: "sns"}[len(left)]
		require.NoError(t, s.Confirm(t.Context(), gone, []string{"a"}))
		require.NoError(t, s.Confirm(t.Context(), gone, []string{"a"}), "confirming again changes nothing")
		taken := take(t, s, "me", 60)
		require.Len(t, taken, 1)
		require.ElementsMatch(t, left, taken[0].Sinks)
	}
	require.NoError(t, s.Confirm(t.Context(), "splunk", []string{"a"}))
	require.Empty(t, take(t, s, "me", 60))
}

func ledger(t *testing.T, m Maker) {
	s := m.New(t)
	a := discern.File{Path: "AWSLogs/1/a.json.gz", Size: 10, Modified: 1_700_000_000_123_456_789}
	b := discern.File{Path: "AWSLogs/1/b.json.gz", Size: 10, Modified: 1}
	unread := func(files ...discern.File) []discern.File {
		left, err := s.Unread(t.Context(), files)
		require.NoError(t, err)
		return left
	}
	require.Equal(t, []discern.File{b, a}, unread(b, a))
	require.NoError(t, s.Looked(t.Context(), []discern.File{a}))
	require.NoError(t, s.Looked(t.Context(), nil))
	require.Equal(t, []discern.File{b}, unread(b, a))
	s = m.Again(t, s)
	grown, touched := a, a
	grown.Size++
	touched.Modified++
	require.Equal(t, []discern.File{grown, touched}, unread(a, grown, touched))
	require.NoError(t, s.Looked(t.Context(), []discern.File{grown}))
	require.Equal(t, []discern.File{a}, unread(a, grown), "the state it was looked at last")
}

func journal(t *testing.T, m Maker) {
	s := m.New(t)
	begin := func(id string) string {
		unfinished, err := s.Begin(t.Context(), id)
		require.NoError(t, err)
		return unfinished
	}
	require.Empty(t, begin("run1"))
	require.NoError(t, s.End(t.Context(), "run1"))
	require.Empty(t, begin("run2"))
	s = m.Again(t, s)
	require.Equal(t, "run2", begin("run3"))
	require.NoError(t, s.End(t.Context(), "run3"))
	require.Empty(t, begin("run4"))
}
