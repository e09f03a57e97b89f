package apptest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// realRecords is a folder of real CloudTrail records, which is not everywhere.
const realRecords = "../../../shared/data/cloudtrail"

// TestKillMinusNine kills runs 200 times at random moments over real records, and 50 times over invented ones, and lets each state come to
// its end: what is indexed then is what a run tells that nothing disturbs, each anomaly in the same words.
func TestKillMinusNine(t *testing.T) {
	rounds := fewer(8, 2)
	t.Run("real records", func(t *testing.T) {
		if _, err := os.Stat(realRecords); err != nil {
			t.Skipf("the real records are not here, and the invented ones take all kills: %v", err)
		}
		w := world{logs: t.TempDir()}
		require.NoError(t, os.CopyFS(w.logs, os.DirFS(realRecords)))
		killRuns(t, w, rounds)
		rounds = fewer(2, 1)
	})
	t.Run("invented records", func(t *testing.T) { killRuns(t, busyWorld(t), rounds) })
}

func killRuns(t *testing.T, w world, rounds int) {
	plans := undisturbedPlans(t, w)
	for round := range rounds {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			t.Parallel()
			o := newOrdeal(t, plans, round)
			o.strike(t, fewer(25, 10), func(input string) { _ = o.Kill(input) }) // it may have ended just before
			o.endsWell(t, func(string) bool { return false })
			t.Logf("%d kills of runs that take %v, on %d states: %d runs had told nothing by then; of %d anomalies 0 are lost, and %d were told again",
				o.struck, plans[0].took.Round(time.Millisecond), len(o.inputs), o.silent, o.told, o.again)
		})
	}
}

// TestKillMinusNineOfSplunkd kills splunkd under its inputs, 50 times. What it had taken by then and not indexed is gone: how much that
// is depends on splunkd, and is said here without being demanded. Nothing else is lost, and nothing told in two ways.
func TestKillMinusNineOfSplunkd(t *testing.T) {
	plans := undisturbedPlans(t, busyWorld(t))
	for round, queues := range []time.Duration{0, 200 * time.Millisecond} {
		t.Run(fmt.Sprintf("what came within %v is queued", queues), func(t *testing.T) {
			t.Parallel()
			o := newOrdeal(t, plans, round)
			o.strike(t, fewer(25, 5), func(string) { o.Crash(time.Duration(o.random.Float64() * float64(queues))) })
			taken := map[string]bool{}
			for _, e := range o.Lost(anomalies) {
				taken[e.Source+e.Field("anomaly_id")] = true
			}
			lost := o.endsWell(t, func(id string) bool { return taken[id] })
			t.Logf("%d kills of splunkd on %d states: of %d anomalies %d are lost of the %d that stood in its pipes and queues",
				o.struck, len(o.inputs), o.told, lost, len(taken))
		})
	}
}

// fewer is how often something is done: less often where tests are to be short.
func fewer(often, short int) int {
	if testing.Short() {
		return short
	}
	return often
}

// busyWorld is a folder of logs whose records are nearly all new: 640 anomalies, which fill a pipe several times.
func busyWorld(t *testing.T) world {
	t.Helper()
	w := world{logs: t.TempDir()}
	begin := time.Now().AddDate(0, 0, -20).Truncate(time.Hour)
	for file := range 60 {
		at := begin.Add(time.Duration(file) * time.Hour)
		var records []string
		for n := range 10 {
			record := call(at.Add(time.Duration(n)*time.Second), fmt.Sprintf("Get%dOf%d", n, file))
			records = append(records, record[strings.IndexByte(record, '[')+1:strings.LastIndexByte(record, ']')])
		}
		text := `{"Records":[` + strings.Join(records, ",") + `]}`
		who := fmt.Sprint(file % 40)
		deliver(t, w.logs, at.Add(time.Hour), fmt.Sprint(file), strings.NewReplacer("alice", "user"+who, "AIDAEXAMPLE", "AIDAEXAMPLE"+who).Replace(text))
	}
	return w
}
