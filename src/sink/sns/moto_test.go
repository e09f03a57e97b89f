package sns

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func config(endpoint, region string) aws.Config {
	return aws.Config{Region: region, BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), 1) }}
}

// A mailbox is a queue that is subscribed to a topic.
type mailbox struct {
	client *sqs.Client
	url    *string
}

// subscribe subscribes a new queue to a sink's topic, with a filter policy or none.
func subscribe(t *testing.T, cfg aws.Config, s *Sink, name, filter string) mailbox {
	t.Helper()
	client := sqs.NewFromConfig(cfg)
	in := &sqs.CreateQueueInput{QueueName: &name}
	if strings.HasSuffix(name, ".fifo") {
		in.Attributes = map[string]string{"FifoQueue": "true"}
	}
	queue, err := client.CreateQueue(t.Context(), in)
	require.NoError(t, err)
	is, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: queue.QueueUrl, AttributeNames: []types.QueueAttributeName{"QueueArn"}})
	require.NoError(t, err)
	attributes := map[string]string{"RawMessageDelivery": "true"}
	if filter != "" {
		attributes["FilterPolicy"] = filter
	}
	_, err = s.client.Subscribe(t.Context(), &sns.SubscribeInput{TopicArn: &s.topic, Protocol: aws.String("sqs"), Endpoint: aws.String(is.Attributes["QueueArn"]), Attributes: attributes})
	require.NoError(t, err)
	return mailbox{client, queue.QueueUrl}
}

func (m mailbox) messages(t *testing.T) []body {
	t.Helper()
	var all []body
	for {
		out, err := m.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: m.url, MaxNumberOfMessages: 10})
		require.NoError(t, err)
		if len(out.Messages) == 0 {
			return all
		}
		for _, got := range out.Messages {
			var b body
			require.NoError(t, json.Unmarshal([]byte(*got.Body), &b))
			all = append(all, b)
			_, err := m.client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: m.url, ReceiptHandle: got.ReceiptHandle})
			require.NoError(t, err)
		}
	}
}

// TestFromTopicToQueue: setup makes the topic, what is sent comes to those who subscribed to it, and teardown removes it. The config's region is not the topic's.
func TestFromTopicToQueue(t *testing.T) {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	for _, ending := range []string{"", ".fifo"} {
		t.Run("topic"+ending, func(t *testing.T) {
			name := fmt.Sprintf("anomalies-%d%s", os.Getpid(), ending)
			s := New(config(endpoint, "us-east-1"), "arn:aws:sns:eu-west-1:123456789012:"+name)
			require.Contains(t, s.Check(t.Context()).Mend, "setup sns")
			for _, dry := range []bool{true, false} {
				steps, err := s.Setup(t.Context(), "123456789012", dry)
				require.NoError(t, err)
				require.Len(t, steps, 1, "a dry run makes nothing")
			}
			steps, err := s.Setup(t.Context(), "123456789012", false)
			require.NoError(t, err)
			require.Empty(t, steps)
			cfg := config(endpoint, "eu-west-1")
			every := subscribe(t, cfg, s, "every-"+name, "")
			worst := subscribe(t, cfg, s, "worst-"+name, `{"severity":["critical"],"account":["111122223333"]}`)
			require.True(t, s.Check(t.Context()).OK)
			require.Contains(t, s.Check(t.Context()).Result, "subscriptions confirmed") // moto counts none

			var events []discern.Pending
			for i := range 23 {
				e := anomaly(i, fmt.Sprint("AROA", i/2), "iam.amazonaws.com:CreateUser", []string{"low", "critical"}[i/20])
				e.Suppressed = i == 22
				events = append(events, pending(t, e))
			}
			require.NoError(t, s.Send(t.Context(), events))
			require.Len(t, every.messages(t), 11, "one for each principal, but for the one that is suppressed")
			got := worst.messages(t)
			require.Len(t, got, 1)
			require.Equal(t, 2, got[0].Count)

			for _, dry := range []bool{true, false} {
				step, err := s.Drop(t.Context(), dry)
				require.NoError(t, err)
				require.Contains(t, step, "delete topic")
			}
			err = s.Send(t.Context(), events[:1])
			require.ErrorContains(t, err, "correct sns_topic_arn")
			var untaken *discern.Untaken
			require.ErrorAs(t, err, &untaken)
			require.Equal(t, []string{events[0].ID}, untaken.IDs)
		})
	}
}

// TestALongMessageArrives: a topic takes what had to be shortened, and a filter finds it by one of its anomalies' types.
func TestALongMessageArrives(t *testing.T) {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	name := fmt.Sprintf("long-%d", os.Getpid())
	cfg := config(endpoint, "eu-west-1")
	s := New(cfg, "arn:aws:sns:eu-west-1:123456789012:"+name)
	_, err := s.Setup(t.Context(), "123456789012", false)
	require.NoError(t, err)
	defer func() { _, _ = s.Drop(t.Context(), false) }()
	rules := subscribe(t, cfg, s, name, `{"type":["rule"],"mode":["live"]}`)
	events := []discern.Pending{pending(t, anomaly(1000, "AROA2", "a:B", "low"))}
	for i := range 600 {
		e := anomaly(i, "AROA1", fmt.Sprint("iam.amazonaws.com:Action", i), "low")
		e.Reason = strings.Repeat("long ", 200)
		if i == 599 {
			e.AnomalyType, e.Severity, e.Rule = discern.RuleMatch, "high", "stop_logging"
		}
		events = append(events, pending(t, e))
	}
	require.NoError(t, s.Send(t.Context(), events))
	got := rules.messages(t)
	require.Len(t, got, 1)
	require.Equal(t, 600, got[0].Count)
	require.Len(t, strings.Split(got[0].Actions, ","), 600)
	require.Equal(t, 600, len(got[0].Anomalies)+got[0].LeftOut)
	require.Positive(t, got[0].LeftOut)
	require.Equal(t, "stop_logging", got[0].Anomalies[0].Rule)
}

func TestATopicOfSomebodyElse(t *testing.T) {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	name := fmt.Sprintf("theirs-%d", os.Getpid())
	cfg := config(endpoint, "eu-west-1")
	made, err := sns.NewFromConfig(cfg).CreateTopic(t.Context(), &sns.CreateTopicInput{Name: &name})
	require.NoError(t, err)
	s := New(cfg, *made.TopicArn)
	steps, err := s.Setup(t.Context(), "123456789012", false)
	require.NoError(t, err)
	require.Empty(t, steps)
	_, err = s.Drop(t.Context(), false)
	require.ErrorIs(t, err, ErrNotOurs)
	_, err = New(cfg, "arn:aws:sns:eu-west-1:999988887777:other").Setup(t.Context(), "123456789012", false)
	require.ErrorContains(t, err, "make it there")
}

// TestABatchOfWhichAPartFails: only what is in the messages that failed is sent again.
func TestABatchOfWhichAPartFails(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		answer  string
		untaken int
		calls   int
		says    string
	}{
		"one entry": {200, `<PublishBatchResponse><PublishBatchResult><Successful/><Failed><member><Id>1</Id><Code>InternalError</Code><Message>again</Message><SenderFault>false</SenderFault></member></Failed>` +
			`</PublishBatchResult></PublishBatchResponse>`, 2, 2, "InternalError"},
		"an entry that was not sent": {200, `<PublishBatchResponse><PublishBatchResult><Successful/><Failed><member><Id>77</Id><Code>X</Code><SenderFault>false</SenderFault></member></Failed>` +
			`</PublishBatchResult></PublishBatchResponse>`, 12, 1, "was not sent"},
		"the key": {400, `<ErrorResponse><Error><Type>Sender</Type><Code>KMSAccessDenied</Code><Message>no</Message></Error></ErrorResponse>`, 12, 1, "kms:GenerateDataKey*"},
		"busy":    {429, `<ErrorResponse><Error><Type>Sender</Type><Code>Throttled</Code><Message>slower</Message></Error></ErrorResponse>`, 12, 1, "Throttled"},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.Header().Set("Content-Type", "text/xml")
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.answer))
			}))
			defer server.Close()
			var events []discern.Pending
			for i := range 12 {
				events = append(events, pending(t, anomaly(i, fmt.Sprint("AROA", i), "a:B", "low")))
			}
			err := New(config(server.URL, "eu-west-1"), "arn:aws:sns:eu-west-1:123456789012:t").Send(t.Context(), events)
			require.ErrorContains(t, err, c.says)
			var untaken *discern.Untaken
			require.ErrorAs(t, err, &untaken)
			require.Len(t, untaken.IDs, c.untaken)
			require.Equal(t, c.calls, calls)
		})
	}
}
