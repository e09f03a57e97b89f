package cloudwatch

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/rules"
	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
)

// ruleNames are those that there are.
func ruleNames() []string {
	var names []string
	for _, r := range rules.All() {
		names = append(names, r.Name)
	}
	return names
}

// moto is an account of its own in moto, emptied of alarms and topics at the end.
func moto(t *testing.T, account, region string) aws.Config {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	return in(t, cloudwatchtest.Door(t, endpoint), account, region)
}

func in(t *testing.T, endpoint, account, region string) aws.Config {
	cfg, err := connect(t, endpoint, region).As(t.Context(), account, "CT_Run")
	require.NoError(t, err)
	clear := func() {
		ctx := context.Background()
		alarms, err := sdk.NewFromConfig(cfg).DescribeAlarms(ctx, nil)
		require.NoError(t, err)
		for _, m := range alarms.MetricAlarms {
			_, err = sdk.NewFromConfig(cfg).DeleteAlarms(ctx, &sdk.DeleteAlarmsInput{AlarmNames: []string{*m.AlarmName}})
			require.NoError(t, err)
		}
		all, err := sns.NewFromConfig(cfg).ListTopics(ctx, nil)
		require.NoError(t, err)
		for _, topic := range all.Topics {
			_, err = sns.NewFromConfig(cfg).DeleteTopic(ctx, &sns.DeleteTopicInput{TopicArn: topic.TopicArn})
			require.NoError(t, err)
		}
	}
	clear()
	t.Cleanup(clear)
	return cfg
}

// The metric that Send puts meets the condition of each alarm that Setup makes: read from the alarm itself, as CloudWatch does.
func TestTheMetricMeetsTheAlarms(t *testing.T) {
	cfg := moto(t, "740000000001", "eu-central-1")
	namespace := fmt.Sprintf("Sec/CloudTrail-%d", time.Now().UnixNano()) // data can't be deleted
	alarms := OpenAlarms(AlarmOptions{Config: cfg, Namespace: namespace, Rules: ruleNames(), Email: "soc@example.com"})
	_, err := alarms.Setup(t.Context(), false)
	require.NoError(t, err)
	there, err := alarms.named(t.Context())
	require.NoError(t, err)
	require.Len(t, there, 1+4+5)

	raised := func() (names []string) {
		for name, m := range there {
			require.Equal(t, []any{types.StatisticSum, int32(60), int32(1), 1.0, types.ComparisonOperatorGreaterThanOrEqualToThreshold, "notBreaching", true,
				"AnomaliesDetected"},
				[]any{m.Statistic, *m.Period, *m.EvaluationPeriods, *m.Threshold, m.ComparisonOperator, *m.TreatMissingData, *m.ActionsEnabled, *m.MetricName})
			require.Len(t, m.AlarmActions, 1)
			out, err := sdk.NewFromConfig(cfg).GetMetricStatistics(t.Context(), &sdk.GetMetricStatisticsInput{
				Namespace: m.Namespace, MetricName: m.MetricName, Dimensions: m.Dimensions, Period: m.Period, Statistics: []types.Statistic{m.Statistic},
				StartTime: aws.Time(time.Now().Add(-2 * time.Minute)), EndTime: aws.Time(time.Now().Add(time.Minute)),
			})
			require.NoError(t, err)
			for _, point := range out.Datapoints {
				require.Equal(t, types.StandardUnitCount, point.Unit)
				if *point.Sum >= *m.Threshold {
					names = append(names, strings.TrimPrefix(name, alarms.prefix()))
					break
				}
			}
		}
		return names
	}
	require.Empty(t, raised())
	sink := New(cfg, namespace, time.Now)
	require.NoError(t, sink.Send(t.Context(), told(t, discern.Event{AnomalyType: "new_principal", AccountID: "1", Suppressed: true})))
	require.Empty(t, raised())
	require.NoError(t, sink.Send(t.Context(), told(t, discern.Event{AnomalyType: "new_action", AccountID: "111122223333"})))
	require.ElementsMatch(t, []string{"all", "type new_action"}, raised())
	require.NoError(t, sink.Send(t.Context(), told(t, discern.Event{AnomalyType: "rule", Rule: "log_deletion", AccountID: "111122223333"})))
	require.ElementsMatch(t, []string{"all", "type new_action", "type rule", "rule log_deletion"}, raised())
	for _, r := range ruleNames() {
		require.NoError(t, sink.Send(t.Context(), told(t, discern.Event{AnomalyType: "rule", Rule: r})))
	}
	for _, kind := range anomalyTypes {
		require.NoError(t, sink.Send(t.Context(), told(t, discern.Event{AnomalyType: kind})))
	}
	require.Len(t, raised(), len(there), "each alarm can be raised")
}

// More than 10 KB, which go compressed.
func TestALargeCallArrives(t *testing.T) {
	cfg := moto(t, "740000000009", "eu-central-1")
	namespace := fmt.Sprintf("Sec-%d", time.Now().UnixNano())
	require.NoError(t, New(cfg, namespace, time.Now).Send(t.Context(), accounts(t, 500)))
	out, err := sdk.NewFromConfig(cfg).GetMetricStatistics(t.Context(), &sdk.GetMetricStatisticsInput{
		Namespace: &namespace, MetricName: aws.String(Metric), Dimensions: part{byAccount, "000000000499"}.dimensions(), Period: aws.Int32(3600),
		Statistics: []types.Statistic{types.StatisticSum}, StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Hour)),
	})
	require.NoError(t, err)
	require.Len(t, out.Datapoints, 1)
	require.EqualValues(t, 1, *out.Datapoints[0].Sum)
}
