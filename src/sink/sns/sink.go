// Package sns sends anomalies to an SNS topic: one message for each principal of which an account's look tells.
//
// It is a discern.Sink beside the event stream and keeps nothing itself: what the topic did not take stays pending. What it sends begins with the three
// fields of Netflix's cloudtrail-anomaly, so that who reads that tool's messages can read these.
package sns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"cloudtrail_anomaly/src/discern"
)

// A Sink is a topic.
type Sink struct {
	topic  string // its ARN
	client *sns.Client
}

var _ discern.Gatherer = (*Sink)(nil)

// New gives the sink of a topic, by its ARN, which may be of another account and in another region than the config's. It asks nothing of AWS yet.
func New(cfg aws.Config, topic string) *Sink {
	return &Sink{topic, sns.NewFromConfig(cfg, func(o *sns.Options) {
		if parts := strings.Split(topic, ":"); len(parts) > 3 && parts[3] != "" {
			o.Region = parts[3]
		}
	})}
}

// Name implements discern.Sink.
func (*Sink) Name() string { return "sns" }

// Gathers implements discern.Gatherer: a message tells all of a principal.
func (*Sink) Gathers() {}

// What SNS takes at once (Amazon SNS API Reference, PublishBatch).
const (
	mostEntries = 10
	mostBytes   = 256 << 10 // of the messages of a call with their attributes
)

// Send implements discern.Sink. What is suppressed is taken and not sent. Its error is a *discern.Untaken: the anomalies of the messages that the topic
// did not take.
func (s *Sink) Send(ctx context.Context, events []discern.Pending) error {
	messages, unread := pack(events)
	var left discern.Untaken
	if len(unread) > 0 {
		left = discern.Untaken{IDs: unread, Err: errors.New("the stored event is no event; it is given up after 7 days")}
	}
	for len(messages) > 0 {
		n := fit(messages)
		if n == 0 {
			left.IDs, left.Err = append(left.IDs, messages[0].ids...), fmt.Errorf("publish to %s: a message is larger than the 256 KB that SNS takes, even with one anomaly", s.topic)
			messages = messages[1:]
			continue
		}
		untaken, err := s.publish(ctx, messages[:n])
		for _, m := range untaken {
			left.IDs = append(left.IDs, m.ids...)
		}
		if err != nil {
			left.Err = s.said(err)
		}
		messages = messages[n:]
		if len(untaken) == n && (n > 1 || !ofMessage(err)) { // the others would fare no better
			for _, m := range messages {
				left.IDs = append(left.IDs, m.ids...)
			}
			break
		}
	}
	if left.Err == nil {
		return nil
	}
	return &left
}

// fit is how many messages, from the first on, one call can have.
func fit(messages []message) (n int) {
	for size := 0; n < len(messages) && n < mostEntries; n++ {
		if size += messages[n].size(); size > mostBytes {
			break
		}
	}
	return n
}

// publish has the topic take some messages, and gives those it did not take. Where SNS refuses all of them for what may be one's fault, it is found by halves.
func (s *Sink) publish(ctx context.Context, some []message) (untaken []message, err error) {
	out, err := s.client.PublishBatch(ctx, s.batch(some))
	if half := len(some) / 2; half > 0 && ofMessage(err) {
		first, err := s.publish(ctx, some[:half])
		second, other := s.publish(ctx, some[half:])
		return slices.Concat(first, second), cmp.Or(other, err)
	}
	if err != nil {
		return some, err
	}
	for _, f := range out.Failed {
		n, bad := strconv.Atoi(aws.ToString(f.Id))
		if bad != nil || n < 0 || n >= len(some) {
			return some, fmt.Errorf("SNS says that message %q failed, which was not sent", aws.ToString(f.Id))
		}
		untaken = append(untaken, some[n])
		err = &smithy.GenericAPIError{Code: aws.ToString(f.Code), Message: aws.ToString(f.Message)}
	}
	return untaken, err
}

func (s *Sink) batch(some []message) *sns.PublishBatchInput {
	in := &sns.PublishBatchInput{TopicArn: &s.topic}
	for i := range some {
		m := &some[i]
		e := types.PublishBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), Message: aws.String(string(m.body)), Subject: aws.String(m.subject), MessageAttributes: m.attributes}
		if strings.HasSuffix(s.topic, ".fifo") {
			e.MessageGroupId, e.MessageDeduplicationId = aws.String(m.group), aws.String(m.once)
		}
		in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, e)
	}
	return in
}
