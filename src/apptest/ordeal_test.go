package apptest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

// A plan is how a folder of logs is told: at once, or the rest of it when a part has been told.
type plan struct {
	world world
	parts []float64                 // shares of the files, by delivery, at which they end
	want  map[string]map[string]any // the anomalies that runs tell which nothing disturbs, by id
	took  time.Duration             // what the last of these runs took
}

// An ordeal is inputs whose runs end too early.
type ordeal struct {
	*splunkdtest.Splunkd
	random *rand.Rand
	plans  []*plan
	inputs []string // each follows the plan of its number

	struck, silent, told, again int
}

func newOrdeal(t *testing.T, plans []*plan, seed int) *ordeal {
	t.Helper()
	return &ordeal{Splunkd: splunk(t, splunkdtest.Options{}), plans: plans, random: rand.New(rand.NewPCG(6, uint64(seed)))}
}

// undisturbedPlans finds what runs tell that nothing disturbs, by each of the ways in which they come to tell it.
func undisturbedPlans(t *testing.T, w world) []*plan {
	t.Helper()
	o := newOrdeal(t, nil, 0)
	for n, parts := range [][]float64{{1}, {1}, {0.6, 1}} {
		p := &plan{world: w, parts: parts}
		input := fmt.Sprint("undisturbed", n)
		before := o.begin(t, input, p)
		p.took = o.WaitForRuns(input, before+1).Took()
		o.Disable(input)
		p.want = o.words(t, input)
		require.Greater(t, len(p.want), 200)
		o.plans = append(o.plans, p)
	}
	require.Zero(t, o.again)
	return o.plans
}

// begin makes an input that runs again as soon as it ended, and lets it tell all parts of the logs but the last one. It gives the number
// of runs that this took.
func (o *ordeal) begin(t *testing.T, input string, p *plan) int {
	t.Helper()
	last := len(p.parts) - 1
	if last == 0 {
		o.Create(input, briefly(p.world, splunkdtest.Params{"interval": "0"}))
		return 0
	}
	growing, from := world{logs: t.TempDir()}, 0.0
	o.Create(input, briefly(growing, splunkdtest.Params{"interval": "0", "disabled": "1"}))
	for n, share := range p.parts {
		copyFiles(t, p.world, growing.logs, from, share)
		from = share
		o.Enable(input)
		if n < last {
			o.settle(input)
		}
	}
	return len(o.Runs(input))
}

// settle lets an input run until it has come to its end, and once more, and disables it. It gives the last of these runs.
func (o *ordeal) settle(input string) splunkdtest.Run {
	var ended []splunkdtest.Run
	before := len(o.Runs(input))
	o.WaitFor(input+" to come to its end", func() bool {
		ended = slices.DeleteFunc(o.Runs(input)[before:], func(r splunkdtest.Run) bool { return r.Ended.IsZero() || r.ExitCode != 0 })
		return len(ended) >= 2
	})
	o.Disable(input)
	return ended[1]
}

// strike does something to runs at random moments until so many of them were ended by it, several times on the same state, and lets
// each state come to its end.
func (o *ordeal) strike(t *testing.T, kills int, blow func(input string)) {
	t.Helper()
	for o.struck < kills {
		p, input := o.plans[len(o.inputs)%len(o.plans)], fmt.Sprint("prod", len(o.inputs))
		o.inputs = append(o.inputs, input)
		first := o.begin(t, input, p)
		for n := first; n < first+min(8, kills-o.struck); n++ {
			if !o.reach(input, n, p) {
				break
			}
			blow(input)
		}
		last := o.settle(input)
		o.count(t, input, last)
	}
}

// reach waits for a random moment of an input's run: for a time after it began, or, as most of that passes before anything is told, for a
// number of events. It is false when the run ended before.
func (o *ordeal) reach(input string, n int, p *plan) bool {
	began := o.WaitForStart(input, n).Started
	at := o.random.Float64()
	now := func() splunkdtest.Run { return o.Runs(input)[n] }
	if o.random.IntN(3) == 0 {
		time.Sleep(time.Until(began.Add(time.Duration(at * float64(p.took)))))
	} else {
		events := 1 + int(at*float64(len(p.want)))
		o.WaitFor(fmt.Sprintf("%d events of %s", events, input), func() bool { return now().Events >= events || !now().Ended.IsZero() })
	}
	return now().Ended.IsZero()
}

// count counts the runs of an input that were ended, and demands that its last run, to which nothing was left, told nothing.
func (o *ordeal) count(t *testing.T, input string, last splunkdtest.Run) {
	t.Helper()
	spoke := map[int]bool{}
	for _, e := range o.Events(anomalies, "source=ct_anomaly://"+input) {
		spoke[e.PID] = true
	}
	for _, r := range o.Runs(input) {
		if r.Killed || r.Abandoned {
			o.struck++
			if !spoke[r.PID] {
				o.silent++
			}
		}
	}
	require.False(t, spoke[last.PID], "all was told, and is told again")
}

// endsWell demands that each input has told what its plan has, in the same words, but for what may be lost. It gives how many are.
func (o *ordeal) endsWell(t *testing.T, mayBeLost func(id string) bool) (lost int) {
	t.Helper()
	for n, input := range o.inputs {
		want, words := o.plans[n%len(o.plans)].want, o.words(t, input)
		o.told += len(want)
		for id, e := range want {
			if have := words[id]; have != nil {
				require.Equal(t, e, have, "%s tells it in other words", input)
				continue
			}
			require.True(t, mayBeLost("ct_anomaly://"+input+id), "%s has not told %v", input, e)
			lost++
		}
		for id, e := range words {
			require.NotNil(t, want[id], "%s has told %v", input, e)
		}
	}
	return lost
}

// words are what an input has told, by id, without what depends on the run that told it. What came more than once was the same.
func (o *ordeal) words(t *testing.T, input string) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for _, a := range told(t, o.Splunkd, input, false) {
		var e map[string]any
		require.NoError(t, json.Unmarshal([]byte(a.raw), &e))
		for _, own := range []string{"input", "run_id", "detected_at", "late_seconds", "window_start", "window_end"} {
			delete(e, own)
		}
		all[a.ID] = e
	}
	o.again += len(o.Events(anomalies, "source=ct_anomaly://"+input)) - len(all)
	return all
}
