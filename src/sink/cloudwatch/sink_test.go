package cloudwatch

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

var _ discern.Sink = (*Sink)(nil)

func TestAnomaliesAreCountedByWhatTheyAreOf(t *testing.T) {
	s := &service{}
	sink := open(t, s, "Sec/CloudTrail")
	require.Equal(t, "cloudwatch", sink.Name())
	require.NoError(t, sink.Send(t.Context(), told(t,
		discern.Event{AnomalyType: "new_action", AccountID: "111122223333"},
		discern.Event{AnomalyType: "new_action", AccountID: "000000000012", Learning: true},
		discern.Event{AnomalyType: "rule", Rule: "log_deletion", AccountID: "111122223333"},
		discern.Event{AnomalyType: "new_action", AccountID: "111122223333", Suppressed: true},
		discern.Event{AnomalyType: "new_principal"},
	)))
	require.Len(t, s.calls, 1)
	require.Equal(t, "Sec/CloudTrail", s.calls[0].namespace)
	require.Equal(t, map[string]float64{
		"": 4, "AnomalyType=new_action": 2, "AnomalyType=rule": 1, "AnomalyType=new_principal": 1, "Rule=log_deletion": 1,
		"AccountId=111122223333": 2, "AccountId=000000000012": 1,
	}, s.calls[0].values)
	require.Equal(t, 7, s.calls[0].metrics, "each metric once")
	require.Equal(t, map[float64]bool{1_800_000_000: true}, s.calls[0].times, "the time of sending: an alarm never sees what has the event's")
}

func TestWhatIsSuppressedIsTakenAndNotCounted(t *testing.T) {
	s := &service{}
	sink := open(t, s, "n")
	require.NoError(t, sink.Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action", Suppressed: true})))
	require.NoError(t, sink.Send(t.Context(), nil))
	require.Empty(t, s.calls, "a zero is never put")
}

// A log can hold anything: a value that CloudWatch does not take would have it refuse what is counted with it.
func TestAnAccountThatCloudWatchDoesNotTakeIsLeftOut(t *testing.T) {
	for _, account := range []string{":1", "1 2", "é", "a\nb", strings.Repeat("1", 256)} {
		s := &service{}
		require.NoError(t, open(t, s, "n").Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action", AccountID: account})))
		require.Equal(t, map[string]float64{"": 1, "AnomalyType=new_action": 1}, s.calls[0].values, "%q", account)
	}
}

// accounts are events of so many accounts, one each.
func accounts(t *testing.T, n int) []discern.Pending {
	events := make([]discern.Event, n)
	for i := range events {
		events[i] = discern.Event{AnomalyType: "new_action", AccountID: fmt.Sprintf("%012d", i)}
	}
	return told(t, events...)
}

func TestACallHasAThousandMetricsAtMost(t *testing.T) {
	s := &service{}
	require.NoError(t, open(t, s, "n").Send(t.Context(), accounts(t, 2500)))
	require.Equal(t, 3, len(s.calls))
	total := map[string]float64{}
	for _, c := range s.calls {
		require.LessOrEqual(t, c.metrics, 1000)
		require.True(t, c.packed)
		for part, value := range c.values {
			total[part] += value
		}
	}
	require.EqualValues(t, 2500, total[""])
	require.EqualValues(t, 2500, total["AnomalyType=new_action"])
	require.EqualValues(t, 1, total["AccountId=000000002499"])
	require.Equal(t, 2502, len(total))
}

func TestTheLargestCallIsBelowAMegabyte(t *testing.T) {
	events := make([]discern.Event, 996)
	for i := range events {
		events[i] = discern.Event{AnomalyType: "new_action", AccountID: fmt.Sprintf("%0255d", i)}
	}
	s := &service{}
	require.NoError(t, open(t, s, "n").Send(t.Context(), told(t, events...)))
	require.Equal(t, 1, len(s.calls))
	require.Equal(t, 998, s.calls[0].metrics)
	require.Less(t, s.calls[0].bytes, 500_000)
}

// What one call counted is not counted again because of another's failure.
func TestWhatWasCountedBeforeAFailureIsTaken(t *testing.T) {
	s := &service{fails: []string{"", "InternalServiceFault", "InternalServiceFault"}}
	sink := open(t, s, "n")
	events := accounts(t, 2500)
	err := sink.Send(t.Context(), events)
	var untaken *discern.Untaken
	require.ErrorAs(t, err, &untaken)
	require.Equal(t, 1504, len(untaken.IDs))
	require.Equal(t, "id996", untaken.IDs[0])
	require.Equal(t, 1, len(s.calls), "a service that fails is not asked for the rest")

	require.NoError(t, sink.Send(t.Context(), events[996:]))
	whole := 0.0
	for _, c := range s.calls {
		whole += c.values[""]
	}
	require.EqualValues(t, 2500, whole)
}

func TestALostAnswerCountsTwice(t *testing.T) {
	s := &service{lose: 1}
	require.NoError(t, open(t, s, "n").Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action"})))
	require.Len(t, s.calls, 2, "the SDK tries again: a metric is at least once")
}

func TestFailuresSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		fails []string
		says  []string
	}{
		"refused":              {[]string{"AccessDenied"}, []string{`{"Effect":"Allow","Action":"cloudwatch:PutMetricData","Resource":"*"}`}},
		"throttled":            {[]string{"ThrottlingException", "ThrottlingException"}, []string{"after 2 tries: ThrottlingException"}},
		"a namespace of AWS's": {[]string{"InvalidParameterValue"}, []string{"namespaces that begin with AWS/ for itself (see cloudwatch_namespace)"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &service{fails: c.fails}
			err := open(t, s, "Sec").Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action"}))
			var untaken *discern.Untaken
			require.ErrorAs(t, err, &untaken)
			require.Equal(t, []string{"id0"}, untaken.IDs)
			for _, said := range append(c.says, "count anomalies in cloudwatch_namespace Sec in eu-central-1: ") {
				require.ErrorContains(t, err, said)
			}
			require.NotContains(t, err.Error(), "hidden-key")
			if name == "refused" {
				require.True(t, awscall.Denied(err))
			}
			require.NoError(t, open(t, s, "Sec").Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action"})), "the next run counts it")
		})
	}
}

// Each partition has its own host, and where AWS is to be found is left to the SDK.
func TestPartitions(t *testing.T) {
	for region, host := range map[string]string{
		"us-east-1": "monitoring.us-east-1.amazonaws.com", "us-gov-west-1": "monitoring.us-gov-west-1.amazonaws.com",
		"cn-north-1": "monitoring.cn-north-1.amazonaws.com.cn",
	} {
		asked := ""
		cfg := aws.Config{
			Region: region, Credentials: connect(t, "http://127.0.0.1:1", region).Base().Credentials, RetryMaxAttempts: 1,
			HTTPClient: roundTrip(func(r *http.Request) (*http.Response, error) {
				asked = r.URL.Host
				return nil, fmt.Errorf("not sent")
			}),
		}
		require.Error(t, New(cfg, "n", sent).Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action"})))
		require.Equal(t, host, asked)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestAContextThatEndsEndsSend(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &service{}
	var untaken *discern.Untaken
	require.ErrorAs(t, open(t, s, "n").Send(ctx, told(t, discern.Event{AnomalyType: "new_action"})), &untaken)
	require.ErrorIs(t, untaken, context.Canceled)
	require.Empty(t, s.calls)
}
