package logs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
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
	return s, nil
}
