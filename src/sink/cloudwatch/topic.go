package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"cloudtrail_anomaly/src/awscall"
)

// ownTopic is the name of the topic that Setup makes. The alarms of all namespaces of an account and region share it. It is not encrypted, as CloudWatch
// can't publish to one that is by SNS's own key; what it carries are names of alarms.
const ownTopic = "ct-anomaly-alarms"

// setTopicUp gives the topic that the alarms are to tell, "" where nobody is to be told.
func (a *Alarms) setTopicUp(ctx context.Context, dryRun bool) (topic string, steps []string, err error) {
	switch {
	case a.o.Topic != "" && a.o.Email != "":
		return "", nil, errors.New("give either alarm_email, for which a topic is made, or alarm_topic_arn, that of a topic that is there")
	case a.o.Topic != "":
		return a.o.Topic, nil, a.usable(ctx)
	case a.o.Email == "":
		return "", nil, nil
	}
	if topic, err = a.own(ctx); err != nil {
		return "", nil, err
	}
	there, err := a.exists(ctx, topic)
	if err != nil {
		return "", nil, err
	}
	subscribed := ""
	if there {
		if subscribed, err = a.subscription(ctx, topic); err != nil {
			return "", nil, err
		}
	} else {
		if !dryRun {
			if err := a.createTopic(ctx); err != nil {
				return "", nil, err
			}
		}
		steps = append(steps, fmt.Sprintf("make SNS topic %s in %s, tag %s=%q", ownTopic, a.region, tagMade, madeBy))
	}
	if subscribed == "" {
		if !dryRun {
			if err := a.subscribe(ctx, topic); err != nil {
				return topic, steps, err
			}
		}
		steps = append(steps, fmt.Sprintf("subscribe %s to SNS topic %s: AWS sends a mail there, and no alarm comes before its link was opened", a.o.Email, ownTopic))
	}
	return topic, steps, nil
}

// usable tells whether alarms can tell the topic that was given. One of another account may well refuse to be looked at.
func (a *Alarms) usable(ctx context.Context) error {
	name, err := arn.Parse(a.o.Topic)
	switch {
	case err != nil || name.Service != "sns":
		return fmt.Errorf("alarm_topic_arn: the alarms are to tell %q, which is not the ARN of an SNS topic", a.o.Topic)
	case strings.HasSuffix(name.Resource, ".fifo"):
		return fmt.Errorf("alarm_topic_arn: the alarms are to tell %s, and CloudWatch alarms can't tell a FIFO topic: give a standard one", a.o.Topic)
	case name.Region != a.region:
		return fmt.Errorf("alarm_topic_arn: the alarms are to tell %s, and CloudWatch alarms tell topics of their own region only: give one in %s", a.o.Topic, a.region)
	}
	there, err := a.exists(ctx, a.o.Topic)
	if err != nil && !awscall.Denied(err) {
		return err
	}
	if err == nil && !there {
		return fmt.Errorf("alarm_topic_arn: the alarms are to tell %s, and there is no such topic", a.o.Topic)
	}
	return nil
}

// own is the ARN of our own topic, whether it is there or not.
func (a *Alarms) own(ctx context.Context) (string, error) {
	out, err := a.who.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", fmt.Errorf("find whose account the alarms' topic is in: %w", err)
	}
	caller, err := arn.Parse(aws.ToString(out.Arn))
	if err != nil {
		return "", fmt.Errorf("find whose account the alarms' topic is in: STS answered %q: %w", aws.ToString(out.Arn), err)
	}
	topic := arn.ARN{Partition: caller.Partition, Service: "sns", Region: a.region, AccountID: aws.ToString(out.Account), Resource: ownTopic}
	return topic.String(), nil
}

func (a *Alarms) exists(ctx context.Context, topic string) (bool, error) {
	_, err := a.topics.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &topic})
	if absent := (*types.NotFoundException)(nil); errors.As(err, &absent) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the SNS topic %s: %w", topic, err)
	}
	return true, nil
}

func (a *Alarms) createTopic(ctx context.Context) error {
	_, err := a.topics.CreateTopic(ctx, &sns.CreateTopicInput{
		Name: aws.String(ownTopic),
		Tags: []types.Tag{{Key: aws.String(tagMade), Value: aws.String(madeBy)}},
	})
	if err != nil {
		return fmt.Errorf("make the SNS topic %s in %s: %w", ownTopic, a.region, err)
	}
	return nil
}

func (a *Alarms) subscribe(ctx context.Context, topic string) error {
	_, err := a.topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: &topic, Protocol: aws.String(mail), Endpoint: &a.o.Email})
	if err != nil {
		return fmt.Errorf("subscribe alarm_email to the SNS topic %s: %w", topic, err)
	}
	return nil
}

const (
	mail    = "email"
	pending = "PendingConfirmation" // stands for the ARN of a subscription whose mail was not answered yet
)

// subscription is that of alarm_email: its ARN, pending, or "".
func (a *Alarms) subscription(ctx context.Context, topic string) (string, error) {
	for pages := sns.NewListSubscriptionsByTopicPaginator(a.topics, &sns.ListSubscriptionsByTopicInput{TopicArn: &topic}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("look at the subscriptions of the SNS topic %s: %w", topic, err)
		}
		for _, s := range page.Subscriptions {
			if aws.ToString(s.Protocol) == mail && strings.EqualFold(aws.ToString(s.Endpoint), a.o.Email) && aws.ToString(s.SubscriptionArn) != "Deleted" {
				return aws.ToString(s.SubscriptionArn), nil
			}
		}
	}
	return "", nil
}
