package logs_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

// A watch is one account's log in a bucket, looked at by run after run, as a study does it.
type watch struct {
	t      *testing.T
	cloud  *cloud
	ledger *embedded.Store
	clock  time.Time
	after  int64
	from   int64
	since  int64
	swept  bool // the next run is a sweep
	crash  bool // the next run ends before its watermark is moved
}

const twoDays = 2 * discern.Day

func watching(t *testing.T) *watch {
	return &watch{t: t, cloud: newCloud(t), ledger: ledger(t), clock: now}
}

func (w *watch) options() logs.BucketOptions {
	o := logs.BucketOptions{
		Ledger: w.ledger, After: w.after, From: w.from, Since: w.since, Lookback: discern.Hour, Remember: w.clock.Unix() - twoDays - discern.Hour,
		Now: func() time.Time { return w.clock },
	}
	if w.swept {
		o.Sweep = w.clock.Unix() - twoDays
	}
	return o
}

// run looks once, and gives the actions seen and the faults found.
func (w *watch) run() (actions, faults []string) {
	w.t.Helper()
	p := drain(w.t, bucketOf(w.t, w.cloud, anAccount, w.options()))
	require.NoError(w.t, w.ledger.Looked(w.t.Context(), p.Files))
	if !w.crash {
		w.after = max(w.after, p.Reached)
	}
	w.crash, w.swept = false, false
	for _, s := range p.Sightings {
		actions = append(actions, strings.TrimPrefix(discern.Short(s.Action), "s3:Act"))
	}
	for _, b := range p.Bad {
		faults = append(faults, b.Fault)
	}
	return actions, faults
}

func (w *watch) file(at time.Time) (key string) { return w.cloud.fileAt(anAccount, "us-east-1", at) }

// sees says which actions the next run sees.
func (w *watch) sees(actions ...string) {
	w.t.Helper()
	seen, faults := w.run()
	require.Empty(w.t, faults)
	require.ElementsMatch(w.t, actions, seen)
}

func TestEachFileOfABucketIsReadOnce(t *testing.T) {
	w := watching(t)
	w.file(now.AddDate(0, 0, -40))
	w.file(now.Add(-3 * time.Hour))
	w.file(now.Add(-10 * time.Minute))
	w.sees("1013T1200", "1122T0900", "1122T1150")
	require.Equal(t, now.Unix(), w.after)
	w.sees()

	w.clock = now.Add(time.Hour)
	w.file(now.Add(-50 * time.Minute)) // it came under an older name, within the overlap
	w.file(now.Add(5 * time.Minute))
	w.sees("1122T1110", "1122T1205")

	w.clock = now.Add(2 * time.Hour)
	w.file(now.Add(-30 * time.Hour)) // and longer ago than that
	w.sees()
	w.swept = true
	w.sees("1121T0600")
	w.swept = true
	w.sees()

	w.clock = now.AddDate(0, 0, 3)
	w.cloud.fileAt(anAccount, "zz-optin-1", now.AddDate(0, 0, 2)) // of a region that was never seen before
	w.sees("1124T1200")
	w.sees()
}

func TestACrashLosesNothing(t *testing.T) {
	w := watching(t)
	w.file(now.AddDate(0, 0, -40))
	w.file(now.Add(-3 * time.Hour))
	w.crash = true
	w.sees("1013T1200", "1122T0900")
	w.sees("1013T1200", "1122T0900") // what was not behind the watermark is read again, which does no harm
	w.file(now.Add(-2 * time.Hour))
	w.clock = now.Add(30 * time.Minute)
	w.file(now.Add(10 * time.Minute))
	w.crash = true
	w.sees("1122T1210")
	w.sees()
}

func TestNothingOlderThanWantedIsListed(t *testing.T) {
	w := watching(t)
	w.from = now.Add(-30 * time.Minute).Unix()
	w.file(now.Add(-2 * time.Hour))
	w.file(now.Add(-31 * time.Minute))
	w.file(now.Add(-30 * time.Minute))
	w.sees("1122T1130")
	w.swept = true
	w.sees()
}

// TestMidnight: what is delivered around it lies in the folder of either day.
func TestMidnight(t *testing.T) {
	w := watching(t)
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	w.file(midnight.AddDate(0, 0, -1))
	w.clock = midnight.Add(time.Hour)
	w.sees("1122T0000")
	key := delivered(anAccount, "us-east-1", "20261123T0000")
	w.cloud.put(strings.Replace(key, "/23/", "/22/", 1), zipped(document(record("m", "2026-11-22T23:59:00Z", anAccount, "ActM", "192.0.2.1"))))
	w.sees("M")
}

// TestHistoryInSmallSteps reads a long history by runs that have hardly any time.
func TestHistoryInSmallSteps(t *testing.T) {
	w := watching(t)
	for d := range 40 {
		w.file(now.AddDate(0, 0, -d).Add(-time.Hour))
	}
	var seen []string
	var days []int
	for run := 0; w.after < now.Unix(); run++ {
		require.Less(t, run, 60)
		o := w.options()
		clock := now
		o.Chunk, o.Since, o.Now = 1, now.Unix(), func() time.Time { clock = clock.Add(30 * 365 * 24 * time.Hour); return clock }
		b := bucketOf(t, w.cloud, anAccount, o)
		ctx, cancel := context.WithDeadline(t.Context(), farOff)
		p, err := b.Next(ctx)
		cancel()
		require.NoError(t, err)
		require.NoError(t, w.ledger.Looked(t.Context(), p.Files))
		require.Greater(t, p.Reached, w.after)
		w.after = p.Reached
		for _, s := range p.Sightings {
			seen = append(seen, s.Action)
		}
		if h := b.History(); h != nil {
			days = append(days, h.LeftFiles)
		}
	}
	require.Len(t, seen, 40)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(seen))), 40)
	require.IsNonIncreasing(t, days)
}
