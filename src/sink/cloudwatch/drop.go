package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	topics "github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// mostDeleted is how many alarms one call deletes.
const mostDeleted = 100

// Drop deletes the alarms of the namespace that Setup made, those of rules that there are no more included, and the topic that it made once no other alarm
// tells it. It gives what was done, or with dryRun would be, and notes of what has our names and is left, as it is not Setup's. The metric's data can't
// be deleted: CloudWatch forgets it after 15 months.
func (a *Alarms) Drop(ctx context.Context, dryRun bool) (steps, notes []string, err error) {
	there, err := a.named(ctx)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(there)) {
		ours, err := a.made(ctx, there[name].AlarmArn)
		if err != nil {
			return nil, notes, err
		}
		if !ours {
			notes = append(notes, fmt.Sprintf("alarm %q was not made by ct_anomaly setup alarms, so it is left as it is: delete it yourself, if nobody needs it", name))
			continue
		}
		names = append(names, name)
	}
	for batch := range slices.Chunk(names, mostDeleted) {
		if !dryRun {
			if _, err := a.alarms.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: batch}); err != nil {
				return steps, notes, fmt.Errorf("delete the CloudWatch alarms of %s in %s: %w", a.o.Namespace, a.region, err)
			}
		}
		for _, name := range batch {
			steps = append(steps, fmt.Sprintf("delete alarm %q in %s", name, a.region))
		}
	}
	step, note, err := a.dropTopic(ctx, names, dryRun)
	if step != "" {
		steps = append(steps, step)
	}
	if note != "" {
		notes = append(notes, note)
	}
	return steps, notes, err
}

// made tells whether an alarm has the tag that Setup gives. One that is gone meanwhile has not.
func (a *Alarms) made(ctx context.Context, alarm *string) (bool, error) {
	out, err := a.alarms.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: alarm})
	if gone := (*types.ResourceNotFoundException)(nil); errors.As(err, &gone) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the tags of a CloudWatch alarm in %s: %w", a.region, err)
	}
	return slices.ContainsFunc(out.Tags, func(t types.Tag) bool { return aws.ToString(t.Key) == tagMade && aws.ToString(t.Value) == madeBy }), nil
}

// dropTopic deletes our own topic, if Setup made it and no alarm but those that are deleted tells it.
func (a *Alarms) dropTopic(ctx context.Context, deleted []string, dryRun bool) (step, note string, err error) {
	topic, err := a.own(ctx)
	if err != nil {
		return "", "", err
	}
	there, err := a.exists(ctx, topic)
	if err != nil || !there {
		return "", "", err
	}
	out, err := a.topics.ListTagsForResource(ctx, &sns.ListTagsForResourceInput{ResourceArn: &topic})
	if err != nil {
		return "", "", fmt.Errorf("look at the tags of the SNS topic %s: %w", topic, err)
	}
	if !slices.ContainsFunc(out.Tags, func(t topics.Tag) bool { return aws.ToString(t.Key) == tagMade && aws.ToString(t.Value) == madeBy }) {
		return "", fmt.Sprintf("SNS topic %s was not made by ct_anomaly setup alarms, so it is left as it is: delete it yourself, if nobody needs it", ownTopic), nil
	}
	var others []string
	err = a.describe(ctx, &cloudwatch.DescribeAlarmsInput{ActionPrefix: &topic}, func(m types.MetricAlarm) {
		if name := aws.ToString(m.AlarmName); !slices.Contains(deleted, name) {
			others = append(others, fmt.Sprintf("%q", name))
		}
	})
	if err != nil {
		return "", "", err
	}
	if len(others) > 0 {
		return "", fmt.Sprintf("SNS topic %s is left, as other alarms tell it: %s", ownTopic, strings.Join(others, ", ")), nil
	}
	step = fmt.Sprintf("delete SNS topic %s in %s with its subscriptions", ownTopic, a.region)
	if dryRun {
		return step, "", nil
	}
	if _, err := a.topics.DeleteTopic(ctx, &sns.DeleteTopicInput{TopicArn: &topic}); err != nil {
		return "", "", fmt.Errorf("delete the SNS topic %s: %w", topic, err)
	}
	return step, "", nil
}
