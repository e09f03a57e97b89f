package baselinetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
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
	require.NotContains(t, unread(a, grown), grown) // whether the state it had before counts as read too is the store's choice: it never comes back
}

// manyFiles notes four of five files of several accounts and hours, some of them twice.
func manyFiles(t *testing.T, m Maker) {
	s := m.New(t)
	var files, looked, left []discern.File
	for i := range 3000 {
		f := discern.File{Path: fmt.Sprintf("AWSLogs/%012d/CloudTrail/us-east-1/%d.json.gz", i%3, i), Size: int64(i), Modified: (began + int64(i%7)*1800) * 1e9}
		files = append(files, f)
		if i%5 == 0 {
			left = append(left, f)
		} else {
			looked = append(looked, f)
		}
	}
	for some := range slices.Chunk(looked, 700) {
		require.NoError(t, s.Looked(t.Context(), some))
	}
	require.NoError(t, s.Looked(t.Context(), looked[:100]))
	unread, err := m.Again(t, s).Unread(t.Context(), files)
	require.NoError(t, err)
	require.Equal(t, left, unread, "in the order given")
}

// takenOnce lets two collectors take what a third one left, at the same time.
func takenOnce(t *testing.T, m Maker) {
	const anomalies, collectors = 40, 4
	s := m.New(t)
	for i := range anomalies {
		put(t, s, pending(fmt.Sprintf("%032d", i), "gone", 100))
	}
	taken := make([][]discern.Pending, collectors)
	errs := make([]error, collectors)
	var all sync.WaitGroup
	for c := range collectors {
		all.Go(func() { taken[c], errs[c] = s.Take(t.Context(), fmt.Sprint("collector", c), 101, 1000) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	by := map[string]int{}
	for c := range taken {
		for _, p := range taken[c] {
			by[p.ID]++
			require.Equal(t, fmt.Sprint("collector", c), p.Owner)
		}
	}
	require.Len(t, by, anomalies, "each is taken")
	for id, n := range by {
		require.Equal(t, 1, n, "%s was taken more than once", id)
	}
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
