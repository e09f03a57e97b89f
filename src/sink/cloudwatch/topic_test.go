package cloudwatch

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	topics "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// What has our names and is not ours stays.
func TestWhatSetupDidNotMakeIsLeft(t *testing.T) {
	cfg := moto(t, "740000000004", "eu-central-1")
	ctx, client := t.Context(), sdk.NewFromConfig(cfg)
	o := AlarmOptions{Config: cfg, Namespace: "Sec", Email: "soc@example.com"}
	alarms := OpenAlarms(o)
	theirs := alarms.make(watch{name: "ct_anomaly Sec all"}, "")
	theirs.Namespace, theirs.Tags = aws.String("AWS/EC2"), nil
	_, err := client.PutMetricAlarm(ctx, theirs)
	require.NoError(t, err)
	_, err = alarms.Setup(ctx, false)
	require.EqualError(t, err, "these alarms have the names of ours and watch something else: ct_anomaly Sec all; delete them, then run ct_anomaly setup alarms")
	there, err := alarms.named(ctx)
	require.NoError(t, err)
	require.Len(t, there, 1, "nothing is made beside it")
	require.Equal(t, discern.Check{
		What: "CloudWatch alarms", On: "Sec", Result: "these alarms have the names of ours and watch something else: ct_anomaly Sec all",
		Mend: "delete them, then run ct_anomaly setup alarms",
	}, alarms.Check(ctx)[0])

	_, err = sns.NewFromConfig(cfg).CreateTopic(ctx, &sns.CreateTopicInput{
		Name: aws.String(ownTopic), Tags: []topics.Tag{{Key: aws.String(tagMade), Value: aws.String("by hand")}},
	})
	require.NoError(t, err)
	for _, dryRun := range []bool{true, false} {
		steps, notes, err := alarms.Drop(ctx, dryRun)
		require.NoError(t, err)
		require.Empty(t, steps)
		require.Len(t, notes, 2)
		require.Contains(t, notes[0], `alarm "ct_anomaly Sec all" was not made by ct_anomaly setup alarms, so it is left as it is`)
		require.Contains(t, notes[1], `SNS topic ct-anomaly-alarms was not made by ct_anomaly setup alarms, so it is left as it is`)
	}
	there, err = alarms.named(ctx)
	require.NoError(t, err)
	require.Len(t, there, 1)
}

func TestATopicThatIsThere(t *testing.T) {
	cfg := moto(t, "740000000005", "eu-central-1")
	ctx := t.Context()
	o := AlarmOptions{Config: cfg, Namespace: "Sec", Topic: "arn:aws:sns:eu-central-1:740000000005:pager"}
	_, err := OpenAlarms(o).Setup(ctx, false)
	require.ErrorContains(t, err, "and there is no such topic")
	_, err = sns.NewFromConfig(cfg).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("pager")})
	require.NoError(t, err)
	steps, err := OpenAlarms(o).Setup(ctx, false)
	require.NoError(t, err)
	require.Len(t, steps, 5, "no topic is made")
	require.True(t, strings.HasSuffix(steps[0], "tells "+o.Topic))
	for _, c := range OpenAlarms(o).Check(ctx) {
		require.True(t, c.OK, "%+v", c)
	}
	gone := o
	gone.Topic += "s"
	checks := OpenAlarms(gone).Check(ctx)
	require.False(t, checks[len(checks)-1].OK)
	require.Contains(t, checks[len(checks)-1].Result, "there is no such topic")
	require.Equal(t, "correct alarm_topic_arn", checks[len(checks)-1].Mend)
	steps, _, err = OpenAlarms(o).Drop(ctx, false)
	require.NoError(t, err)
	require.Len(t, steps, 5, "the topic is not ours")

	for topic, says := range map[string]string{
		"pager": "not the ARN of an SNS topic", "arn:aws:sqs:eu-central-1:740000000005:pager": "not the ARN of an SNS topic",
		"arn:aws:sns:eu-central-1:740000000005:pager.fifo": "FIFO", "arn:aws:sns:us-east-1:740000000005:pager": "give one in eu-central-1",
	} {
		o.Topic = topic
		_, err = OpenAlarms(o).Setup(ctx, true)
		require.ErrorContains(t, err, says)
	}
	o.Email = "soc@example.com"
	_, err = OpenAlarms(o).Setup(ctx, true)
	require.ErrorContains(t, err, "either alarm_email")
}

func TestANameThatIsTooLong(t *testing.T) {
	o := AlarmOptions{Config: connect(t, "http://127.0.0.1:1", "eu-central-1").Base(), Namespace: strings.Repeat("n", 240)}
	_, err := OpenAlarms(o).Setup(t.Context(), false)
	require.ErrorContains(t, err, "give a shorter cloudwatch_namespace")
}
