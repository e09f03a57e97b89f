package cloudwatch

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// The same alarms watch what detect records found and the events of detect anomaly.
func TestMatchesCountAsEventsOfRulesDo(t *testing.T) {
	events, matches := &service{}, &service{}
	require.NoError(t, open(t, events, "n").Send(t.Context(), told(t,
		discern.Event{AnomalyType: "rule", Rule: "log_deletion", AccountID: "111122223333"},
		discern.Event{AnomalyType: "rule", Rule: "stop_logging", AccountID: "111122223333"},
		discern.Event{AnomalyType: "rule", Rule: "log_deletion", AccountID: "no account"},
	)))
	require.NoError(t, open(t, matches, "n").Count(t.Context(), []Match{
		{"log_deletion", "111122223333"}, {"stop_logging", "111122223333"}, {"log_deletion", "no account"},
	}))
	require.Len(t, matches.calls, 1)
	require.Equal(t, events.calls[0].values, matches.calls[0].values)
	require.EqualValues(t, 2, matches.calls[0].values["Rule=log_deletion"])

	nothing := &service{}
	require.NoError(t, open(t, nothing, "n").Count(t.Context(), nil))
	require.Empty(t, nothing.calls, "a zero is never put")
}

func TestMatchesThatAreCountedInPart(t *testing.T) {
	s := &service{fails: []string{"", "AccessDenied"}}
	var matches []Match
	for i := range 1500 {
		matches = append(matches, Match{"log_deletion", fmt.Sprintf("%012d", i)})
	}
	err := open(t, s, "n").Count(t.Context(), matches)
	require.ErrorContains(t, err, "994 of 1500 matches are counted: count anomalies in cloudwatch_namespace n in eu-central-1: ")
	require.Len(t, s.calls, 1)
	require.EqualValues(t, 994, s.calls[0].values["Rule=log_deletion"])
	require.LessOrEqual(t, s.calls[0].metrics, 1000)
}
