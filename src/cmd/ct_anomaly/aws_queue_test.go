package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// notify has the trail's bucket tell a queue of new files, and gives the queue's URL as the program is to be given it, through the wire.
func (o *organization) notify(t *testing.T) (given string, waiting func() (visible, held string)) {
	t.Helper()
	api := sqs.NewFromConfig(o.in(o.home))
	made, err := api.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("trail")})
	require.NoError(t, err)
	attributes := func() map[string]string {
		out, err := api.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: made.QueueUrl, AttributeNames: []types.QueueAttributeName{"All"}})
		require.NoError(t, err)
		return out.Attributes
	}
	_, err = s3.NewFromConfig(o.in(o.home), pathStyled).PutBucketNotificationConfiguration(t.Context(), &s3.PutBucketNotificationConfigurationInput{
		Bucket: aws.String(trailBucket), NotificationConfiguration: &s3types.NotificationConfiguration{QueueConfigurations: []s3types.QueueConfiguration{
			{QueueArn: aws.String(attributes()["QueueArn"]), Events: []s3types.Event{"s3:ObjectCreated:*"}}}}})
	require.NoError(t, err)
	_, err = api.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: made.QueueUrl}) // of S3's message that notifications begin
	require.NoError(t, err)
	return "sqs://" + strings.Replace(*made.QueueUrl, o.url, o.wire.url, 1), func() (string, string) {
		a := attributes()
		return a["ApproximateNumberOfMessages"], a["ApproximateNumberOfMessagesNotVisible"]
	}
}

// TestAWSAQueue: what S3 tells a queue of is read with the policy printed for it; messages are deleted when all is safe, and not before.
func TestAWSAQueue(t *testing.T) {
	o := organize(t, 5)
	queue, waiting := o.notify(t)
	o.begin(t)
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	args := []string{"--logs", queue, "--dynamo-table-name", baselineTable}
	g := o.policy(t, args...)
	o.install(t, g, "", "")
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "coverage.jsonl")
	detect := append([]string{"detect", "anomaly", "--output", "json", "--coverage", file, "--state", state, "--learning-days", "5", "--principal-learning-days", "1", "--run-timeout", "10s"}, args...)

	// What can't be read stays on the queue.
	o.instead(func(c wireCall) *wireFault {
		if c.operation == "GetObject" && accountIn(c.path) == o.other().id {
			return &wireFault{500, "InternalError"}
		}
		return nil
	})
	o.authorise(t, true)
	o.taken()
	first := at(t, today, detect...)
	require.Equal(t, exitPartly, first.code, first.err)
	require.Len(t, events(t, first.out), 4)
	require.Contains(t, first.err, "found: the management account")
	o.instead(nil)
	calls := o.taken()
	o.freely(t, func() {
		visible, held := waiting()
		require.Equal(t, "0+2", visible+"+"+held, "what could not be read comes again when SQS's time for it is over")
	})
	deleted := false
	for i, c := range calls {
		deleted = deleted || c.name() == "sqs:DeleteMessageBatch"
		if c.name() == "dynamodb:TransactWriteItems" {
			require.False(t, deleted, "call %d of %d: an anomaly is claimed after its message was deleted", i, len(calls))
		}
	}
	require.True(t, deleted)
	o.withinPolicy(t, g, calls)

	o.freely(t, func() {
		o.deliver(t, o.management, deed{role: "app", action: "s3.amazonaws.com:DeleteBucket", at: today.Add(5 * time.Minute)})
	})
	second := at(t, today.Add(11*time.Minute), detect...)
	require.Equal(t, exitDone, second.code, second.err)
	require.NotContains(t, second.err, "found: ", "it was said")
	told := events(t, second.out)
	require.Len(t, told, 1)
	require.Equal(t, []string{"s3.amazonaws.com:DeleteBucket", "master"}, []string{told[0].Action, told[0].AccountName})
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, discern.StatusOK, coverages(t, string(text))[o.management].Status, string(text))
	o.withinPolicy(t, g, o.taken())
}

// TestAWSAQueueThatIsRefused: without the statement for the queue the run names role, action and resource.
func TestAWSAQueueThatIsRefused(t *testing.T) {
	o := organize(t, 2)
	queue, _ := o.notify(t)
	args := []string{"--logs", queue}
	o.install(t, o.policy(t, args...), "caller TakeMessagesFromTheQueue", "")
	o.authorise(t, true)
	r := must(t, exitFailed, append([]string{"detect", "anomaly", "--state", t.TempDir(), "--run-timeout", "10s"}, args...)...)
	require.Contains(t, r.err, o.userARN()+" is refused sqs:GetQueueAttributes on arn:aws:sqs:us-east-1:"+o.home+":trail")
	d := must(t, exitPartly, append([]string{"doctor"}, args...)...)
	require.Contains(t, d.out, "grant sqs:GetQueueAttributes on arn:aws:sqs:us-east-1:"+o.home+":trail to "+o.userARN())
}

// TestAWSDoctorOfAQueue: one that is not there, one to which nobody may send, and both mended as it says.
func TestAWSDoctorOfAQueue(t *testing.T) {
	o := alone(t)
	api := sqs.NewFromConfig(o.in(o.home))
	queue := o.wire.url + "/" + o.home + "/trail"
	none := must(t, exitPartly, "doctor", "--logs", "sqs://"+queue)
	require.Regexp(t, `queue +\S+ +FAILED`, none.out)
	require.Contains(t, none.out, "correct the URL in logs (--logs sqs://sqs.REGION.amazonaws.com/ACCOUNT/NAME)")

	made, err := api.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("trail")})
	require.NoError(t, err)
	mute := must(t, exitPartly, "doctor", "--logs", "sqs://"+queue)
	require.Regexp(t, `queue +\S+ +ok`, mute.out)
	require.Regexp(t, `senders +\S+ +FAILED`, mute.out)
	require.Contains(t, mute.out, "sqs:SendMessage in the queue's policy: s3.amazonaws.com")

	arn := "arn:aws:sqs:us-east-1:" + o.home + ":trail"
	_, err = api.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: made.QueueUrl, Attributes: map[string]string{
		"Policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + arn + `"}]}`}})
	require.NoError(t, err)
	heard := must(t, exitDone, "doctor", "--logs", "sqs://"+queue)
	require.Regexp(t, `senders +\S+ +ok +by its policy: s3.amazonaws.com`, heard.out)
}
