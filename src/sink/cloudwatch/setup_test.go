package cloudwatch

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/stretchr/testify/require"
)

func TestSetupMakesWhatIsMissingAndDropDeletesIt(t *testing.T) {
	cfg := moto(t, "740000000002", "us-gov-west-1")
	ctx := t.Context()
	o := AlarmOptions{Config: cfg, Namespace: "Sec", Rules: []string{"log_deletion"}, Email: "soc@example.com"}
	alarms := OpenAlarms(o)
	const topic = "arn:aws-us-gov:sns:us-gov-west-1:740000000002:ct-anomaly-alarms"

	would, err := alarms.Setup(ctx, true)
	require.NoError(t, err)
	there, err := alarms.named(ctx)
	require.NoError(t, err)
	require.Empty(t, there, "a dry run makes nothing")
	done, err := alarms.Setup(ctx, false)
	require.NoError(t, err)
	require.Equal(t, would, done)
	require.Equal(t, []string{
		`make SNS topic ct-anomaly-alarms in us-gov-west-1, tag ct_anomaly="setup alarms"`,
		`subscribe soc@example.com to SNS topic ct-anomaly-alarms: AWS sends a mail there, and no alarm comes before its link was opened`,
		`make alarm "ct_anomaly Sec all" in us-gov-west-1: Sum of AnomaliesDetected (all) in Sec >= 1 in 60 s, tells ` + topic,
	}, done[:3])
	const made = `make alarm "ct_anomaly Sec rule log_deletion" in us-gov-west-1: Sum of AnomaliesDetected (Rule=log_deletion) in Sec >= 1 in 60 s, tells `
	require.Equal(t, made+topic, done[7])
	require.Len(t, done, 8)
	for _, dryRun := range []bool{true, false} {
		steps, err := alarms.Setup(ctx, dryRun)
		require.NoError(t, err)
		require.Empty(t, steps, "what is there is not made again")
	}

	// A rule that is new, in a version to come; and another namespace, whose name begins with ours.
	o.Rules = []string{"log_deletion", "stop_logging"}
	steps, err := OpenAlarms(o).Setup(ctx, false)
	require.NoError(t, err)
	require.Len(t, steps, 1)
	o.Namespace, o.Rules = "Sec/CloudTrail", nil
	other := OpenAlarms(o)
	steps, err = other.Setup(ctx, false)
	require.NoError(t, err)
	require.Len(t, steps, 5, "the topic is shared")

	would, notes, err := alarms.Drop(ctx, true)
	require.NoError(t, err)
	require.Len(t, would, 7, "also of a rule that this version does not know")
	require.Contains(t, strings.Join(notes, "\n"), "SNS topic ct-anomaly-alarms is left, as other alarms tell it: \"ct_anomaly Sec/CloudTrail all\"")
	done, _, err = alarms.Drop(ctx, false)
	require.NoError(t, err)
	require.Equal(t, would, done)
	there, err = other.named(ctx)
	require.NoError(t, err)
	require.Len(t, there, 5, "another namespace's are left alone")

	done, notes, err = other.Drop(ctx, false)
	require.NoError(t, err)
	require.Empty(t, notes)
	require.Len(t, done, 6)
	require.Equal(t, "delete SNS topic ct-anomaly-alarms in us-gov-west-1 with its subscriptions", done[5])
	for _, dryRun := range []bool{true, false} {
		done, notes, err = other.Drop(ctx, dryRun)
		require.NoError(t, err)
		require.Empty(t, done)
		require.Empty(t, notes)
	}
	rest, err := sns.NewFromConfig(cfg).ListTopics(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, rest.Topics)
}

// What was changed of an alarm is kept; who gives an address later has it told to the alarms that are there.
func TestAnAlarmKeepsWhatWasChanged(t *testing.T) {
	cfg := moto(t, "740000000003", "eu-central-1")
	ctx, client := t.Context(), sdk.NewFromConfig(cfg)
	o := AlarmOptions{Config: cfg, Namespace: "Sec"}
	steps, err := OpenAlarms(o).Setup(ctx, false)
	require.NoError(t, err)
	require.Len(t, steps, 5)
	require.True(t, strings.HasSuffix(steps[0], "tells nobody (neither alarm_email nor alarm_topic_arn is given)"), steps[0])

	alarms := OpenAlarms(o)
	there, err := alarms.named(ctx)
	require.NoError(t, err)
	m := there["ct_anomaly Sec all"]
	changed := telling(&m, "arn:aws:sns:eu-central-1:740000000003:pager")
	changed.Threshold, changed.ActionsEnabled, changed.DatapointsToAlarm = aws.Float64(5), aws.Bool(false), aws.Int32(1)
	changed.OKActions = changed.AlarmActions
	_, err = client.PutMetricAlarm(ctx, changed)
	require.NoError(t, err)

	o.Email = "soc@example.com"
	alarms = OpenAlarms(o)
	steps, err = alarms.Setup(ctx, false)
	require.NoError(t, err)
	const topic = "arn:aws:sns:eu-central-1:740000000003:ct-anomaly-alarms"
	require.Contains(t, steps, `let alarm "ct_anomaly Sec all" tell `+topic)
	require.Len(t, steps, 2+5)
	there, err = alarms.named(ctx)
	require.NoError(t, err)
	m = there["ct_anomaly Sec all"]
	require.Equal(t, []string{"arn:aws:sns:eu-central-1:740000000003:pager", topic}, m.AlarmActions)
	require.Equal(t, []any{5.0, false, int32(1), changed.OKActions}, []any{*m.Threshold, *m.ActionsEnabled, *m.DatapointsToAlarm, m.OKActions})
	steps, err = alarms.Setup(ctx, false)
	require.NoError(t, err)
	require.Empty(t, steps)
	checks := alarms.Check(ctx)
	require.True(t, checks[0].OK, "%+v", checks[0])
	require.Equal(t, "5 are there, 0 of them raised now; 1 tell nobody", checks[0].Result)
}
