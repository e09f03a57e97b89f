package cost

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/baseline/embedded"
)

// A way is one in which the tool can be set up.
type way struct {
	engine string
	local  bool // the baseline is a file, not in DynamoDB
}

// runs are what each of our runs over the hours of a trail cost, one at the end of each stretch of time.
func (tr trail) runs(t *testing.T, by way, every time.Duration) (each []count) {
	t.Helper()
	c := newCloud(t, tr.accounts, tr.principals)
	if by.local {
		var err error
		c.file, err = embedded.Open(filepath.Join(t.TempDir(), "baseline.db"))
		require.NoError(t, err)
		defer func() { require.NoError(t, c.file.Close()) }()
	}
	c.arrive(tr, at(-float64(tr.before)), at(0))
	c.learnt(tr)
	now, anomalies, wanted := at(0), 0, 0
	c.front.Answer(func(sql string) (athenatest.Answer, error) {
		a, err := conditions(sql, nil)
		if err != nil {
			return athenatest.Answer{}, err
		}
		s := a.scan(now)
		c.count(s.charged())
		return tr.answer(a, now), nil
	})
	for end := at(0).Add(every); !end.After(at(float64(tr.hours))); end = end.Add(every) {
		now = end.Add(-runsBefore)
		c.arrive(tr, end.Add(-every), end)
		before := c.sum()
		covered := run{cloud: c, engine: by.engine, now: func() time.Time { return now }}.look(t.Context())
		each = append(each, c.sum().less(before))
		require.Zero(t, covered.Learnt+covered.BadFiles+covered.BadRecords+covered.Pending)
		anomalies += covered.Anomalies
	}
	for hour := range tr.hours {
		wanted += tr.news(hour) * len(tr.accounts)
	}
	require.Equal(t, wanted, anomalies, "each new pair is told once, so what is counted is work that was done")
	return each
}

// arrive puts into the bucket what was delivered in a stretch of time.
func (c *cloud) arrive(tr trail, from, to time.Time) {
	for ; from.Before(to); from = from.Add(time.Hour / quarters) {
		if folder := tr.folder(from); exists(folder) {
			c.front.PutLogs(trailBucket, "", folder)
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// sum adds up counts.
func sum(all []count) (s count) {
	for _, c := range all {
		s.add(c)
	}
	return s
}

// sweepOf is what the day's one sweep adds to the run that makes it, the run at noon.
func sweepOf(day []count) count {
	const noon = 12
	others := sum(day).less(day[noon])
	return day[noon].less(others.times(1 / float64(len(day)-1)))
}
