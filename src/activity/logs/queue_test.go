package logs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
)

func queueOf(t *testing.T, c *cloud, o logs.QueueOptions) *logs.Queue {
	t.Helper()
	return queueAt(t, c, func() time.Time { return now }, o)
}

func queueAt(t *testing.T, c *cloud, clock func() time.Time, o logs.QueueOptions) *logs.Queue {
	t.Helper()
	o.Config, o.URL, o.Now = c.config(), strings.TrimPrefix(aQueue, "https://"), clock
	q, err := logs.OpenQueue(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, q.Close()) })
	return q
}

// tell puts a notification of a file on the queue.
func (c *cloud) tell(id, key string) {
	c.send(id, fromS3s(fromS3("ObjectCreated:Put", aBucket, url.QueryEscape(key))))
}

func TestAQueueNamesTheFiles(t *testing.T) {
	c := newCloud(t)
	one := c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
	two := c.fileAt("999988887777", "eu-west-1", now.Add(-2*time.Hour))
	three := c.fileAt(anAccount, "us-east-1", now)
	c.tell("m1", one)
	c.tell("m1-twice", one)
	c.send("m2", bySNS(fromCloudTrail(aBucket, two, three)))
	c.send("test", testEvent)
	c.send("other", byEventBridge("Object Created", aBucket, "some/other.txt"))
	c.send("digest", byEventBridge("Object Created", aBucket, "AWSLogs/1/CloudTrail-Digest/x.json.gz"))
	c.send("strange", "hello")
	q := queueOf(t, c, logs.QueueOptions{})
	p, err := q.Next(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Sightings, 3)
	require.Equal(t, 3, p.Whole.Files)
	require.Len(t, p.Looks, 2, "several accounts")
	require.Equal(t, now.Add(-2*time.Hour).Unix(), p.Start, "in order of delivery")
	require.Equal(t, map[string]int{"message that names no log file": 1, "not .json or .json.gz": 1, "CloudTrail-Digest file": 1}, p.Skipped)
	require.Equal(t, []discern.BadFile{{Path: "message strange", Fault: "it is no notification of S3 or CloudTrail; it stays on the queue"}}, p.Bad)
	require.Equal(t, []string{"m1", "m1-twice", "m2", "strange"}, c.onQueue(), "what is read stays until it is put away")
	evidence, err := q.Evidence(t.Context(), p.Sightings)
	require.NoError(t, err)
	require.Equal(t, "s3://"+aBucket+"/"+two, evidence[0].Records[0].File)

	_, err = q.Next(t.Context())
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, []string{"strange"}, c.onQueue())
	require.Equal(t, logs.Found{Files: 3}, q.Found())
}

func TestWhatAQueueNamesIsReadOnce(t *testing.T) {
	c, store := newCloud(t), ledger(t)
	key := c.fileAt(anAccount, "us-east-1", now)
	c.tell("m1", key)
	p, err := queueOf(t, c, logs.QueueOptions{Ledger: store}).Next(t.Context())
	require.NoError(t, err)
	require.NoError(t, store.Looked(t.Context(), p.Files))
	c.pass(time.Hour) // the run crashed before it could delete the message
	c.tell("m1-by-another-way", key)
	c.count()
	q := queueOf(t, c, logs.QueueOptions{Ledger: store})
	require.Zero(t, drain(t, q).Whole.Files)
	require.Equal(t, 0, c.count("GetObject"))
	require.Empty(t, c.onQueue())
	require.Equal(t, logs.Found{Files: 1, Known: 1}, q.Found())
}

func TestTheMessageOfABadFileComesAgain(t *testing.T) {
	c, store := newCloud(t), ledger(t)
	bad, good, beside := c.fileAt(anAccount, "us-east-1", now.AddDate(0, 0, -9)), c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour)), c.fileAt(anAccount, "us-east-1", now.Add(-2*time.Hour))
	c.send("both", fromS3s(fromS3("ObjectCreated:Put", aBucket, bad), fromS3("ObjectCreated:Put", aBucket, beside)))
	c.tell("good", good)
	c.disturb = refusing("AccessDenied", bad)
	run := func() discern.Piece {
		p := drain(t, queueOf(t, c, logs.QueueOptions{Ledger: store}))
		require.NoError(t, store.Looked(t.Context(), p.Files))
		return p
	}
	p := run()
	require.Len(t, p.Sightings, 2)
	require.Len(t, p.Bad, 1)
	require.Equal(t, []string{"both"}, c.onQueue(), "however old the file is: the queue itself keeps messages for days")
	c.disturb = nil
	require.Zero(t, run().Whole.Files, "its time is not over")
	c.pass(2 * time.Minute)
	require.Len(t, run().Sightings, 1)
	require.Empty(t, c.onQueue())
}

func TestAQueueOfManyMessages(t *testing.T) {
	c := newCloud(t)
	for i := range 1300 {
		key := c.fileAt(fmt.Sprintf("%012d", i%7), "us-east-1", now.Add(-time.Duration(i)*time.Minute))
		c.tell(fmt.Sprint("m", i), key)
	}
	c.near = true // 1,600 requests side by side: a connection that breaks off would hide messages from this run, as it should
	q := queueOf(t, c, logs.QueueOptions{})
	first, err := q.Next(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 1000, first.Whole.Files, 80, "a piece is bounded")
	require.Equal(t, 1300-first.Whole.Files, drain(t, q).Whole.Files)
	require.Empty(t, c.onQueue())
	require.Equal(t, 130, c.count("DeleteMessageBatch"))
}

// TestMessagesWhoseAnswerIsLostComeAgain: SQS takes them for received, so they are out of sight for this run, and no others go with them.
func TestMessagesWhoseAnswerIsLostComeAgain(t *testing.T) {
	c, store := newCloud(t), ledger(t)
	for i := range 200 {
		c.tell(fmt.Sprint("m", i), c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(i)*time.Minute)))
	}
	var received atomic.Int32
	c.disturb = func(_ http.ResponseWriter, r *http.Request, operation, _ string) bool {
		if operation != "ReceiveMessage" || received.Add(1) != 5 { // of those side by side
			return false
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.serveQueue(httptest.NewRecorder(), r, operation)
		panic(http.ErrAbortHandler)
	}
	run := func() int {
		p := drain(t, queueOf(t, c, logs.QueueOptions{Ledger: store}))
		require.NoError(t, store.Looked(t.Context(), p.Files))
		return p.Whole.Files
	}
	require.Equal(t, 190, run())
	require.Len(t, c.onQueue(), 10)
	require.Zero(t, run(), "their time is not over")
	c.pass(2 * time.Minute)
	require.Equal(t, 10, run())
	require.Empty(t, c.onQueue())
}

// TestWhatWaitsBehindKnownFiles: messages that bring nothing neither fill a piece nor end the wait for one that does.
func TestWhatWaitsBehindKnownFiles(t *testing.T) {
	c, store := newCloud(t), ledger(t)
	known := c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
	c.tell("first", known)
	require.NoError(t, store.Looked(t.Context(), drain(t, queueOf(t, c, logs.QueueOptions{Ledger: store})).Files))
	for i := range 2300 {
		c.tell(fmt.Sprint("again", i), known)
	}
	c.tell("new", c.fileAt(anAccount, "us-east-1", now.Add(-time.Minute)))
	q := queueOf(t, c, logs.QueueOptions{Ledger: store})
	p, err := q.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, p.Whole.Files)
	require.Equal(t, []string{"new"}, c.onQueue())
	_, err = q.Next(t.Context())
	require.ErrorIs(t, err, io.EOF)

	c.tell("again", known)
	late, asked := c.fileAt(anAccount, "us-east-1", now), 0
	c.disturb = func(_ http.ResponseWriter, _ *http.Request, operation, _ string) bool {
		if operation == "ReceiveMessage" {
			if asked++; asked == 4 {
				c.tell("late", late)
			}
		}
		return false
	}
	p, err = queueOf(t, c, logs.QueueOptions{Ledger: store, Wait: time.Minute}).Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, p.Whole.Files)
}

func TestNoPieceOfAQueueHoldsHistoryAndWhatIsLive(t *testing.T) {
	c := newCloud(t)
	for h := range 4 {
		c.tell(fmt.Sprint("m", h), c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour)))
	}
	q := queueOf(t, c, logs.QueueOptions{Since: now.Add(-90 * time.Minute).Unix()})
	p, err := q.Next(t.Context())
	require.NoError(t, err)
	require.True(t, p.History)
	require.Equal(t, 2, p.Whole.Files)
	p, err = q.Next(t.Context())
	require.NoError(t, err)
	require.False(t, p.History)
	require.Equal(t, 2, p.Whole.Files)
	require.Equal(t, []string{"m0", "m1"}, c.onQueue(), "the history was put away")
}

func TestAccountsOfAQueue(t *testing.T) {
	c := newCloud(t)
	c.tell("mine", c.fileAt(anAccount, "us-east-1", now))
	c.tell("other", c.fileAt("999988887777", "us-east-1", now))
	p := drain(t, queueOf(t, c, logs.QueueOptions{Account: func(id string) bool { return id == anAccount }}))
	require.Equal(t, 1, p.Whole.Files)
	require.Equal(t, map[string]int{"of account 999988887777, which is not asked for": 1}, p.Skipped)
	require.Empty(t, c.onQueue())
}

// TestMessagesAreHeldWhileTheyAreWorkedOn: between two calls of Next, and no longer.
func TestMessagesAreHeldWhileTheyAreWorkedOn(t *testing.T) {
	c := newCloud(t)
	for h := range 12 {
		c.tell(fmt.Sprint("m", h), c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour)))
	}
	q := queueOf(t, c, logs.QueueOptions{})
	q.SetVisibility(60 * time.Millisecond)
	_, err := q.Next(t.Context())
	require.NoError(t, err)
	extended := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.queue.extended
	}
	require.Eventually(t, func() bool { return extended() >= 24 }, 10*time.Second, time.Millisecond)
	_, err = q.Next(t.Context())
	require.ErrorIs(t, err, io.EOF)
	before := extended()
	time.Sleep(100 * time.Millisecond)
	require.LessOrEqual(t, extended(), before+12, "but for what was under way")
}

func TestAQueueThatCannotBeAsked(t *testing.T) {
	c := newCloud(t)
	q, err := logs.OpenQueue(logs.QueueOptions{Config: c.config(), URL: "sqs://https://sqs.eu-west-1.amazonaws.com/1/nowhere", Now: time.Now})
	require.NoError(t, err)
	_, err = q.Next(t.Context())
	require.ErrorIs(t, err, logs.ErrNoQueue)
	for _, operation := range []string{"ReceiveMessage", "DeleteMessageBatch"} {
		c.tell("m", c.fileAt(anAccount, "us-east-1", now))
		c.disturb = func(w http.ResponseWriter, r *http.Request, asked, _ string) bool {
			require.True(t, asked == "GetObject" || strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/sqs/"), "in the queue's region")
			return asked == operation && refuse(w, http.StatusForbidden, "AccessDeniedException", "no")
		}
		q := queueOf(t, c, logs.QueueOptions{})
		for err = nil; err == nil; {
			_, err = q.Next(t.Context())
		}
		require.False(t, errors.Is(err, io.EOF))
		require.ErrorContains(t, err, "queue "+aQueue)
	}
	_, err = logs.OpenQueue(logs.QueueOptions{Now: time.Now})
	require.Error(t, err)
}

func TestAQueueLeavesWhatComesTooLateInARun(t *testing.T) {
	c := newCloud(t)
	c.tell("m", c.fileAt(anAccount, "us-east-1", now))
	clock := now
	q, err := logs.OpenQueue(logs.QueueOptions{Config: c.config(), URL: aQueue, Now: func() time.Time { return clock }})
	require.NoError(t, err)
	ctx, cancel := context.WithDeadline(t.Context(), farOff)
	defer cancel()
	clock = farOff.Add(-time.Hour)
	_, err = q.Next(ctx)
	require.ErrorIs(t, err, io.EOF)
	require.Zero(t, c.count())
}

func TestProbeQueue(t *testing.T) {
	c := newCloud(t)
	state, err := logs.ProbeQueue(t.Context(), c.config(), "sqs://"+aQueue)
	require.NoError(t, err)
	require.Equal(t, logs.QueueState{Hidden: time.Minute}, state)
	for policy, want := range map[string][]string{
		`{"Statement":{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"SQS:SendMessage","Resource":"*"}}`: {"s3.amazonaws.com"},
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333"],"Service":["sns.amazonaws.com","events.amazonaws.com"]},"Action":["sqs:ReceiveMessage","sqs:SendMessage"]},
			{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:*"}]}`: {"111122223333", "events.amazonaws.com", "sns.amazonaws.com"},
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage"}]}`:                               {"*"},
		`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:SendMessage"}]}`:                                nil,
		`{"Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sqs:ReceiveMessage"}]}`: nil,
		`{"Statement":[{"Effect":"Allow","Principal":{"Service":7},"Action":"sqs:SendMessage"}]}`:                     nil,
		`no policy`: nil,
	} {
		c.queue.policy = policy
		state, err := logs.ProbeQueue(t.Context(), c.config(), aQueue)
		require.NoError(t, err)
		require.Equal(t, want, state.Senders, policy)
	}
	_, err = logs.ProbeQueue(t.Context(), c.config(), aQueue+"-2")
	require.ErrorIs(t, err, logs.ErrNoQueue)
	require.ErrorContains(t, err, "logs: ")
	require.Zero(t, c.count("ReceiveMessage"))
}
