package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/simulate"
)

// The answers of a sink that is elsewhere are lost on the way.
const unanswered = "it takes all, and its answers are lost"

// TestBreakageOfSinks lets every subset of the sinks fail for a whole run, in each way, over both stores; and each call of the ports between which an anomaly
// is on its way out. After it nothing goes wrong: then every sink has every anomaly, each id with one content, and the baseline is that of an undisturbed
// run. Those that do not fail have all at once. More than once is told only what a sink took without the run hearing of it.
func TestBreakageOfSinks(t *testing.T) {
	bare(t)
	for _, dynamo := range []bool{false, true} {
		t.Run(fmt.Sprintf("dynamodb %t", dynamo), func(t *testing.T) {
			s := &stage{engine: simulate.Logs, dynamo: dynamo, far: true, folder: t.TempDir()}
			learnt := s.learn(t)
			want := s.play(t, learnt, breakage{})
			require.Len(t, want.told, 5)
			complete(t, want, want, "nothing goes wrong")
			broken := 0
			try := func(b breakage, what string) {
				if broken++; testing.Short() && broken%9 != 0 {
					return
				}
				got := s.play(t, learnt, b)
				require.True(t, got.broke || b.way == unanswered, "%s: it was not made", what)
				complete(t, want, got, what)
				if kills := b.way == diesBefore || b.way == diesAfter; kills || b.way == hangs || b.sinks == nil {
					return
				}
				for sink, first := range got.first {
					if !b.sinks[sendTo(sink)] {
						require.Equal(t, want.first[sink], first, "%s: %s has all in the same run", what, sink)
					}
				}
			}
			for _, some := range subsets([]string{"sns", "cloudwatch", "hec", "stream"}) {
				for _, way := range append(slices.Clone(ways), unanswered) {
					b := breakage{way: way, sinks: map[string]bool{}}
					for _, sink := range some {
						b.sinks[sendTo(sink)] = true
					}
					try(b, fmt.Sprintf("%s: %s", strings.Join(some, " and "), way))
				}
			}
			for port, calls := range want.calls {
				if port != "Take" && port != "Confirm" && !strings.HasPrefix(port, sendTo("")) {
					continue
				}
				for nth := 1; nth <= calls; nth++ {
					for _, way := range ways {
						try(breakage{port: port, nth: nth, way: way}, fmt.Sprintf("%s, call %d: %s", port, nth, way))
					}
				}
			}
			t.Logf("%d breakages over the calls %v", broken, want.calls)
		})
	}
}

// complete requires that every sink has in the end what it has of an undisturbed run, and the baseline is the same.
func complete(t *testing.T, want, got outcome, what string) {
	t.Helper()
	require.Equal(t, want.told, got.told, what)
	require.Equal(t, want.known, got.known, what)
	require.Zero(t, got.waiting, what)
	for sink, all := range want.has {
		for id, times := range all {
			require.GreaterOrEqual(t, got.has[sink][id], times, "%s: %s of %q", what, sink, id)
			if got.sure {
				require.Equal(t, times, got.has[sink][id], "%s: %s of %q", what, sink, id)
			}
		}
		require.Len(t, got.has[sink], len(all), "%s: %s", what, sink)
	}
}

// subsets are all of a list, but the empty one.
func subsets(of []string) (all [][]string) {
	for bits := 1; bits < 1<<len(of); bits++ {
		var some []string
		for i := range of {
			if bits>>i&1 == 1 {
				some = append(some, of[i])
			}
		}
		all = append(all, some)
	}
	return all
}
