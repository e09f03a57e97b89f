package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
)

// A consumer is a queue behind a topic, read as those are that Netflix's tool has told so far.
type consumer struct {
	client *sqs.Client
	queue  *string
}

// subscribed makes a topic and a queue that it tells, in the account of the collector.
func (o *organization) subscribed(t *testing.T) (topic string, c consumer) {
	t.Helper()
	cfg := o.in(o.home)
	made, err := sns.NewFromConfig(cfg).CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("new-actions")})
	require.NoError(t, err)
	c.client = sqs.NewFromConfig(cfg)
	queue, err := c.client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("pager")})
	require.NoError(t, err)
	c.queue = queue.QueueUrl
	_, err = sns.NewFromConfig(cfg).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: made.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:" + o.home + ":pager"),
	})
	require.NoError(t, err)
	return *made.TopicArn, c
}

// A netflixAlert is what Netflix's tool publishes: {"actions": ",".join(…), "role": …, "account": …}, three texts.
type netflixAlert struct{ Actions, Role, Account *string }

// alerts empties the queue.
func (c consumer) alerts(t *testing.T) (all []netflixAlert) {
	t.Helper()
	for {
		out, err := c.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: c.queue, MaxNumberOfMessages: 10})
		require.NoError(t, err)
		if len(out.Messages) == 0 {
			return all
		}
		for _, m := range out.Messages {
			var envelope struct{ Type, Message string }
			require.NoError(t, json.Unmarshal([]byte(*m.Body), &envelope))
			require.Equal(t, "Notification", envelope.Type)
			var alert netflixAlert
			require.NoError(t, json.Unmarshal([]byte(envelope.Message), &alert), envelope.Message)
			all = append(all, alert)
			_, err := c.client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: c.queue, ReceiptHandle: m.ReceiptHandle})
			require.NoError(t, err)
		}
	}
}

// documented are the fields under which docs/sinks.md says that searches find what jellyparks' payload held, by its names.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/sinks.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(page), "| theirs | here |\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	name := regexp.MustCompile("`([A-Za-z_]+)`")
	fields := map[string][]string{}
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, "|"); len(cells) == 4 && !strings.HasPrefix(line, "|---") {
			for _, theirs := range name.FindAllStringSubmatch(cells[1], -1) {
				for _, here := range name.FindAllStringSubmatch(cells[2], -1) {
					fields[theirs[1]] = append(fields[theirs[1]], here[1])
				}
			}
		}
	}
	return fields
}

// TestAWSWhoComesFromAnOlderTool goes on with what he has: consumers of Netflix's messages read ours, and a search over jellyparks' payload finds each of its
// fields under the name that the docs give.
func TestAWSWhoComesFromAnOlderTool(t *testing.T) {
	o := organize(t, 3)
	o.workers(t)
	o.begin(t)
	busy := o.other().id
	yesterday := today.AddDate(0, 0, -1)
	o.deliver(t, busy, deed{role: "app", action: "iam.amazonaws.com:CreateUser", at: yesterday.Add(time.Minute)}, deed{role: "app", action: "cloudtrail.amazonaws.com:StopLogging", at: yesterday.Add(2 * time.Minute)})
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	topic, queue := o.subscribed(t)
	collector := hectest.New(t)
	t.Setenv("CT_ANOMALY_HEC_TOKEN", collector.Token)
	told := events(t, must(t, exitDone, o.detect(t.TempDir(), filepath.Join(t.TempDir(), "coverage.jsonl"), "--sns-topic-arn", topic, "--hec-url", collector.URL)...).out)
	require.NotEmpty(t, told)

	want := map[string]bool{} // account and action, each once
	for _, e := range told {
		want[e.AccountID+" "+e.Action] = true
	}
	got := map[string]bool{}
	alerts := queue.alerts(t)
	require.Len(t, alerts, len(o.members), "one for each role and run")
	for _, a := range alerts {
		require.NotNil(t, a.Actions)
		require.Equal(t, "app", *a.Role, "the name, as in their message")
		for _, action := range strings.Split(*a.Actions, ",") {
			require.Regexp(t, `^[a-z0-9]+\.amazonaws\.com:[A-Za-z]+$`, action)
			got[*a.Account+" "+action] = true
		}
	}
	require.Equal(t, want, got)
	require.Contains(t, got, busy+" iam.amazonaws.com:CreateUser")

	theirs := []string{"role_name", "role_arn", "principalId", "account", "account_name", "account_owner", "business", "role_actions", "alert_name", "alert_note",
		"association_type", "association_with", "severity"}
	fields := documented(t)
	require.ElementsMatch(t, theirs, slices.Collect(maps.Keys(fields)), "the whole of their payload")
	seen := map[string]bool{}
	for _, e := range collector.Envelopes() {
		if e.SourceType != sourceTypeAnomaly {
			continue
		}
		var event map[string]any
		require.NoError(t, json.Unmarshal(e.Event, &event))
		for name, value := range event {
			seen[name] = seen[name] || value != ""
		}
	}
	for name, here := range fields {
		require.NotEmpty(t, here, name)
		for _, field := range here {
			require.True(t, seen[field], "%s of jellyparks is to be found as %s", name, field)
		}
	}
}
