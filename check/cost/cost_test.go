package cost

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What make cost must show: at 25 accounts an hour costs at most these parts of what it costs with the others.
const (
	partOfJellyparks = 1.0 / 5
	partOfNetflix    = 1.0 / 1000
)

// The ways in which the tool is set up.
var (
	withAthena = way{engine: engineAthena}
	withLogs   = way{engine: engineLogs}
	alone      = way{engine: engineLogs, local: true}
)

// TestCost measures an hour of one account with each tool and multiplies it. The table goes to the file that COST_TABLE names.
func TestCost(t *testing.T) {
	local(t)
	day := workload{principalsAnHour}.deliver(t, 1, hoursOfSweep, 24)
	athena, logs, file := day.runs(t, withAthena, time.Hour), day.runs(t, withLogs, time.Hour), day.runs(t, alone, time.Hour)
	some := day
	some.hours = 3
	const quarter = time.Hour / quarters
	lines := []line{
		{"Netflix cloudtrail-anomaly", netflix(t)},
		{"jellyparks serverless", jellyparks(t)},
		{"SID341 (two rules, no memory)", sid341(t)},
		{"ct_anomaly, Athena", sum(athena).times(1.0 / 24)},
		{"ct_anomaly, log files", sum(logs).times(1.0 / 24)},
		{"ct_anomaly, log files, local baseline", sum(file).times(1.0 / 24)},
		{"ct_anomaly, Athena, every 15 min", hourOf(some.runs(t, withAthena, quarter), some.hours, athena)},
		{"ct_anomaly, log files, every 15 min", hourOf(some.runs(t, withLogs, quarter), some.hours, logs)},
	}
	text := markdown(lines) + "\n"
	for _, l := range lines[3:] {
		text += fmt.Sprintf("%s: %.1f %% of jellyparks', 1/%s of Netflix's\n", l.tool, 100*l.hour.usd()/lines[1].hour.usd(), whole(lines[0].hour.usd()/l.hour.usd()))
	}
	text += fmt.Sprintf("Hourly with DynamoDB it may be at most %.0f %%, and 1/%s.\n", 100*partOfJellyparks, whole(1/partOfNetflix))
	text += "\n" + split(lines)
	t.Log("\n" + text)
	if to := os.Getenv("COST_TABLE"); to != "" {
		require.NoError(t, os.WriteFile(to, []byte(text), 0o644))
	}
	for _, l := range lines[3:5] { // multiplied, the ratio is the same for any number of accounts
		require.LessOrEqual(t, l.hour.usd(), lines[1].hour.usd()*partOfJellyparks, "%s beside jellyparks", l.tool)
		require.LessOrEqual(t, l.hour.usd(), lines[0].hour.usd()*partOfNetflix, "%s beside Netflix", l.tool)
	}
}

// hourOf is an hour of runs that come more often than once in it. Those of some hours were made; the day's one sweep is counted as it was with
// hourly runs.
func hourOf(runs []count, hours int, hourly []count) count {
	c := sum(runs).times(1 / float64(hours))
	c.add(sweepOf(hourly).times(1.0 / 24))
	return c
}

// TestProportional has several accounts looked at together, with fewer principals than the model has. Each account more costs the same, beside
// what a run calls once; so one account's figures, multiplied, are no less than those of many.
func TestProportional(t *testing.T) {
	local(t)
	for _, by := range []way{withAthena, withLogs} {
		of := map[int]count{}
		for _, accounts := range []int{1, 2, 4} {
			of[accounts] = sum(workload{10}.deliver(t, accounts, hoursOfLookback, 2).runs(t, by, time.Hour))
		}
		first, second, more := of[1], of[2].less(of[1]), of[4].less(of[2]).times(1.0/2)
		for i, f := range more.fields() {
			name := fmt.Sprintf("%s, %+v and %+v", by.engine, of[1], of[4])
			require.InDelta(t, *second.fields()[i], *f, *f/50, name)
			require.LessOrEqual(t, *f, *first.fields()[i], name)
		}
	}
}
