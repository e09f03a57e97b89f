package athena

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// TestTheTurnOfTheYear: no turn of a day, month or year comes between a run and the one before, and a record counts by when its file was delivered,
// whatever day it tells of.
func TestTheTurnOfTheYear(t *testing.T) {
	f, o := tabled(t, nil)
	for _, midnight := range []time.Time{
		time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC),
	} { // one after the other, as a run looks at all that lies there since the one before
		o.Now = func() time.Time { return midnight.Add(10 * time.Minute) }
		o.After = midnight.Add(-10 * time.Minute).Unix()
		o.Lookback = 0
		want := map[string]int{}
		put := func(minutes int, event time.Time) {
			delivered, action := midnight.Add(time.Duration(minutes)*time.Minute), fmt.Sprint("iam:Act", minutes+100)
			f.Put("logs", key(me, "us-east-1", delivered, "a"), file(t, call(action, event.Format(time.RFC3339), action)))
			want["iam.amazonaws.com:"+strings.TrimPrefix(action, "iam:")]++
		}
		for _, m := range []int{-5, -1, 0, 1} {
			put(m, midnight.Add(time.Duration(m-5)*time.Minute))
		}
		put(2, midnight.AddDate(0, -2, 0))  // its event is of two months ago
		put(3, midnight.Add(4*time.Minute)) // and by the caller's clock it is still to come
		o.Files = filesOf(t, o.Config, o, match)
		p, err := open(t, o).Next(t.Context())
		require.NoError(t, err)
		got := map[string]int{}
		for _, s := range p.Sightings {
			got[s.Action] += s.Count
		}
		require.Equal(t, want, got, midnight)
		require.Equal(t, 6, p.Whole.Files)
	}
}

// TestWhatComesOnceMore: addenda, and records that are delivered again, are the same to both engines, and each eventID is one event.
func TestWhatComesOnceMore(t *testing.T) {
	f, o := tabled(t, nil)
	first := call("e1", "2026-10-20T10:00:00Z", "iam:CreateUser")
	added := call("e2", "2026-10-20T10:00:00Z", "iam:CreateUser")
	added["addendum"] = record{"reason": "UPDATED_DATA", "updatedFields": "eventName", "originalEventID": "e1", "eventName": "DeleteTrail", "userIdentity": record{"type": "Root"}}
	f.Put("logs", key(me, "us-east-1", noon.Add(-2*time.Hour), "a"), file(t, first))
	f.Put("logs", key(me, "us-east-1", noon.Add(-time.Hour), "b"), file(t, first, added))
	found, theirs, ours := bothEngines(t, f, o)
	require.Equal(t, looks(ours, me).Records, looks(theirs, me).Records)
	require.Len(t, found, 1)
	for _, is := range found {
		require.Equal(t, 3, is.Sighting.Count)
		require.Equal(t, 2, is.Evidence.Count)
	}
}

// TestNoRecordIsInAQuery: what records hold never becomes part of a statement, neither of the one that asks for evidence nor of a later one.
func TestNoRecordIsInAQuery(t *testing.T) {
	const hostile = `x'; DROP TABLE "logs" --`
	f := quiet(t)
	answers(f, fileRow("write", 2), pairRow(hostile, hostile+":"+hostile, 2))
	for range 2 {
		l := open(t, options(t, f))
		p, err := l.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, hostile, p.Sightings[0].Principal)
		_, err = l.Evidence(t.Context(), p.Sightings)
		require.NoError(t, err)
		f.Put("logs", someFile, file(t, call(hostile, "2026-11-21T11:01:00Z", "iam:CreateUser")))
	}
	require.NotEmpty(t, f.Queries())
	for _, q := range f.Queries() {
		require.NotContains(t, q.SQL, "DROP")
	}
}

// TestFoldersOfRegions: opt-in regions are looked at because their folders are there; a folder by any other name is no region's, and stays out of
// the statement.
func TestFoldersOfRegions(t *testing.T) {
	f := quiet(t)
	for _, region := range []string{"me-central-1", "x' OR '1'='1", "UPPER", "a.b"} {
		f.Put("logs", key(me, region, noon.Add(-time.Hour), "a"), file(t))
	}
	var asked []string
	f.Answer(func(sql string) (athenatest.Answer, error) {
		asked = append(asked, sql)
		return answer(fileRow("write", 2), pairRow("AIDAEXAMPLE000000001", "iam.amazonaws.com:CreateUser", 2)), nil
	})
	_, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Len(t, asked, 1)
	require.Contains(t, asked[0], `"region" IN ('me-central-1', 'us-east-1')`)
}
