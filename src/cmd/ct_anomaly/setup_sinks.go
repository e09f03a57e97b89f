package main

import (
	"context"

	"cloudtrail_anomaly/src/settings"
)

func setupSNS() command {
	return setupCommand("setup sns", "make the topic that anomalies are sent to", `The topic is made in the region and with the name of its ARN; one that ends in .fifo is a FIFO topic. Who is to be told subscribes to it: this makes no
subscription. A topic that is there stays as it is; one of another account is made there.`,
		[]string{"ct_anomaly setup sns --sns-topic-arn arn:aws:sns:eu-west-1:111122223333:anomalies"},
		append([]string{"sns_topic_arn"}, without(storing(), "dynamo_table_name")...),
		func(set *settings.Settings) error {
			if set.SNSTopicARN == "" {
				return usagef("setup sns: give the topic: --sns-topic-arn arn:aws:sns:REGION:ACCOUNT:NAME (sns_topic_arn; in config.yml aws.snsTopicArn)")
			}
			return nil
		},
		func(ctx context.Context, d *door, o *options, e *estate) error { return d.setTopicUp(ctx, o, e) })
}

func (d *door) setTopicUp(ctx context.Context, o *options, e *estate) error {
	steps, err := e.topic().Setup(ctx, e.who.Account, o.dryRun)
	d.steps(o, steps, err, "the topic is there")
	return err
}

func setupAlarms() command {
	return setupCommand("setup alarms", "make the alarms over the count of anomalies", `One alarm over all anomalies, one for each anomaly type and each rule: each goes off when the count of a minute is at least 1. With --alarm-email a topic
is made for them and that address subscribed to it; whoever reads it confirms that once. With --alarm-topic-arn they tell a topic that is there.`,
		[]string{"ct_anomaly setup alarms --cloudwatch-namespace CloudTrailAnomaly --alarm-email soc@example.com"},
		append(append(locating(), "cloudwatch_namespace", "alarm_email", "alarm_topic_arn"), without(storing(), "dynamo_table_name")...),
		func(set *settings.Settings) error {
			if set.CloudWatchNamespace == "" {
				return usagef("setup alarms: give the namespace that anomalies are counted in: --cloudwatch-namespace NAMESPACE (cloudwatch_namespace; in config.yml aws.cloudwatchNamespace)")
			}
			return nil
		},
		func(ctx context.Context, d *door, o *options, e *estate) error { return d.setAlarmsUp(ctx, o, e) })
}

func (d *door) setAlarmsUp(ctx context.Context, o *options, e *estate) error {
	if err := e.find(ctx); err != nil { // they are in the region of the bucket, unless another is given
		return err
	}
	if err := e.somewhere("setup alarms", "the alarms are to be"); err != nil {
		return err
	}
	steps, err := e.alarms().Setup(ctx, o.dryRun)
	d.steps(o, steps, err, "the alarms are there, as they should be")
	return err
}
