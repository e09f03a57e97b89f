package cloud

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// QueueURL is where the queue is that tells of the trail's files.
const QueueURL = URL + "/" + Management + "/trail"

// A Queue is an SQS with one standard queue: it gives messages in no order, those that were received again when their time is over, and some
// also though they were deleted. Its methods are safe for use by many goroutines.
type Queue struct {
	Seed   uint64        // of the order, of what is deleted in vain and of what is refused
	Hidden time.Duration // the visibility timeout; 0: half a minute

	mu       sync.Mutex
	messages []*message
	sent     int
}

type message struct {
	id, body string
	until    time.Time // out of sight
	given    int       // how often; the receipt of the last time counts
	vain     bool      // it was deleted, and is there again
}

// keeps is for how long SQS can keep a message.
const keeps = 14 * 24 * time.Hour

// Send puts a message on the queue.
func (q *Queue) Send(body string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sent++
	m := &message{id: fmt.Sprintf("message-%d", q.sent), body: body}
	q.messages = append(q.messages, m)
	time.AfterFunc(keeps, func() { q.remove(func(of *message) bool { return of == m }) })
}

// Waiting is how many messages are on the queue, in sight or not.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.messages)
}

func (q *Queue) remove(which func(*message) bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = slices.DeleteFunc(q.messages, which)
}

// dice are those of one thing that befalls a message: the same ones, whatever befalls others.
func (q *Queue) dice(what string, m *message) *rand.Rand {
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%s %s %d", what, m.id, m.given)
	return rand.New(rand.NewPCG(q.Seed, sum.Sum64()))
}

func (m *message) receipt() string { return fmt.Sprintf("%s-%d", m.id, m.given) }

// ServeHTTP speaks SQS's JSON protocol.
func (q *Queue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds int
		Entries                                                 []entry
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	out := map[string]any{}
	switch operation(r) {
	case "GetQueueAttributes":
		out["Attributes"] = map[string]string{"VisibilityTimeout": fmt.Sprint(int(q.hidden() / time.Second))}
	case "ReceiveMessage":
		given := q.receive(in.MaxNumberOfMessages, time.Duration(in.VisibilityTimeout)*time.Second)
		for waited := 0; len(given) == 0 && waited < in.WaitTimeSeconds; waited++ {
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
				return
			}
			given = q.receive(in.MaxNumberOfMessages, time.Duration(in.VisibilityTimeout)*time.Second)
		}
		out["Messages"] = given
	case "DeleteMessageBatch":
		out["Successful"], out["Failed"] = q.each(in.Entries, (*Queue).deleted)
	case "ChangeMessageVisibilityBatch":
		out["Successful"], out["Failed"] = q.each(in.Entries, (*Queue).held)
	default:
		w.WriteHeader(http.StatusBadRequest)
		out["__type"] = "com.amazonaws.sqs#UnsupportedOperation"
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (q *Queue) hidden() time.Duration { return cmp.Or(q.Hidden, 30*time.Second) }

// receive gives messages that are in sight, drawn from all of them.
func (q *Queue) receive(most int, hidden time.Duration) []map[string]string {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	var seen []*message
	for _, m := range q.messages {
		if !m.until.After(now) {
			seen = append(seen, m)
		}
	}
	slices.SortStableFunc(seen, func(a, b *message) int { return cmp.Compare(q.dice("order", a).Uint64(), q.dice("order", b).Uint64()) })
	given := []map[string]string{}
	for _, m := range seen[:min(len(seen), most)] {
		m.given++
		m.until = now.Add(cmp.Or(hidden, q.hidden()))
		if q.dice("twice", m).IntN(50) == 0 {
			m.until = now // a server that did not hear of it gives it once more
		}
		sum := md5.Sum([]byte(m.body))
		given = append(given, map[string]string{"MessageId": m.id, "ReceiptHandle": m.receipt(), "Body": m.body, "MD5OfBody": hex.EncodeToString(sum[:])})
	}
	return given
}

// An entry is one of a batch.
type entry struct {
	ID                string `json:"Id"`
	ReceiptHandle     string
	VisibilityTimeout int
}

// each does something with the messages of a batch, and tells of which it was done.
func (q *Queue) each(entries []entry, do func(*Queue, *message, entry) bool) (done, failed []map[string]any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	done, failed = []map[string]any{}, []map[string]any{}
	for _, e := range entries {
		at := slices.IndexFunc(q.messages, func(m *message) bool { return m.receipt() == e.ReceiptHandle })
		if at < 0 || do(q, q.messages[at], e) { // an old receipt does nothing, and SQS does not say so
			done = append(done, map[string]any{"Id": e.ID})
			continue
		}
		failed = append(failed, map[string]any{"Id": e.ID, "Code": "InternalError", "SenderFault": false})
	}
	return done, failed
}

func (q *Queue) deleted(m *message, _ entry) bool {
	dice := q.dice("delete", m)
	if dice.IntN(50) == 0 {
		return false
	}
	if !m.vain && dice.IntN(50) == 0 {
		m.vain = true // a server that could not be reached had a copy
		return true
	}
	q.messages = slices.DeleteFunc(q.messages, func(of *message) bool { return of == m })
	return true
}

func (q *Queue) held(m *message, e entry) bool {
	m.until = time.Now().Add(time.Duration(e.VisibilityTimeout) * time.Second)
	return true
}
