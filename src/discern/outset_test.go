package discern_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/discern"
)

// inEveryOrder runs one muster over these logs in each order of its accounts, each time on a baseline to which began was done, and requires that all tell
// the same. It gives what they tell.
func inEveryOrder(t *testing.T, began func(*world), logs map[string][]discern.Piece) []discern.Event {
	t.Helper()
	var same map[string][]string
	var told []discern.Event
	for _, accounts := range [][]string{{"1", "2", "3"}, {"1", "3", "2"}, {"2", "1", "3"}, {"2", "3", "1"}, {"3", "1", "2"}, {"3", "2", "1"}} {
		w, tray := newWorld(t), &baselinetest.Tray{}
		began(w)
		st := w.study(inOrder{accounts: accounts}, func(account string) discern.Activity { return &baselinetest.Script{Pieces: logs[account]} })
		st.Sinks = []discern.Sink{tray}
		_, err := st.Run(t.Context())
		require.NoError(t, err)
		if same == nil {
			same, told = tray.Events, events(t, tray)
		}
		require.Equal(t, same, tray.Events, "in order %v", accounts)
	}
	return told
}

// TestAFirstRunOverAccountsYearsApart: an organization that nobody watched before the run has not ended its learning within it, whichever account
// happens to be begun first.
func TestAFirstRunOverAccountsYearsApart(t *testing.T) {
	told := inEveryOrder(t, func(*world) {}, map[string][]discern.Piece{
		"1": {pieceOf(list{in("1", saw(0, "00:00", "AROA1", "sts:X", "")), in("1", saw(95, "00:00", "AROA1", "sts:Told", ""))})},
		"2": {pieceOf(list{in("2", saw(200, "00:00", "AROA2", "sts:Learnt", ""))})},
		"3": {pieceOf(list{in("3", saw(390, "00:00", "AROA3", "sts:Learnt", ""))})},
	})
	require.Len(t, told, 1)
	require.Equal(t, "sts:Told", told[0].Action)
	require.Equal(t, discern.ScopeOrganization, told[0].Scope)
}

// TestNewToTheOrganizationInSeveralAccounts: of several accounts that do in one run what nobody in a grown organization had done before, each tells it so.
func TestNewToTheOrganizationInSeveralAccounts(t *testing.T) {
	grown := func(w *world) {
		w.muster(map[string][]discern.Piece{"1": {pieceOf(list{watched(), saw(199, "00:00", "AROAOLD", "sts:Old", "")})}}, roll{accounts: []string{"1"}})
	}
	told := inEveryOrder(t, grown, map[string][]discern.Piece{
		"1": {pieceOf(list{saw(200, "02:00", "AROAOLD", "sts:New", "")})},
		"2": {pieceOf(list{in("2", saw(200, "01:00", "AROA2", "sts:New", "")), in("2", saw(200, "03:00", "AROA2", "sts:Old", ""))}),
			pieceOf(list{in("2", saw(200, "04:00", "AROA4", "sts:New", ""))})},
		"3": {pieceOf(list{in("3", saw(200, "03:00", "AROA3", "sts:New", ""))})},
	})
	require.Len(t, told, 3, "one of each account: AROA4 is not the first in its own")
	for _, e := range told {
		require.Equal(t, "sts:New", e.Action)
		require.Equal(t, e.AccountID != "1", e.Learning)
		require.Contains(t, e.Reason, "Nobody in the organization had done so before.")
	}
}
