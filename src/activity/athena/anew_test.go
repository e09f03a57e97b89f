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

// at makes it so late, for Athena and for the options' log. Athena's clock is half a second ahead, as its times are cut to seconds.
func (o *Options) at(f *athenatest.Front, moment time.Time) {
	f.Ahead(time.Until(moment) + time.Second/2)
	o.Now = func() time.Time { return moment }
}

// pieces takes as many pieces as a run has time for, and gives up to where they reach.
func pieces(ctx context.Context, l *Log, most int, after int64) (int64, error) {
	for range most {
		p, err := l.Next(ctx)
		if errors.Is(err, io.EOF) {
			return after, nil
		} else if err != nil {
			return after, err
		}
		after = max(after, p.Reached)
	}
	return after, nil
}

// Each run asks anew what came since, also where the window begins where the last one's did.
func TestRunsOfOneBeginning(t *testing.T) {
	for name, deletes := range map[string]bool{"results are deleted": true, "results are kept": false} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			after := noon.Unix() - 600
			for run := range 9 {
				moment := noon.Add(time.Duration(run) * 15 * time.Minute)
				o := options(t, f)
				o.at(f, moment)
				o.After, o.Since, o.Lookback, o.DeleteResults = after, noon.Unix(), 3600, deletes
				var err error
				after, err = pieces(t.Context(), open(t, o), 99, after)
				require.NoError(t, err)
				require.Equal(t, moment.Unix(), after)
			}
		})
	}
}

// However many runs were cut off in one window, the next one asks for it.
func TestRunsThatWereCutOff(t *testing.T) {
	for name, o := range map[string]Options{"live": {After: noon.Unix() - 3600}, "history": {From: noon.Unix() - 3*day, Since: noon.Unix()}} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.Next(repeated(5, athenatest.Course{Queued: -1})...) // Athena's queue is long
			for run := range 6 {
				o2 := options(t, f)
				o2.After, o2.From, o2.Since = o.After, o.From, o.Since
				o2.at(f, noon.Add(time.Duration(run)*15*time.Minute))
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				if run == 5 {
					ctx = t.Context()
				}
				_, err := open(t, o2).Next(ctx)
				cancel()
				require.Equal(t, run < 5, err != nil, "run %d: %v", run, err)
			}
		})
	}
}

// A result that Athena kept and keeps no longer is asked for anew.
func TestManagedResultsExpire(t *testing.T) {
	f := quiet(t)
	f.SetWorkGroup("primary", athenatest.WorkGroup{Managed: true})
	for run, moment := range []time.Time{noon, noon.AddDate(0, 0, 2)} { // the first is killed before it puts its piece away
		o := options(t, f)
		o.After, o.Since, o.From = 0, noon.Unix(), noon.Unix()-3*day
		o.at(f, moment)
		_, err := open(t, o).Next(t.Context())
		require.NoError(t, err)
		require.Len(t, f.Queries(), run+1)
		f.Fail(athenatest.Fault{Service: "athena", Operation: "GetQueryResults", Times: 1, Code: "InvalidRequestException", Message: "Query result is not available"})
	}
}

// A result that is refused is not: another query would be paid for, and refused too.
func TestARefusedResultIsNotAskedForAnew(t *testing.T) {
	f := quiet(t)
	f.SetWorkGroup("primary", athenatest.WorkGroup{Managed: true})
	f.Fail(athenatest.Fault{Service: "athena", Operation: "GetQueryResults", Status: 403, Code: "AccessDeniedException", Message: "no"})
	for run := range 3 {
		o := options(t, f)
		o.After, o.Since, o.From = 0, noon.Unix(), noon.Unix()-3*day
		o.at(f, noon.Add(time.Duration(run)*time.Hour))
		_, err := open(t, o).Next(t.Context())
		require.ErrorContains(t, err, "GetQueryResults")
	}
	require.Len(t, f.Queries(), 1)
}

// What an earlier run's query scanned is not counted again by the run that uses its answer.
func TestAnAnswerUsedAgainCostsNothing(t *testing.T) {
	f := quiet(t)
	f.Next(athenatest.Course{Scanned: 1e9})
	var spent int64
	for run, cost := range []bool{true, false} {
		o := options(t, f)
		o.After, o.Since, o.From = 0, noon.Unix(), noon.Unix()-3*day
		o.at(f, noon.Add(time.Duration(run)*time.Hour))
		o.Spent = func(bytes int64) { spent += bytes }
		p, err := open(t, o).Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, cost, p.Looks[me].Cost > 0)
	}
	require.Len(t, f.Queries(), 1)
	require.EqualValues(t, f.Queries()[0].Scanned, spent)
}
