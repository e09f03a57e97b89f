package cloudtrail

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// sighted is a record as a Gather is given it.
type sighted struct {
	record Record
	file   uint32
	rule   string
}

func randomRecords(random *rand.Rand, n int) (all []sighted) {
	pick := func(names ...string) []byte { return []byte(names[random.IntN(len(names))]) }
	for range n {
		all = append(all, sighted{
			record: Record{
				Identity:  &Identity{Type: "IAMUser", PrincipalID: string(pick("AIDA1", "AIDA2", "AIDA3"))},
				EventTime: fmt.Appendf(nil, "2024-05-06T%02d:%02d:00Z", 5+random.IntN(3), random.IntN(60)), EventSource: pick("iam", "s3"), EventName: pick("Get", "Put", "List"),
				RecipientAccountID: pick("1", "2"), ErrorCode: pick("", "", "AccessDenied", "Throttling"), SourceIPAddress: pick("192.0.2.1", "192.0.2.2"),
			},
			file: uint32(random.IntN(5)), rule: string(pick("", "", "root")),
		})
	}
	return all
}

func (s *sighted) addTo(t *testing.T, g *Gather) {
	t.Helper()
	r := s.record
	if s.rule == "" {
		require.NoError(t, g.Add(&r, s.file))
		return
	}
	require.NoError(t, g.AddMatch(&r, s.file, s.rule, "i-1", string(r.SourceIPAddress)))
}

func TestGatherDoesNotDependOnOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	all := randomRecords(random, 2000)
	one := NewGather()
	for i := range all {
		all[i].addTo(t, one)
	}
	want := slices.Collect(one.Sightings())
	require.Len(t, want, one.Len())
	require.True(t, slices.IsSortedFunc(want, func(a, b discern.Sighting) int { return a.Before(&b) }))
	require.True(t, slices.ContainsFunc(want, func(s discern.Sighting) bool {
		return s.Rule == "root" && s.Instance == "i-1" && s.Address == "192.0.2.2"
	}))

	for range 20 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		parts := []*Gather{NewGather(), NewGather(), NewGather()}
		for i := range all {
			all[i].addTo(t, parts[random.IntN(3)])
		}
		random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		parts[1].Merge(parts[2])
		parts[0].Merge(parts[1])
		require.Equal(t, want, slices.Collect(parts[0].Sightings()))
	}
}

func TestGatherCounts(t *testing.T) {
	g := NewGather()
	add := func(at string, file uint32, code string) {
		r := Record{EventTime: []byte(at), EventSource: []byte("s3"), EventName: []byte("Get"), RecipientAccountID: []byte("1"), ErrorCode: []byte(code)}
		require.NoError(t, g.Add(&r, file))
	}
	for _, c := range []struct {
		at   string
		file uint32
		code string
	}{
		{"2024-05-06T07:59:59Z", 4, ""}, {"2024-05-06T08:00:00Z", 4, ""}, {"2024-05-06T07:00:00Z", 2, ""}, {"2024-05-06T07:30:00Z", 4, ""},
		{"2024-05-06T07:00:00Z", 1, "Forbidden"}, {"2000-01-01T00:00:00Z", 3, ""}, {"2105-12-31T23:59:59Z", 3, ""},
	} {
		add(c.at, c.file, c.code)
	}
	sighting := func(first, last int64, outcome discern.Outcome, count int, files ...uint32) discern.Sighting {
		return discern.Sighting{Account: "1", Principal: "none:1", Action: "s3:Get", Outcome: outcome, First: first, Last: last, Count: count, Files: files}
	}
	require.Equal(t, []discern.Sighting{
		sighting(946684800, 946684800, discern.OK, 1, 3),
		sighting(1714978800, 1714982399, discern.OK, 3, 2, 4),
		sighting(1714978800, 1714978800, discern.Denied, 1, 1),
		sighting(1714982400, 1714982400, discern.OK, 1, 4),
		sighting(4291747199, 4291747199, discern.OK, 1, 3),
	}, slices.Collect(g.Sightings()))

	for s := range g.Sightings() {
		require.Equal(t, int64(946684800), s.First)
		break // stops early without harm
	}
	require.Error(t, g.Add(&Record{EventTime: []byte("never")}, 1))
}

// TestGatherHoldsNoRecord sees that a name kept is not part of a larger string, which it would keep from being freed, nor of a
// Reader's buffers, where it would change.
func TestGatherHoldsNoRecord(t *testing.T) {
	const callers = 5000
	before := heapHeld()
	rd, g := NewReader(), NewGather()
	for n := range callers {
		file := strings.NewReader(fmt.Sprintf(`{"Records":[{"userIdentity":{"type":"IAMUser","principalId":"user%04d","arn":"%s"},"eventTime":"2024-05-06T07:00:00Z",`+
			`"eventSource":"a","eventName":"b%04d"}]}`, n, strings.Repeat("long ", 700), n))
		_, err := rd.Read(context.Background(), file, func(r *Record) error { return g.Add(r, 1) })
		require.NoError(t, err)
	}
	rd = nil
	require.Less(t, heapHeld()-before, 5<<20)
	n := 0
	for s := range g.Sightings() {
		require.Equal(t, fmt.Sprintf("user%04d a:b%04d", n, n), s.Principal+" "+s.Action)
		n++
	}
	require.Equal(t, callers, n)
}

func heapHeld() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func TestGatherIsSmall(t *testing.T) {
	const sightings = 300_000
	before := heapHeld()
	g := NewGather()
	for n := range sightings {
		r := Record{
			Identity:  &Identity{Type: "IAMUser", PrincipalID: fmt.Sprint("AIDAEXAMPLEEXAMPLE", n%3000)},
			EventTime: []byte("2024-05-06T07:00:00Z"), EventSource: []byte("ec2.amazonaws.com"), EventName: fmt.Appendf(nil, "Describe%d", n/3000),
		}
		require.NoError(t, g.Add(&r, uint32(n)))
	}
	require.Equal(t, sightings, g.Len())
	held := heapHeld() - before
	t.Logf("%d bytes for a sighting", held/sightings)
	require.Less(t, held, 30<<20)
	runtime.KeepAlive(g)
}
