package cost

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// TestWorkload holds what happens against the model.
func TestWorkload(t *testing.T) {
	w := workload{principalsAnHour}
	type pair struct {
		p      int
		action string
	}
	known := map[pair]bool{}
	for p := range w.principals {
		for i := range actionsKnown {
			known[pair{p, actionNamed(ownAction(p, i))}] = true
		}
	}
	require.Len(t, known, principalsAnHour*actionsKnown)
	for _, hour := range []int{-30, 0, 1, 23} {
		seen, news := map[pair]bool{}, 0
		for p, action := range w.pairs(hour) {
			seen[pair{p, action}] = true
			if !known[pair{p, action}] {
				news++
				known[pair{p, action}] = true
			}
		}
		require.Equal(t, w.news(hour), news)
		require.Len(t, seen, principalsAnHour*actionsAnHour+news)
		records := map[pair]int{}
		for f := range logfiles("111122223300", hour) {
			for r := range w.records(f) {
				records[pair{r.p, r.action}]++
			}
		}
		require.Len(t, records, len(seen))
		for pair, n := range records {
			require.Equal(t, quarters, n, pair)
		}
	}
}

// TestSettled: of what is done in an hour as much falls due for a refresh as of all pairs in an hour of the week.
func TestSettled(t *testing.T) {
	w, last := workload{principalsAnHour}, map[discern.Holder]map[string]int64{}
	for _, d := range w.settled([]string{"111122223300"}) {
		c := d.Changes[0]
		if last[c.Holder] == nil {
			last[c.Holder] = map[string]int64{}
		}
		last[c.Holder][c.Action] = c.Now.LastSeen
	}
	due, all := 0, 0
	for hour := range 24 {
		for p, action := range w.pairs(hour) {
			role := last[discern.Holder{Kind: discern.Principal, ID: roleID("111122223300", p)}]
			if seen, known := role[action]; known && at(float64(hour)).Unix()-seen > refreshDays*discern.Day {
				due++
				role[action] = at(float64(hour)).Unix()
			}
			all++
		}
	}
	require.InEpsilon(t, 24.0*principalsAnHour*actionsKnown/hoursOfWeek, due, 0.05)
}

// TestScan: what is read is what the text of a query says.
func TestScan(t *testing.T) {
	const base = "s3://" + trailBucket + "/AWSLogs/111122223300/CloudTrail/"
	hour := func(region string) string {
		return `"$path" BETWEEN '` + base + region + `/2025/11/20/111122223300_CloudTrail_` + region + `_20251120T1100Z' AND '` + base + region + `/2025/11/21/~'`
	}
	now, added := at(12).Add(-runsBefore), []string{"us-east-1", "us-west-2", "ap-south-1"}
	for name, tc := range map[string]struct {
		sql   string
		scan  scan
		bytes float64
	}{
		"an hour of two regions": {`FROM "default"."ct_anomaly_111122223300" WHERE "region" IN ('us-east-1', 'ap-south-1') AND "day" IN ('2025/11/20', '2025/11/21') AND (` +
			hour("us-east-1") + ` OR ` + hour("ap-south-1") + `)`, scan{filesAnHour, 4}, leastScanned},
		"a day's partitions": {`FROM "unit_ct_anomaly_111122223300" WHERE year='2025' AND month='11' AND day='20'`, scan{2 * 12 * filesAnHour, 3}, 57 * megabyte},
		"all there is":       {`FROM cloudtrail_111122223300 WHERE a = 'b'`, scan{24 * daysKept * filesOfHour, 104}, 20_520 * megabyte},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := conditions(tc.sql, added)
			require.NoError(t, err)
			s := a.scan(now)
			require.Equal(t, tc.scan, s)
			require.InDelta(t, tc.bytes, s.charged().Billed, megabyte)
		})
	}
	_, err := conditions("SELECT 1", nil)
	require.Error(t, err)
}

func TestBill(t *testing.T) {
	c := count{Lists: 1e6, Gets: 1e6, Reads: 1e6, Writes: 1e6, Billed: billed(1_000_000_000_001)}
	require.InDelta(t, 5.000005, c.athena(), 1e-9)
	require.InDelta(t, 5.4, c.s3(), 1e-9)
	require.InDelta(t, 0.75, c.dynamodb(), 1e-9)
	require.Equal(t, float64(leastScanned), billed(1))
	require.Equal(t, c, c.times(3).less(c.times(2)))
}

func TestNumbers(t *testing.T) {
	require.Equal(t, []string{"0", "999", "1,000", "12,345,678"}, []string{whole(0.4), whole(999), whole(999.6), whole(12345678)})
	require.Equal(t, []string{"0", "0.00332", "0.350", "17.16", "118", "10,557,985"}, []string{short(0), short(0.0033151), short(0.35), short(17.164), short(118), short(10557985)})
}

// TestMoments: the older tools' stand-ins and ours look at the same minutes.
func TestMoments(t *testing.T) {
	require.Equal(t, "2025-11-20T23:58:00Z", at(24).Add(-runsBefore).Format(time.RFC3339))
	require.True(t, dayBegins.Before(time.Now()), "no stand-in's clock may be behind the measured day")
}
