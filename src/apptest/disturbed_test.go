package apptest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

// stopTime is how long a run may take to end when splunkd tells it to.
const stopTime = 3 * time.Second

// youth is when a process may not have come to listen to signals yet: it is ended by them, before it has begun anything.
const youth = 100 * time.Millisecond

// A trial is an input over the small world whose runs are disturbed and then let come to their end. It runs again as soon as it ended.
type trial struct {
	*splunkdtest.Splunkd
	want []string
	took time.Duration // of a run that nothing disturbs
	form splunkdtest.Params
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	w, err := smallWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{})
	s.Create("measure", briefly(w, nil))
	took := s.WaitForRuns("measure", 1).Took()
	return &trial{s, expected(t, s), took, briefly(w, splunkdtest.Params{"interval": "0"})}
}

// disturb does something to the first runs of an input that has nothing told yet, each at a moment of its own: a share of the time
// that an undisturbed run takes. It returns when two runs have ended after that.
func (tr *trial) disturb(input string, shares []float64, what func()) {
	tr.Create(input, tr.form)
	for n, share := range shares {
		tr.WaitForStart(input, n)
		time.Sleep(time.Duration(share * float64(tr.took)))
		what()
	}
	tr.WaitForRuns(input, len(tr.Runs(input))+2)
	tr.Disable(input)
}

// moments are two shares of a run's time, which are other ones for each trial. Most are late: that is where anomalies are told.
func moments(n int) []float64 {
	random := rand.New(rand.NewPCG(4, uint64(n)))
	least := 0.1
	if n%3 > 0 {
		least = 0.5
	}
	return []float64{least + random.Float64()*(1-least), 0.1 + random.Float64()*0.9}
}

func TestKilledRunsLoseNothing(t *testing.T) {
	tr := newTrial(t)
	killed := 0
	for n := range 6 {
		input := fmt.Sprintf("prod%d", n)
		tr.disturb(input, moments(n), func() {
			if tr.Kill(input) == nil {
				killed++
			}
		})
		require.ElementsMatch(t, tr.want, ids(told(t, tr.Splunkd, input, false)))
	}
	require.Greater(t, killed, 8)
	said := 0
	for _, e := range tr.Events(runs, "account_id=*") {
		if e.Field("unfinished_run_id") != "" {
			said++
		}
	}
	require.NotZero(t, said, "no run says that one before it did not end")
}

func TestStoppedRunsGoOnWhereTheyWere(t *testing.T) {
	tr := newTrial(t)
	stopped := 0
	for n := range 6 {
		input := fmt.Sprintf("prod%d", n)
		tr.disturb(input, moments(n), func() {
			tr.Disable(input)
			all := tr.Runs(input)
			if last := all[len(all)-1]; last.Stopped {
				stopped++
				require.Less(t, last.StopTook, stopTime)
				if last.Events > 0 || last.Took()-last.StopTook > youth {
					require.Zero(t, last.ExitCode)
				}
			}
			tr.Enable(input)
		})
		require.ElementsMatch(t, tr.want, ids(told(t, tr.Splunkd, input, true)))
	}
	require.Greater(t, stopped, 8)
}

func TestRestartsLoseNothing(t *testing.T) {
	tr := newTrial(t)
	tr.disturb("prod", []float64{0.3, 0.6, 0.9}, func() { tr.Restart() })
	require.ElementsMatch(t, tr.want, ids(told(t, tr.Splunkd, "prod", true)))
	require.ElementsMatch(t, tr.want, ids(told(t, tr.Splunkd, "measure", true)))
}

// TestRunsThatAreShortOfTime gives runs less time than all needs: each does a part, and puts it away. What was delivered late may then be
// judged after what came before it, so that an anomaly's first time, and with it its id, is that of what was delivered first.
func TestRunsThatAreShortOfTime(t *testing.T) {
	tr := newTrial(t)
	tr.form["interval"] = fmt.Sprintf("%.2f", 0.6*tr.took.Seconds())
	tr.Create("prod", tr.form)
	whole := func(conditions ...string) []splunkdtest.Event {
		return tr.Events(runs, append([]string{"source=ct_anomaly://prod", "account_id=*"}, conditions...)...)
	}
	// A run whose time is over just after it put away the last files leaves it to the next one to find nothing.
	tr.WaitFor("the end of history", func() bool { return len(whole("history_left_files=0"))+len(whole("status=no_files")) > 0 })
	tr.Disable("prod")
	require.NotEmpty(t, whole("error_code=deadline"), "one run did it all")
	left := int64(-1)
	for _, e := range whole() {
		n, err := strconv.ParseInt(e.Field("history_left_files"), 10, 64)
		if err != nil {
			continue
		}
		require.True(t, left < 0 || n <= left, "%d files are left after %d", n, left)
		left = n
	}
	require.Equal(t, topics(told(t, tr.Splunkd, "measure", true)), topics(told(t, tr.Splunkd, "prod", true)))
}

// topics are what anomalies are about, without when.
func topics(all []anomaly) map[string]int {
	counts := map[string]int{}
	for _, a := range all {
		counts[a.Type+" "+a.Principal+" "+a.Action+" "+a.Rule]++
	}
	return counts
}

func TestALostReaderLosesNothing(t *testing.T) {
	w, err := smallWorld()
	require.NoError(t, err)
	for _, test := range []struct {
		name  string
		after int
	}{{"from the first event on", 0}, {"after one", 1}, {"in the midst", 120}} {
		t.Run(test.name, func(t *testing.T) {
			s := splunk(t, splunkdtest.Options{})
			want := expected(t, s)
			s.Deafen("prod", test.after)
			s.Create("prod", briefly(w, nil))
			run := s.WaitForRuns("prod", 1)
			require.Equal(t, 1, run.ExitCode, "it ends in order, and says that not all was told")
			require.Less(t, len(told(t, s, "prod", true)), len(want))
			s.Restart()
			s.WaitForRuns("prod", 2)
			require.ElementsMatch(t, want, ids(told(t, s, "prod", false)), "after the first run had no reader")
		})
	}
}

func TestAStalledReaderKeepsNothingFromEnding(t *testing.T) {
	w, err := smallWorld()
	require.NoError(t, err)
	for _, after := range []int{0, 3} {
		s := splunk(t, splunkdtest.Options{})
		want := expected(t, s)
		s.Stall("prod", after)
		s.Create("prod", briefly(w, nil))
		s.WaitForStart("prod", 0)
		time.Sleep(time.Second) // the pipe is full by then
		s.Disable("prod")
		run := s.Runs("prod")[0]
		require.True(t, run.Stopped)
		require.Less(t, run.StopTook, stopTime)
		s.Enable("prod")
		s.WaitForRuns("prod", 2)
		all := ids(told(t, s, "prod", false))
		if after > 0 { // all that was flushed was read in the end
			require.ElementsMatch(t, want, all)
		} else { // what stood in the pipe is lost, and outside the promise
			require.NotEmpty(t, all, "the run after it tells what was not flushed")
			require.Subset(t, want, all)
		}
	}
}
