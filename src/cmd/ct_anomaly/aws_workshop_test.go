package main

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
)

// A classroom is where the workshop takes place: moto, with a bucket and the clock of this host, which CloudWatch's data goes by.
type classroom struct {
	*moto
	bucket string
}

const canada = "ca-central-1"

func openClassroom(t *testing.T) *classroom {
	t.Helper()
	s := &classroom{startMoto(t), "reinvent2017-sid341-cloudtrailbucket"}
	t.Setenv("AWS_ENDPOINT_URL", cloudwatchtest.Door(t, s.url))
	t.Setenv("AWS_REGION", canada)
	_, err := s3.NewFromConfig(s.config(), pathStyled).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &s.bucket, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: canada},
	})
	require.NoError(t, err)
	return s
}

// config is that of who prepares and looks on, in the account of the commands.
func (s *classroom) config() aws.Config {
	cfg := s.in("123456789012")
	cfg.Region = canada
	return cfg
}

// do runs a command by this host's clock.
func (s *classroom) do(t *testing.T, args ...string) said {
	t.Helper()
	r := at(t, time.Now(), args...)
	require.Equal(t, exitDone, r.code, "ct_anomaly %q said\n%s", args, r.err)
	return r
}

// raised are the alarms whose own condition is met by their own metric: namespace, name, dimensions, statistic, period and threshold are read from the
// alarm, as CloudWatch does; moto itself looks at no data. Which topic each tells must be the one.
func (s *classroom) raised(t *testing.T, door string) (names []string) {
	t.Helper()
	cfg := s.config()
	cfg.BaseEndpoint = &door
	api := cloudwatch.NewFromConfig(cfg)
	all, err := api.DescribeAlarms(t.Context(), nil)
	require.NoError(t, err)
	for _, m := range all.MetricAlarms {
		require.Equal(t, []any{types.StatisticSum, int32(60), int32(1), 1.0, types.ComparisonOperatorGreaterThanOrEqualToThreshold, "AnomaliesDetected"},
			[]any{m.Statistic, *m.Period, *m.EvaluationPeriods, *m.Threshold, m.ComparisonOperator, *m.MetricName})
		require.Equal(t, []string{"arn:aws:sns:ca-central-1:123456789012:ct-anomaly-alarms"}, m.AlarmActions)
		out, err := api.GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
			Namespace: m.Namespace, MetricName: m.MetricName, Dimensions: m.Dimensions, Period: m.Period, Statistics: []types.Statistic{m.Statistic},
			StartTime: aws.Time(time.Now().Add(-10 * time.Minute)), EndTime: aws.Time(time.Now().Add(time.Minute)),
		})
		require.NoError(t, err)
		if slices.ContainsFunc(out.Datapoints, func(p types.Datapoint) bool { return *p.Sum >= *m.Threshold }) {
			names = append(names, strings.TrimPrefix(*m.AlarmName, "ct_anomaly reInvent2017/SID341 "))
		}
	}
	return names
}

// TestAWSTheWorkshop is docs/workshop.md, step by step, on the demo's logs: each file of the last day in which a rule finds something comes to the bucket,
// and is named by the workshop's test event or by what S3 sends.
func TestAWSTheWorkshop(t *testing.T) {
	s := openClassroom(t)
	logs := t.TempDir()
	_, err := demo.Write(t.Context(), demo.Options{Dir: logs, Seed: 1, End: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Days: 2})
	require.NoError(t, err)
	files := map[string][]found{} // by key
	for _, line := range lines(t, do(t, "detect", "records", logs).out) {
		var m found
		require.NoError(t, json.Unmarshal([]byte(line), &m))
		if m.Verdict != "literal" && strings.HasPrefix(m.Time, "2026-11-21") {
			key, err := filepath.Rel(logs, m.File)
			require.NoError(t, err)
			files[filepath.ToSlash(key)] = append(files[filepath.ToSlash(key)], m)
		}
	}
	byRule := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(files)) {
		matches := files[key]
		text, err := os.Open(matches[0].File)
		require.NoError(t, err)
		_, err = s3.NewFromConfig(s.config(), pathStyled).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, Body: text})
		require.NoError(t, err)
		require.NoError(t, text.Close())
		for _, m := range matches {
			byRule[m.Rule] = append(byRule[m.Rule], key)
		}
	}
	const namespace = "reInvent2017/SID341"
	place := []string{"--logs", "s3://" + s.bucket}
	made := s.do(t, "setup", "alarms", "--cloudwatch-namespace", namespace, "--alarm-email", "soc@example.com", "--aws-region", canada)
	require.Equal(t, 10, strings.Count(made.out, "done: make alarm "))
	door := os.Getenv("AWS_ENDPOINT_URL")
	require.Empty(t, s.raised(t, door))

	told := func(event string) said {
		t.Helper()
		return s.do(t, append([]string{"detect", "records", "--s3-event", put(t, t.TempDir(), "event.json", []byte(event)), "--cloudwatch-namespace", namespace, "--aws-region", canada}, place...)...)
	}
	phases := []struct {
		rule, event, finds string
	}{
		{"log_deletion", testEvent(s.bucket, byRule["log_deletion"][0]), "cloudtrail.amazonaws.com:DeleteTrail"},
		{"stop_logging", s3puts(s3put("ObjectCreated:Put", s.bucket, byRule["stop_logging"][0])), "cloudtrail.amazonaws.com:StopLogging"},
		{"instance_credentials", throughSNS(t, s3puts(s3put("ObjectCreated:Put", s.bucket, byRule["instance_credentials"][0]))), "s3.amazonaws.com:ListBuckets"},
	}
	want := map[string]bool{"all": true, "type rule": true}
	for _, p := range phases {
		r := told(p.event)
		require.Contains(t, r.out, `"rule":"`+p.rule+`"`)
		require.Contains(t, r.out, `"action":"`+p.finds+`"`)
		require.Contains(t, r.err, " counted in reInvent2017/SID341 in ca-central-1.")
		for _, line := range lines(t, r.out) { // an instance's own calls beside it too, as in the workshop
			var m found
			require.NoError(t, json.Unmarshal([]byte(line), &m))
			want["rule "+m.Rule] = true
		}
		require.ElementsMatch(t, slices.Collect(maps.Keys(want)), s.raised(t, door), p.rule)
	}

	s.do(t, append([]string{"detect", "records", "--cloudwatch-namespace", namespace}, place...)...)
	require.Len(t, s.raised(t, door), 2+5, "every analysis function has found something in the demo, and has its alarm")

	s.do(t, "teardown", "--yes", "--cloudwatch-namespace", namespace, "--aws-region", canada)
	require.Empty(t, s.raised(t, door))
	topics, err := sns.NewFromConfig(s.config()).ListTopics(context.WithoutCancel(t.Context()), nil)
	require.NoError(t, err)
	require.Empty(t, topics.Topics)
}
