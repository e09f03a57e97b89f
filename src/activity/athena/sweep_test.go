package athena

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// days of so much that an hour is a window of its own.
type hugeDays struct{ Files }

func (h hugeDays) Days(ctx context.Context, from, to int64) ([]Day, error) {
	days, err := h.Files.Days(ctx, from, to)
	for i := range days {
		days[i].Bytes = 23 << 30
	}
	return days, err
}

// A sweep that takes longer than a run does not keep what is new waiting.
func TestASweepLongerThanARun(t *testing.T) {
	f := quiet(t)
	for d := range 4 {
		f.Put("logs", key(me, "us-east-1", noon.AddDate(0, 0, d-3).Add(-time.Hour), "x"), file(t, call("d", "2026-11-21T11:01:00Z", "iam:CreateUser")))
	}
	after := noon.Unix() - 900
	for run := range 3 {
		moment := noon.Add(time.Duration(run) * 15 * time.Minute)
		o := options(t, f)
		o.at(f, moment)
		o.Files = hugeDays{o.Files}
		o.After, o.Lookback, o.Sweep, o.DeleteResults = after, 3600, moment.Unix()-2*day, true
		var err error
		after, err = pieces(t.Context(), open(t, o), 4, after)
		require.NoError(t, err)
		require.Equal(t, moment.Unix(), after)
	}
}

// A limited context's deadline is when over is closed.
type limited struct {
	context.Context
	over chan struct{}
}

func (l *limited) Done() <-chan struct{} { return l.over }
func (l *limited) Err() error {
	select {
	case <-l.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// A query of a sweep that outlasts its run goes on, and is paid once, by the run that has its result. What was put away is not asked for again.
func TestASweepIsPaidOnce(t *testing.T) {
	f := quiet(t)
	for d := range 4 {
		f.Put("logs", key(me, "us-east-1", noon.AddDate(0, 0, d-3).Add(-time.Hour), "x"), file(t, call("d", "2026-11-21T11:01:00Z", "iam:CreateUser")))
	}
	f.Next(athenatest.Course{}, athenatest.Course{}, athenatest.Course{Running: 100})
	var spent, paid, swept, ends int64
	for run := 0; ends == 0; run++ {
		require.Less(t, run, 99)
		moment := noon.Add(time.Duration(run) * 15 * time.Minute)
		o := options(t, f)
		o.at(f, moment)
		o.Files = hugeDays{o.Files}
		o.After, o.Lookback, o.Sweep, o.Swept, o.DeleteResults = moment.Unix()-900, 3600, noon.Unix()-day, swept, true
		o.Spent = func(bytes int64) { spent += bytes }
		ctx := &limited{Context: t.Context(), over: make(chan struct{})}
		left, waits := 40, o.Pause
		o.Pause = func(ctx2 context.Context, d time.Duration) error {
			if left--; left == 0 {
				close(ctx.over)
			}
			return waits(ctx2, d)
		}
		l := open(t, o)
		for {
			p, err := l.Next(ctx)
			if errors.Is(err, io.EOF) {
				ends++
				break
			}
			if err != nil {
				require.ErrorIs(t, err, context.DeadlineExceeded)
				break
			}
			paid += p.Looks[me].Bytes
			if p.Reached < moment.Unix()-4500 {
				swept = p.Reached
			}
		}
	}
	require.Zero(t, f.Count("athena", "StopQueryExecution"))
	require.Greater(t, f.Count("athena", "StartQueryExecution"), len(f.Queries()), "one was handed in again")
	texts := map[string]int{}
	var scanned int64
	for _, q := range f.Queries() {
		texts[q.SQL]++
		scanned += q.Scanned
		require.Equal(t, "SUCCEEDED", q.State)
	}
	for text, n := range texts {
		require.Equal(t, 1, n, text)
	}
	require.Equal(t, scanned, spent)
	require.Equal(t, scanned, paid)
}

// However long the pieces before took, a sweep is cut into the same windows: else its queries would not be found again.
func TestASweepIsCutTheSameInEachRun(t *testing.T) {
	now := noon.Unix()
	midnight := now - now%day
	for _, most := range []int64{1, pieceBytes} {
		l, _ := planned(t, Options{After: now - 900, Lookback: 3600, Sweep: now - 2*day}, Day{midnight - 2*day, 3, 9}, Day{midnight - day, 3, firstBytes - 9}, Day{midnight, 3, 9})
		l.most = most
		var all []window
		for len(l.windows) > 0 {
			all = append(all, l.take(t.Context()))
		}
		require.Equal(t, []string{"21T10:35 to now", "19T11:50 to 21T00:00", "21T00:00 to 21T06:00"}, said(all))
	}
}
