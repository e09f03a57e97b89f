package cloudwatch

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The tag of what Setup made. Only what has it is ever deleted.
const (
	tagMade = "ct_anomaly"
	madeBy  = "setup alarms"
)

// Setup makes the alarms that are missing, and the topic and the subscription by which they tell alarm_email. An alarm that is there keeps all that was
// changed of it, but that it tells the topic too. Setup gives what was done, or with dryRun would be, a sentence each; none where nothing was missing.
func (a *Alarms) Setup(ctx context.Context, dryRun bool) (steps []string, err error) {
	watches, err := a.watches()
	if err != nil {
		return nil, err
	}
	there, err := a.named(ctx)
	if err != nil {
		return nil, err
	}
	var others []string
	for _, w := range watches {
		if m, is := there[w.name]; is && !w.on(&m, a.o.Namespace) {
			others = append(others, w.name)
		}
	}
	if len(others) > 0 {
		return nil, fmt.Errorf("%s; delete them, then run ct_anomaly setup alarms", strangers(others))
	}
	topic, steps, err := a.setTopicUp(ctx, dryRun)
	if err != nil {
		return steps, err
	}
	for _, w := range watches {
		m, is := there[w.name]
		in, step := a.make(w, topic), fmt.Sprintf("make alarm %q in %s: Sum of %s (%s) in %s >= %d in %d s, %s",
			w.name, a.region, Metric, w.part.of(), a.o.Namespace, threshold, period, tells(topic))
		switch {
		case is && (topic == "" || slices.Contains(m.AlarmActions, topic)):
			continue
		case is:
			in, step = telling(&m, topic), fmt.Sprintf("let alarm %q tell %s", w.name, topic)
		}
		if !dryRun {
			if _, err := a.alarms.PutMetricAlarm(ctx, in); err != nil {
				return steps, fmt.Errorf("make the CloudWatch alarm %q in %s: %w", aws.ToString(in.AlarmName), a.region, wrongValue(err))
			}
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func tells(topic string) string {
	if topic == "" {
		return "tells nobody (neither alarm_email nor alarm_topic_arn is given)"
	}
	return "tells " + topic
}
