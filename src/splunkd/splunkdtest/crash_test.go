package splunkdtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACrashLosesWhatIsQueued(t *testing.T) {
	for _, queued := range []time.Duration{0, 20 * time.Millisecond} {
		s := started(t, Options{})
		s.Create("x", Params{"act": "endless", "interval": "0"})
		s.WaitFor("events", func() bool { return len(s.Events("fake:event")) > 50 })
		s.Crash(queued)
		lost, kept := s.Lost("fake:event"), s.Events("fake:event")
		run := s.WaitForRuns("x", 1)
		require.True(t, run.Abandoned)
		require.False(t, run.Stopped)
		require.False(t, run.Killed, "it ends when it finds its pipe closed")
		if queued > 0 {
			require.NotEmpty(t, lost)
		}

		first := func(e Event) bool { return e.PID != run.PID } // what the run of the new splunkd tells is not the old one's
		numbers := slices.Concat(slices.DeleteFunc(kept, first), lost)
		for i, e := range numbers {
			require.Equal(t, fmt.Sprint(i), e.Field("n"), "all that was taken is kept or lost, and what is lost came last")
		}
		s.WaitFor("an event of the new splunkd", func() bool { all := s.Events("fake:event"); return all[len(all)-1].PID != run.PID })
		s.Stop()
		require.Empty(t, s.TakeFaults())
	}
}

func TestACrashBetweenRunsLosesNoRun(t *testing.T) {
	s := started(t, Options{})
	s.Create("x", Params{"act": "good", "interval": "3600"})
	s.WaitForRuns("x", 1)
	s.Crash(time.Hour)
	require.Len(t, s.Lost("fake:event"), 1)
	require.False(t, s.WaitForRuns("x", 2).Abandoned)
	require.Len(t, s.Events("fake:event"), 1)
}
