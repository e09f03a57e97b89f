package logs_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

// motoConfig is for the moto server that check/aws starts.
func motoConfig(t *testing.T) aws.Config {
	t.Helper()
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO is not set: make check-aws starts moto and sets it")
	}
	return aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}
}

// A motoTrail is a bucket whose notifications come to a queue, from S3 itself; and a topic whose messages come to the same queue.
type motoTrail struct {
	cfg                     aws.Config
	s3                      *s3.Client
	bucket, queueURL, topic string
}

func newMotoTrail(t *testing.T) *motoTrail {
	m := &motoTrail{cfg: motoConfig(t)}
	m.s3 = s3.NewFromConfig(m.cfg)
	name := fmt.Sprintf("trail-%d", time.Now().UnixNano())
	m.bucket = name
	_, err := m.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
	queues := sqs.NewFromConfig(m.cfg)
	made, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	require.NoError(t, err)
	m.queueURL = *made.QueueUrl
	told, err := queues.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: made.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{"QueueArn"}})
	require.NoError(t, err)
	arn := told.Attributes["QueueArn"]
	_, err = m.s3.PutBucketNotificationConfiguration(t.Context(), &s3.PutBucketNotificationConfigurationInput{Bucket: &name,
		NotificationConfiguration: &types.NotificationConfiguration{QueueConfigurations: []types.QueueConfiguration{{QueueArn: &arn, Events: []types.Event{"s3:ObjectCreated:*"}}}}})
	require.NoError(t, err)
	m.topic = between(m.sns(t, "CreateTopic", "Name", name), "<TopicArn>", "</TopicArn>")
	m.sns(t, "Subscribe", "TopicArn", m.topic, "Protocol", "sqs", "Endpoint", arn)
	return m
}

// sns asks SNS, for which there is no client in this module.
func (m *motoTrail) sns(t *testing.T, action string, pairs ...string) string {
	t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-03-31"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *m.cfg.BaseEndpoint, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=x")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, string(text))
	return string(text)
}

func between(text, begin, end string) string {
	_, text, _ = strings.Cut(text, begin)
	text, _, _ = strings.Cut(text, end)
	return text
}

func (m *motoTrail) put(t *testing.T, at time.Time, action string) (key string) {
	t.Helper()
	key = "some/prefix/" + delivered(anAccount, "us-east-1", at.Format("20060102T1504"))
	body := zipped(document(record(action, at.Format(time.RFC3339), anAccount, action, "192.0.2.1")))
	_, err := m.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &m.bucket, Key: &key, Body: bytes.NewReader(body), ContentEncoding: aws.String("gzip")})
	require.NoError(t, err)
	return key
}

// TestAgainstMoto reads the same files by the bucket and by its queue.
func TestAgainstMoto(t *testing.T) {
	m := newMotoTrail(t)
	var want []string
	for h := range 5 {
		m.put(t, now.Add(-time.Duration(h)*time.Hour), fmt.Sprint("Act", h))
		want = append(want, fmt.Sprintf("%s AIDA%[1]s s3:Act%d %s 1", anAccount, h, now.Add(-time.Duration(h)*time.Hour).Format(time.RFC3339)))
	}
	twice := m.put(t, now.AddDate(0, 0, -3), "ActOld")
	want = append(want, fmt.Sprintf("%s AIDA%[1]s s3:ActOld %s 1", anAccount, now.AddDate(0, 0, -3).Format(time.RFC3339)))
	m.sns(t, "Publish", "TopicArn", m.topic, "Message", fromCloudTrail(m.bucket, twice))
	m.sns(t, "Publish", "TopicArn", m.topic, "Message", "CloudTrail validation message.")

	given := logs.Trail{Bucket: m.bucket}
	tasted, err := logs.ProbeBucket(t.Context(), m.cfg, given)
	require.NoError(t, err)
	require.Empty(t, tasted.Fault)
	trail, err := logs.Find(t.Context(), m.cfg, given)
	require.NoError(t, err)
	require.Equal(t, logs.Trail{Bucket: m.bucket, Region: "us-east-1", Prefix: "some/prefix"}, trail)
	b, err := logs.OpenBucket(logs.BucketOptions{Config: m.cfg, Trail: trail, AccountID: anAccount, Now: func() time.Time { return now }})
	require.NoError(t, err)
	byBucket := drain(t, b)
	require.ElementsMatch(t, want, seen(byBucket))
	require.Empty(t, byBucket.Bad)

	state, err := logs.ProbeQueue(t.Context(), m.cfg, m.queueURL)
	require.NoError(t, err)
	require.Positive(t, state.Waiting)
	q, err := logs.OpenQueue(logs.QueueOptions{Config: m.cfg, URL: m.queueURL, Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer func() { require.NoError(t, q.Close()) }()
	byQueue := drain(t, q)
	require.ElementsMatch(t, want, seen(byQueue))
	require.Empty(t, byQueue.Bad)
	require.GreaterOrEqual(t, byQueue.Skipped["message that names no log file"], 1)
	left, err := sqs.NewFromConfig(m.cfg).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &m.queueURL,
		AttributeNames: []sqstypes.QueueAttributeName{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}, left.Attributes)
}
