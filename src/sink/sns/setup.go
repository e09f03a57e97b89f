package sns

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// The tag of a topic that Setup made. Only such a topic is ever dropped.
const (
	tagMade = "ct_anomaly"
	madeBy  = "setup sns"
)

// ErrNotOurs is said of a topic that Setup did not make: it is left as it is.
var ErrNotOurs = errors.New("it was not made by ct_anomaly setup sns, so it is left as it is: delete it yourself, if nobody needs it")

// Setup makes the topic if there is none; a FIFO topic where its name says so. account is the caller's: a topic of another account is made there. It gives
// what was done, or with dryRun would be, a sentence each.
func (s *Sink) Setup(ctx context.Context, account string, dryRun bool) (steps []string, err error) {
	parts := strings.Split(s.topic, ":")
	owner, name := parts[4], parts[5]
	there, err := s.attributes(ctx)
	if account != "" && owner != account && there == nil && (err == nil || awscall.Denied(err)) {
		return nil, fmt.Errorf("topic %s is of account %s, and account %s sees none there: make it there, if it is not, and have its policy allow account %s sns:Publish "+
			"and sns:GetTopicAttributes", s.topic, owner, account, account)
	}
	if err != nil || there != nil {
		return nil, err
	}
	steps = []string{fmt.Sprintf("make topic %s in %s, tag %s=%q; subscribe to it whoever is to be told", name, parts[3], tagMade, madeBy)}
	if dryRun {
		return steps, nil
	}
	in := &sns.CreateTopicInput{Name: &name, Tags: []types.Tag{{Key: aws.String(tagMade), Value: aws.String(madeBy)}}}
	if strings.HasSuffix(name, ".fifo") {
		in.Attributes = map[string]string{"FifoTopic": "true"}
	}
	if _, err := s.client.CreateTopic(ctx, in); err != nil {
		return nil, fmt.Errorf("make topic %s: %w", s.topic, err)
	}
	return steps, nil
}

// Drop deletes the topic, if Setup made it. It gives what was done, or with dryRun would be; "" where there is no topic.
func (s *Sink) Drop(ctx context.Context, dryRun bool) (step string, err error) {
	there, err := s.attributes(ctx)
	if err != nil || there == nil {
		return "", err
	}
	tags, err := s.client.ListTagsForResource(ctx, &sns.ListTagsForResourceInput{ResourceArn: &s.topic})
	if err != nil {
		return "", fmt.Errorf("ask for the tags of topic %s: %w", s.topic, err)
	}
	ours := false
	for _, t := range tags.Tags {
		ours = ours || aws.ToString(t.Key) == tagMade && aws.ToString(t.Value) == madeBy
	}
	if !ours {
		return "", fmt.Errorf("topic %s: %w", s.topic, ErrNotOurs)
	}
	step = fmt.Sprintf("delete topic %s with its subscriptions", s.topic)
	if dryRun {
		return step, nil
	}
	if _, err := s.client.DeleteTopic(ctx, &sns.DeleteTopicInput{TopicArn: &s.topic}); err != nil {
		return "", fmt.Errorf("delete topic %s: %w", s.topic, err)
	}
	return step, nil
}

// Check tells whether the topic is there and somebody is told, for doctor. It publishes nothing.
func (s *Sink) Check(ctx context.Context) discern.Check {
	c := discern.Check{What: "SNS topic", On: s.topic}
	there, err := s.attributes(ctx)
	switch {
	case awscall.Denied(err):
		c.OK, c.Result = true, "not looked at: that needs sns:GetTopicAttributes on the topic, which a run does not (ct_anomaly policy --for setup)"
	case err != nil:
		c.Result, c.Mend = err.Error(), "correct sns_topic_arn"
	case there == nil:
		c.Result, c.Mend = "there is no such topic", "run ct_anomaly setup sns, or correct sns_topic_arn"
	default:
		c.OK, c.Result = true, fmt.Sprintf("%s subscriptions confirmed, %s to be confirmed", there["SubscriptionsConfirmed"], there["SubscriptionsPending"])
	}
	return c
}

// attributes are the topic's, nil where there is none.
func (s *Sink) attributes(ctx context.Context) (map[string]string, error) {
	out, err := s.client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &s.topic})
	var absent *types.NotFoundException
	if errors.As(err, &absent) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at topic %s: %w", s.topic, err)
	}
	return out.Attributes, nil
}
