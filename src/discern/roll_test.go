package discern_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/discern"
)

// at is midnight of a day of the tests' time.
func at(day int) int64 { return day0 + int64(day)*discern.Day }

func (w *world) requireStands(account, status, newest string, lag int64) {
	w.t.Helper()
	c := w.page(account)
	require.Equal(w.t, status, c.Status)
	require.Equal(w.t, newest, c.NewestDelivery)
	require.Equal(w.t, lag, c.LagSeconds)
}

// TestALogThatStopsLags: of a place that holds the logs of many accounts, one that stops has no file any more that could tell of it.
func TestALogThatStopsLags(t *testing.T) {
	w := newWorld(t)
	w.now = at(100)
	w.run(in("1", saw(99, "00:00", "AROA1", "s3:GetObject", "")), in("2", saw(99, "00:00", "AROA2", "s3:GetObject", "")))
	w.requireStands("2", discern.StatusLearning, discern.Stamp(at(99)), discern.Day)
	learning := w.page("2").LearningUntil

	w.now = at(103)
	w.run(in("1", saw(102, "00:00", "AROA1", "s3:GetObject", "")))
	w.requireStands("1", discern.StatusLearning, discern.Stamp(at(102)), discern.Day)
	w.requireStands("2", discern.StatusNoFiles, discern.Stamp(at(99)), 4*discern.Day)
	require.Equal(t, learning, w.page("2").LearningUntil)
	require.Equal(t, discern.Stamp(at(99)), w.page("2").Watermark)
	w.requireStands("*", discern.StatusOK, discern.Stamp(at(102)), 4*discern.Day)

	w.now = at(104)
	w.run()
	w.requireStands("1", discern.StatusNoFiles, discern.Stamp(at(102)), 2*discern.Day)
	w.requireStands("2", discern.StatusNoFiles, discern.Stamp(at(99)), 5*discern.Day)
	w.requireStands("*", discern.StatusNoFiles, discern.Stamp(at(102)), 5*discern.Day)

	w.now = at(99 + 90 + 1) // silent for longer than anything is remembered
	w.run()
	require.Len(t, w.pages, 2)
	w.requireStands("1", discern.StatusNoFiles, discern.Stamp(at(102)), 88*discern.Day)
}

// TestAMembersLogIsMissedFromTheFirstDayAndForGood: that it never came, or stopped long ago, is said in every run.
func TestAMembersLogIsMissedFromTheFirstDayAndForGood(t *testing.T) {
	w := newWorld(t)
	w.members = []string{"1", "2"}
	w.now = at(100)
	w.run(in("1", saw(99, "00:00", "AROA1", "s3:GetObject", "")))
	w.requireStands("1", discern.StatusLearning, discern.Stamp(at(99)), discern.Day)
	w.requireStands("2", discern.StatusNoFiles, "", 0)
	w.now = at(99 + 365)
	w.run()
	require.Len(t, w.pages, 3)
	w.requireStands("1", discern.StatusNoFiles, discern.Stamp(at(99)), 365*discern.Day)
	w.requireStands("2", discern.StatusNoFiles, "", 0)
}

// TestALogThatIsNotAskedForIsNotMissed.
func TestALogThatIsNotAskedForIsNotMissed(t *testing.T) {
	w := newWorld(t)
	w.now = at(100)
	w.run(in("1", saw(99, "00:00", "AROA1", "s3:GetObject", "")), in("2", saw(99, "00:00", "AROA2", "s3:GetObject", "")))
	w.asked = func(account string) bool { return account != "2" }
	w.run()
	require.Len(t, w.pages, 2)
	w.requireStands("1", discern.StatusNoFiles, discern.Stamp(at(99)), discern.Day)
}

// TestAnAccountWhoseLogStopsLags: where accounts are looked at one by one the watermark goes on, and the newest delivery stays.
func TestAnAccountWhoseLogStopsLags(t *testing.T) {
	w := newWorld(t)
	w.now = at(100)
	p := pieceOf([]discern.Sighting{saw(99, "00:00", "AROA1", "s3:GetObject", "")})
	p.Reached = at(100)
	never := discern.Piece{Reached: at(100)}
	w.muster(map[string][]discern.Piece{"1": {p}, "2": {never}}, roll{accounts: []string{"1", "2"}})
	w.requireStands("1", discern.StatusLearning, discern.Stamp(at(99)), discern.Day)
	w.requireStands("2", discern.StatusNoFiles, "", 0)

	w.now = at(103)
	none := discern.Piece{Reached: at(103), Looks: map[string]*discern.Look{"1": {}}}
	w.muster(map[string][]discern.Piece{"1": {none}}, roll{accounts: []string{"1", "2"}, left: []string{"3"}})
	w.requireStands("1", discern.StatusNoFiles, discern.Stamp(at(99)), 4*discern.Day)
	require.Equal(t, discern.Stamp(at(103)), w.page("1").Watermark)
	w.requireStands("2", discern.StatusFailed, "", 3*discern.Day)
	w.requireStands("*", discern.StatusPartial, discern.Stamp(at(99)), 4*discern.Day)

	w.muster(nil, roll{left: []string{"1"}})
	w.requireStands("1", discern.StatusSkipped, discern.Stamp(at(99)), 4*discern.Day)
}

// TestAnAccountThatIsBehindLags: its newest file is there, and was not looked at yet.
func TestAnAccountThatIsBehindLags(t *testing.T) {
	w := newWorld(t)
	w.now = at(100)
	p := pieceOf([]discern.Sighting{saw(10, "00:00", "AROA1", "s3:GetObject", "")})
	p.Reached, p.Newest = at(11), map[string]int64{"1": at(99)}
	w.muster(map[string][]discern.Piece{"1": {p}}, roll{accounts: []string{"1"}})
	w.requireStands("1", discern.StatusLearning, discern.Stamp(at(99)), 89*discern.Day)
}

// An action that is new to the organization is told in the account that did it first, though that still learns, whichever account is judged first.
func TestTheFirstAnywhereInOneRun(t *testing.T) {
	tell := func(order ...string) (told []string) {
		w := newWorld(t)
		w.muster(map[string][]discern.Piece{"2": {pieceOf(list{in("2", saw(0, "00:00", "AROA2", "sts:X", ""))})}}, roll{accounts: []string{"2"}})
		w.muster(map[string][]discern.Piece{"1": {pieceOf(list{in("1", saw(180, "00:00", "AROA1", "sts:X", ""))})}}, roll{accounts: []string{"1"}})
		logs := map[string][]discern.Piece{
			"1": {pieceOf(list{in("1", saw(200, "10:00", "AROA1", "iam:Never", ""))})},
			"2": {pieceOf(list{in("2", saw(200, "10:05", "AROA2", "iam:Never", ""))})},
		}
		tray := &baselinetest.Tray{}
		st := w.study(inOrder{accounts: order}, func(account string) discern.Activity { return &baselinetest.Script{Pieces: logs[account]} })
		st.Sinks = []discern.Sink{tray}
		_, err := st.Run(t.Context())
		require.NoError(t, err)
		return slices.Sorted(maps.Keys(tray.Events))
	}
	want := tell("1", "2")
	require.Len(t, want, 2)
	require.Equal(t, want, tell("2", "1"))
}
