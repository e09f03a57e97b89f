package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// ErrNoQueue is wrapped by the error that says that SQS knows no such queue, or none that the caller may see.
var ErrNoQueue = errors.New("there is no such queue")

// A QueueState is what SQS tells of a queue. Its numbers of messages are approximate.
type QueueState struct {
	Waiting, Held int           // messages that can be taken, and those that somebody has
	Hidden        time.Duration // how long a message that was taken is kept from others
	Kept          time.Duration // how long a message that nobody deletes stays
	DeadLetters   string        // ARN of the queue for messages that were taken too often; "" for none
	Receipts      int           // how often that is
	Senders       []string      // principals that the queue's policy lets send to it, such as s3.amazonaws.com
}

// ProbeQueue looks whether a queue is there and may be asked; it takes nothing from it. Its errors begin with "logs:".
func ProbeQueue(ctx context.Context, cfg aws.Config, url string) (QueueState, error) {
	url = queueURL(url)
	out, err := newQueueClient(cfg, url).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll}})
	var none *types.QueueDoesNotExist
	switch {
	case errors.As(err, &none):
		return QueueState{}, fmt.Errorf("logs: %w: SQS knows none at %s", ErrNoQueue, url)
	case err != nil:
		return QueueState{}, fmt.Errorf("logs: ask queue %s for its attributes: %w", url, err)
	}
	number := func(name types.QueueAttributeName) int {
		n, _ := strconv.Atoi(out.Attributes[string(name)]) // 0 where SQS does not say
		return n
	}
	s := QueueState{
		Waiting: number(types.QueueAttributeNameApproximateNumberOfMessages), Held: number(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible),
		Hidden: time.Duration(number(types.QueueAttributeNameVisibilityTimeout)) * time.Second,
		Kept:   time.Duration(number(types.QueueAttributeNameMessageRetentionPeriod)) * time.Second,
	}
	var redrive struct {
		Target   string      `json:"deadLetterTargetArn"`
		Receipts json.Number `json:"maxReceiveCount"` // written as a number or as text, as it was set
	}
	if json.Unmarshal([]byte(out.Attributes[string(types.QueueAttributeNameRedrivePolicy)]), &redrive) == nil {
		s.DeadLetters = redrive.Target
		s.Receipts, _ = strconv.Atoi(redrive.Receipts.String())
	}
	s.Senders = sendersOf(out.Attributes[string(types.QueueAttributeNamePolicy)])
	return s, nil
}

// sendersOf are the principals that a queue's policy lets send to it, each once. A policy that can't be read names none.
func sendersOf(policy string) []string {
	var p struct{ Statement oneOrMore[grant] }
	if json.Unmarshal([]byte(policy), &p) != nil {
		return nil
	}
	var all []string
	for _, g := range p.Statement {
		sends := slices.ContainsFunc(g.Action, func(a string) bool {
			return slices.Contains([]string{"*", "sqs:*", "sqs:sendmessage", "sqs:send*"}, strings.ToLower(a))
		})
		if g.Effect == "Allow" && sends {
			all = append(all, g.Principal...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A grant is a statement of a policy (IAM User Guide, "IAM JSON policy elements reference").
type grant struct {
	Effect    string
	Principal principals
	Action    oneOrMore[string]
}

// principals are those of a statement, of all kinds.
type principals []string

func (p *principals) UnmarshalJSON(data []byte) error {
	var kinds map[string]oneOrMore[string]
	if json.Unmarshal(data, &kinds) != nil {
		return json.Unmarshal(data, (*oneOrMore[string])(p)) // "*"
	}
	for _, names := range kinds {
		*p = append(*p, names...)
	}
	return nil
}

// oneOrMore is a list that a policy may write as its only element.
type oneOrMore[T any] []T

func (l *oneOrMore[T]) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("[")) {
		return json.Unmarshal(data, (*[]T)(l))
	}
	*l = make([]T, 1)
	return json.Unmarshal(data, &(*l)[0])
}
