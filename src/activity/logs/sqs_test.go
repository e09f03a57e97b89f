package logs_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A queue is SQS's side of it: what is received is out of sight until it is deleted or its time is over, by the test's own clock.
type queue struct {
	messages []queued
	clock    time.Time
	extended int // messages, by ChangeMessageVisibilityBatch
	policy   string
}

type queued struct {
	id, body, receipt string
	seen              int
	until             time.Time // out of sight
}

const aQueue = "https://sqs.eu-west-1.amazonaws.com/111122223333/trail"

// send puts a message on the queue.
func (c *cloud) send(id, body string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue.messages = append(c.queue.messages, queued{id: id, body: body})
}

// onQueue are the ids of the messages that were not deleted.
func (c *cloud) onQueue() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := []string{}
	for _, m := range c.queue.messages {
		ids = append(ids, m.id)
	}
	return ids
}

// pass lets time pass for the queue.
func (c *cloud) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue.clock = c.queue.clock.Add(d)
}

func (c *cloud) serveQueue(w http.ResponseWriter, r *http.Request, operation string) {
	var in struct {
		QueueURL            string `json:"QueueUrl"`
		MaxNumberOfMessages int
		VisibilityTimeout   int
		Entries             []struct {
			ID                string `json:"Id"`
			ReceiptHandle     string
			VisibilityTimeout int
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if in.QueueURL != aQueue {
		w.Header().Set("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"there is no such queue"}`)
		return
	}
	q := &c.queue
	out := map[string]any{}
	switch operation {
	case "GetQueueAttributes":
		out["Attributes"] = map[string]string{"VisibilityTimeout": "60", "Policy": q.policy}
	case "ReceiveMessage":
		out["Messages"] = q.receive(in.MaxNumberOfMessages, in.VisibilityTimeout)
	case "DeleteMessageBatch", "ChangeMessageVisibilityBatch":
		done := []map[string]string{}
		for _, e := range in.Entries {
			if operation == "DeleteMessageBatch" {
				q.messages = slices.DeleteFunc(q.messages, func(m queued) bool { return m.receipt == e.ReceiptHandle })
			} else {
				q.extended++
			}
			done = append(done, map[string]string{"Id": e.ID})
		}
		out["Successful"], out["Failed"] = done, []string{}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (q *queue) receive(most, hidden int) []map[string]string {
	given := []map[string]string{}
	for i := range q.messages {
		m := &q.messages[i]
		if len(given) == most || m.until.After(q.clock) {
			continue
		}
		m.seen++
		m.receipt = fmt.Sprintf("%s-%d", m.id, m.seen)
		m.until = q.clock.Add(time.Duration(hidden) * time.Second)
		sum := md5.Sum([]byte(m.body))
		given = append(given, map[string]string{"MessageId": m.id, "ReceiptHandle": m.receipt, "Body": m.body, "MD5OfBody": hex.EncodeToString(sum[:])})
	}
	return given
}
