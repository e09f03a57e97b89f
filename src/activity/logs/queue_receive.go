package logs

import (
	"context"
	"fmt"
	"path"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"cloudtrail_anomaly/src/discern"
)

const (
	longPoll   = 20 * time.Second // the longest that SQS lets a receiver wait
	shortPoll  = time.Second      // which still asks all of SQS's servers
	forLittle  = 15 * time.Second // to put away what came one by one
	receivers  = 8                // side by side, once there is more than one of them is given
	mostAtOnce = 1000             // messages of one piece
)

// collect receives messages until they name files to be read, or none come. Those of files that were looked at before are put away
// meanwhile, however many there are: files that were not may be named behind them.
func (q *Queue) collect(ctx context.Context, p *discern.Piece) error {
	for {
		some, err := q.gather(ctx, p)
		if err != nil || !some || q.brings(p) {
			return err
		}
	}
}

// brings tells whether a piece has anything to say.
func (q *Queue) brings(p *discern.Piece) bool { return len(q.queue)+len(p.Bad)+len(p.Skipped) > 0 }

// gather receives messages until the queue is empty, or there are enough for a piece, and queues the files that they name. It tells whether
// there were any.
func (q *Queue) gather(ctx context.Context, p *discern.Piece) (some bool, err error) {
	q.files, q.queue, q.again, q.left, q.messages = q.files[:0], q.queue[:0], nil, nil, q.messages[:0]
	clear(q.told)
	if q.over(ctx) {
		return false, nil
	}
	if q.holding.timeout == 0 {
		if q.holding.timeout, err = visibility(ctx, q.client, q.URL); err != nil {
			return false, err
		}
	}
	q.holding.begin(ctx)
	seen := map[string]bool{}
	for full := false; len(seen) < mostAtOnce && !q.over(ctx); {
		messages, err := q.receive(ctx, full, len(seen) > 0)
		if err != nil {
			return false, err
		}
		if len(messages) == 0 {
			q.caughtUp = true
			if len(seen) > 0 || q.now().Sub(q.opened) >= q.Wait {
				break
			}
			continue
		}
		full = len(messages) >= batch
		for i := range messages {
			m := &messages[i]
			id := aws.ToString(m.MessageId)
			q.holding.add(id, aws.ToString(m.ReceiptHandle))
			if !seen[id] { // it can come twice, though it is held
				seen[id] = true
				q.file(id, aws.ToString(m.Body), p)
			}
		}
	}
	q.received = q.received || len(seen) > 0
	return len(seen) > 0, q.settle(ctx)
}

// over tells whether the run's time is: what is received late can't be put away in time, and would only wait for its next turn. A queue that was found
// empty is received from almost to the end, since little comes at once then: an input of which the next run begins soon leaves no gap of minutes.
func (q *Queue) over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	reserve := deadline.Sub(q.opened) / 5
	if q.caughtUp {
		reserve = min(reserve, forLittle)
	}
	return ok && deadline.Sub(q.now()) < reserve
}

// receive asks once, or several times side by side. It waits for messages only while there are none.
func (q *Queue) receive(ctx context.Context, full, some bool) ([]types.Message, error) {
	wait, n := longPoll, 1
	if q.received || some {
		wait = shortPoll
	}
	if left := q.Wait - q.now().Sub(q.opened); !some && left > 0 {
		wait = min(max(left, shortPoll), longPoll)
	}
	if deadline, ok := ctx.Deadline(); ok {
		wait = max(min(wait, deadline.Sub(q.now())/2), 0)
	}
	if full {
		n = receivers
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	var messages []types.Message
	var failed error
	for range n {
		all.Go(func() {
			out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &q.URL, MaxNumberOfMessages: batch,
				WaitTimeSeconds: int32(wait / time.Second), VisibilityTimeout: seconds(q.holding.timeout)})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = fmt.Errorf("receive messages from queue %s: %w", q.URL, err)
				return
			}
			messages = append(messages, out.Messages...)
		})
	}
	all.Wait()
	if len(messages) > 0 {
		return messages, nil // what is amiss is met again
	}
	return nil, failed
}

// file notes the files that a message names.
func (q *Queue) file(id, text string, p *discern.Piece) {
	notices, err := noticesIn(text)
	if err != nil {
		q.holding.letGo(id)
		p.Bad = append(p.Bad, discern.BadFile{Path: "message " + id, Fault: err.Error() + "; it stays on the queue"})
		return
	}
	m := message{id: id}
	for _, n := range notices {
		if path := q.wanted(&n, p); path != "" {
			m.paths = append(m.paths, path)
		}
	}
	if len(notices) == 0 {
		p.Skipped["message that names no log file"]++
	}
	q.messages = append(q.messages, m)
}

// wanted is the path of a file that is to be read, and notes it; it is empty for any other.
func (q *Queue) wanted(n *notice, p *discern.Piece) string {
	if kind := sidecar(n.key); kind != "" {
		p.Skipped[kind]++
		return ""
	}
	if !logFile(path.Base(n.key)) || n.bucket == "" {
		p.Skipped["not .json or .json.gz"]++
		return ""
	}
	at := pathOf(n.bucket, n.key)
	if _, twice := q.told[at]; twice {
		return at
	}
	f := logfile{File: discern.File{Path: at, Size: n.size, Modified: n.at}, label: labelOf(n.key)}
	q.found.Files++
	if !q.asked(f.label) {
		q.found.Others++
		discern.FileNotAsked(p.Skipped, f.account)
		return ""
	}
	if f.delivered == 0 {
		f.delivered = q.now().Unix()
		if n.at != 0 {
			f.delivered = n.at / int64(time.Second)
		}
	}
	q.objects.in(n.bucket, n.region)
	q.told[at] = f.File
	q.files = append(q.files, f)
	return at
}

// settle leaves out the files that were looked at, deletes the messages that name no others, and queues the rest.
func (q *Queue) settle(ctx context.Context) error {
	known, err := q.unread(ctx, q.Ledger)
	if err != nil {
		return err
	}
	q.found.Known += known
	q.enqueue()
	q.remember()
	q.weigh()
	return q.putAway(ctx)
}
