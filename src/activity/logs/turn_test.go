package logs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
)

// TestTheTurnOfTheYear: files lie in folders of the day they were delivered, whatever day their records are of, and no turn of a day, month or year
// comes between a run and the one before.
func TestTheTurnOfTheYear(t *testing.T) {
	for _, midnight := range []time.Time{
		time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC),
	} {
		w := watching(t)
		w.file(midnight.AddDate(0, 0, -3))
		w.clock = midnight.Add(-10 * time.Minute)
		w.sees(midnight.AddDate(0, 0, -3).Format("0102T1504"))
		w.clock = midnight.Add(10 * time.Minute)
		var want []string
		for _, at := range []time.Duration{-5 * time.Minute, -time.Minute, 0, time.Minute} {
			w.file(midnight.Add(at))
			want = append(want, midnight.Add(at).Format("0102T1504"))
		}
		w.cloud.put(delivered(anAccount, "eu-west-1", midnight.Add(2*time.Minute).Format("20060102T1504")),
			zipped(document(record("late", midnight.AddDate(0, -2, 0).Format(time.RFC3339), anAccount, "ActLate", "192.0.2.1"))))
		w.sees(append(want, "Late")...)
		w.sees()
	}
}

// TestAClockThatIsWrong: the collector's clock goes ahead or behind of CloudTrail's, and is put right. Up to the overlap that does nothing; what a
// clock hid that was further ahead is found by the next sweep.
func TestAClockThatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		ahead time.Duration
		sweep bool
	}{"half an hour ahead": {30 * time.Minute, false}, "half an hour behind": {-30 * time.Minute, false}, "three hours behind": {-3 * time.Hour, false}, "three hours ahead": {3 * time.Hour, true}} {
		t.Run(name, func(t *testing.T) {
			w := watching(t)
			w.file(now.Add(-40 * time.Minute))
			w.file(now.Add(-5 * time.Minute))
			w.clock = now.Add(test.ahead)
			first, faults := w.run()
			require.Empty(t, faults)
			w.file(now.Add(5 * time.Minute))
			w.clock = now.Add(10 * time.Minute)
			w.swept = test.sweep
			second, faults := w.run()
			require.Empty(t, faults)
			require.ElementsMatch(t, []string{"1122T1120", "1122T1155", "1122T1205"}, append(first, second...), "each once")
		})
	}
}

// TestGlobalServices: what IAM, STS, Route 53 and CloudFront log is of us-east-1 wherever a file with it lies, and one pair.
func TestGlobalServices(t *testing.T) {
	c := newCloud(t)
	for i, region := range []string{"us-east-1", "eu-west-1"} {
		r := strings.Replace(record(region, "2026-11-22T10:00:0"+string(rune('0'+i))+"Z", anAccount, "CreateUser", "192.0.2.1"), "s3.amazonaws.com", "iam.amazonaws.com", 1)
		c.put(delivered(anAccount, region, "20261122T1005"), zipped(document(r)))
	}
	b := bucketOf(t, c, anAccount, logs.BucketOptions{})
	p := drain(t, b)
	require.Equal(t, map[string]int{"us-east-1": 1, "eu-west-1": 1}, p.Looks[anAccount].FilesByRegion)
	require.Len(t, p.Sightings, 1)
	require.Equal(t, "iam.amazonaws.com:CreateUser", p.Sightings[0].Action)
	require.Equal(t, 2, p.Sightings[0].Count)
	found, err := b.Evidence(t.Context(), []discern.Sighting{p.Sightings[0]})
	require.NoError(t, err)
	for _, r := range found[0].Records {
		require.Equal(t, "us-east-1", r.Region)
	}
	require.Len(t, found[0].Records, 2)
}
