package logs

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// batch is how many messages SQS takes, or gives, in one call.
const batch = 10

// A holding keeps messages from other receivers while they are worked on: each third of the queue's visibility timeout it asks for another
// whole one. A message that is let go comes again when its time is over.
type holding struct {
	client  *sqs.Client
	url     string
	timeout time.Duration // of visibility

	mu   sync.Mutex
	held map[string]string // receipts by message id
	stop context.CancelFunc
	err  error // by which SQS would not let them be held
}

// begin holds what is added from now on, until the context or the holding ends.
func (h *holding) begin(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		h.stop() // nothing is held by now
	}
	ctx, h.stop = context.WithCancel(ctx)
	go h.keep(ctx)
}

func (h *holding) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		h.stop()
	}
	h.stop = nil
}

func (h *holding) keep(ctx context.Context) {
	tick := time.NewTicker(max(h.timeout/3, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := h.extend(ctx); err != nil && ctx.Err() == nil {
				h.mu.Lock()
				h.err = err
				h.mu.Unlock()
			}
		}
	}
}

func (h *holding) extend(ctx context.Context) error {
	h.mu.Lock()
	var entries []types.ChangeMessageVisibilityBatchRequestEntry
	for _, receipt := range h.held {
		entries = append(entries, types.ChangeMessageVisibilityBatchRequestEntry{
			Id: aws.String(strconv.Itoa(len(entries))), ReceiptHandle: aws.String(receipt), VisibilityTimeout: seconds(h.timeout),
		})
	}
	h.mu.Unlock()
	for len(entries) > 0 {
		n := min(batch, len(entries))
		if _, err := h.client.ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &h.url, Entries: entries[:n]}); err != nil {
			return fmt.Errorf("hold messages of queue %s: %w", h.url, err) // a single message that is refused comes again, which does no harm
		}
		entries = entries[n:]
	}
	return nil
}

func seconds(d time.Duration) int32 { return int32((d + time.Second - 1) / time.Second) }

func (h *holding) add(id, receipt string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held[id] = receipt
}

// letGo lets a message come again.
func (h *holding) letGo(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, id)
}

// fault is what was amiss with holding since it was last asked.
func (h *holding) fault() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.err
	h.err = nil
	return err
}

// remove deletes messages from the queue. One that SQS does not delete after all comes again; its files are known then.
func (h *holding) remove(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		n := min(batch, len(ids))
		entries := make([]types.DeleteMessageBatchRequestEntry, n)
		h.mu.Lock()
		for i, id := range ids[:n] {
			entries[i] = types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(h.held[id])}
		}
		h.mu.Unlock()
		if _, err := h.client.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &h.url, Entries: entries}); err != nil {
			return fmt.Errorf("delete messages that were read from queue %s: %w", h.url, err)
		}
		for _, id := range ids[:n] {
			h.letGo(id)
		}
		ids = ids[n:]
	}
	return nil
}
