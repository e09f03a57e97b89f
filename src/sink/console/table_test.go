package console_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/sink/console"
)

func pending(t *testing.T, events ...discern.Event) []discern.Pending {
	t.Helper()
	var all []discern.Pending
	for _, e := range events {
		line, err := e.Line()
		require.NoError(t, err)
		all = append(all, discern.Pending{ID: e.AnomalyID, Event: line})
	}
	return all
}

func event() discern.Event {
	return discern.Event{
		AnomalyID: "a", AnomalyType: discern.NewAction, FirstTime: "2026-11-21T02:42:00Z", BaselineFirstSeen: "2026-08-15T00:00:00Z", Severity: "high",
		AccountID: "111122223333", PrincipalID: "AROA1", PrincipalType: "AssumedRole", PrincipalName: "AWSReservedSSO_Admin_5f0c9e1a77b2d346",
		SessionNames: []string{"ana@example.com"}, Action: "iam.amazonaws.com:CreateUser", Outcome: "denied", Count: 3,
		Object: []string{"arn:aws:iam::111122223333:user/x"}, SharedWith: []string{"444455556666"}, Scope: discern.ScopeOrganization,
	}
}

func TestTableSaysWhatAPersonAsks(t *testing.T) {
	var out bytes.Buffer
	table := &console.Table{To: &out}
	require.NoError(t, table.Send(t.Context(), pending(t, event())))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	require.Equal(t, "2026-11-21 02:42  high     111122223333  Admin/ana@example.com  iam:CreateUser (denied) ×3  user/x → 444455556666  first time in 98 days watched  whole organization", lines[1])
	require.Equal(t, strings.Index(lines[0], "ON WHAT"), strings.Index(lines[1], "user/x")-1, "columns stand under their headings (× takes two bytes)")
	out.Reset()
	require.NoError(t, table.Send(t.Context(), pending(t, event())))
	require.Equal(t, 1, strings.Count(out.String(), "\n"), "the heading comes once")
	require.Equal(t, map[string]int{"high": 2}, table.Told())
}

func TestWhyNew(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*discern.Event)
		want   string
	}{
		{"returned", func(e *discern.Event) { e.PreviousLastSeen = "2026-07-01T02:42:00Z" }, "back after 143 days of silence"},
		{"just met", func(e *discern.Event) { e.BaselineFirstSeen, e.Learning = "", true }, "first time, principal just met, learning"},
		{"adopted", func(e *discern.Event) { e.BaselineFirstSeen, e.BaselineActions = e.FirstTime, 12 }, "first time, 12 other actions known"},
		{"learning", func(e *discern.Event) { e.Learning = true }, "first time in 98 days watched, learning"},
		{"new principal", func(e *discern.Event) { e.AnomalyType = discern.NewPrincipal }, "never seen before"},
		{"success", func(e *discern.Event) { e.AnomalyType = discern.DeniedThenSuccess }, "was always denied before"},
		{"rule", func(e *discern.Event) {
			e.AnomalyType, e.Rule, e.Verdict = discern.RuleMatch, "instance_credentials", "second_address"
		}, "rule instance_credentials (second_address)"},
		{"suppressed", func(e *discern.Event) { e.Suppressed, e.SuppressedBy = true, "x" }, "first time in 98 days watched, suppressed by x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			e := event()
			c.change(&e)
			require.NoError(t, (&console.Table{To: &out}).Send(t.Context(), pending(t, e)))
			require.Contains(t, out.String(), c.want)
		})
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	for _, width := range []int{80, 100, 120, 150, 400} {
		var out bytes.Buffer
		require.NoError(t, (&console.Table{To: &out, Width: width}).Send(t.Context(), pending(t, event())))
		for line := range strings.Lines(out.String()) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), width, line)
		}
		require.Contains(t, out.String(), "first time in 98 days", "at %d columns", width)
	}
}

func TestNothingSteersTheTerminal(t *testing.T) {
	var out bytes.Buffer
	e := event()
	e.PrincipalName = "x\x1b[2J\n\x9b1m\u202ey"
	require.NoError(t, (&console.Table{To: &out}).Send(t.Context(), pending(t, e)))
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\u202e")
	require.Equal(t, 2, strings.Count(out.String(), "\n"))
	out.Reset()
	require.NoError(t, (&console.Table{To: &out, Color: true}).Send(t.Context(), pending(t, event())))
	require.Contains(t, out.String(), "\x1b[31mhigh\x1b[0m")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWhatIsNotWrittenIsNotDelivered(t *testing.T) {
	for _, sink := range []discern.Sink{console.Lines{To: broken{}}, &console.Table{To: broken{}}} {
		require.ErrorContains(t, sink.Send(t.Context(), pending(t, event())), "no space left on device")
		require.Equal(t, "stream", sink.Name())
	}
	var out bytes.Buffer
	require.NoError(t, console.Lines{To: &out}.Send(t.Context(), pending(t, event(), event())))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	require.True(t, json.Valid([]byte(lines[0])))
}
