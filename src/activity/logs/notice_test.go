package logs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

// fromS3 is an event as S3 sends it.
func fromS3(event, bucket, encodedKey string) string {
	return fmt.Sprintf(`{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-11-22T11:00:00.123Z","eventName":%q,`+
		`"userIdentity":{"principalId":"AWS:AROAEXAMPLE:s"},"requestParameters":{"sourceIPAddress":"192.0.2.1"},"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810"},`+
		`"s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":%q,"ownerIdentity":{"principalId":"A3NL1KOZZKExample"},"arn":"arn:aws:s3:::b"},`+
		`"object":{"key":%q,"size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"0055AED6DCD90281E5"}}}`, event, bucket, encodedKey)
}

func fromS3s(events ...string) string { return `{"Records":[` + strings.Join(events, ",") + `]}` }

// bySNS is a message as SNS wraps it.
func bySNS(message string) string {
	text, _ := json.Marshal(message)
	return `{"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324","TopicArn":"arn:aws:sns:us-east-1:111122223333:t","Subject":"s","Message":` + string(text) +
		`,"Timestamp":"2026-11-22T11:00:00.000Z","SignatureVersion":"1","Signature":"x","SigningCertURL":"https://example.com","UnsubscribeURL":"https://example.com"}`
}

func byEventBridge(kind, bucket, key string) string {
	return fmt.Sprintf(`{"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":%q,"source":"aws.s3","account":"111122223333","time":"2026-11-22T11:00:00Z","region":"us-east-1",`+
		`"resources":["arn:aws:s3:::b"],"detail":{"version":"0","bucket":{"name":%q},"object":{"key":%q,"size":5,"etag":"e","sequencer":"00"},"request-id":"r","requester":"1","reason":"PutObject"}}`,
		kind, bucket, key)
}

func fromCloudTrail(bucket string, keys ...string) string {
	text, _ := json.Marshal(map[string]any{"s3Bucket": bucket, "s3ObjectKey": keys})
	return string(text)
}

const testEvent = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-22T11:00:00.000Z","Bucket":"b","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR"}`

func TestNotices(t *testing.T) {
	put := fromS3("ObjectCreated:Put", "b", "some+prefix/AWSLogs/1/%C3%A9.json.gz")
	tests := []struct {
		name, text string
		want       []string
		fault      bool
	}{
		{"S3", fromS3s(put), []string{"s3://b/some prefix/AWSLogs/1/é.json.gz"}, false},
		{"S3, two", fromS3s(put, fromS3("s3:ObjectCreated:CompleteMultipartUpload", "b", "k")), []string{"s3://b/some prefix/AWSLogs/1/é.json.gz", "s3://b/k"}, false},
		{"S3, a removal", fromS3s(fromS3("ObjectRemoved:Delete", "b", "k")), nil, false},
		{"S3, a key that is not encoded", fromS3s(fromS3("ObjectCreated:Put", "b", "k%zz")), nil, true},
		{"S3 by SNS", bySNS(fromS3s(put)), []string{"s3://b/some prefix/AWSLogs/1/é.json.gz"}, false},
		{"EventBridge", byEventBridge("Object Created", "b", "some+key%20"), []string{"s3://b/some+key%20"}, false},
		{"EventBridge by SNS", bySNS(byEventBridge("Object Created", "b", "k")), []string{"s3://b/k"}, false},
		{"EventBridge, a removal", byEventBridge("Object Deleted", "b", "k"), nil, false},
		{"CloudTrail", bySNS(fromCloudTrail("b", "AWSLogs/1/x", "AWSLogs/1/y")), []string{"s3://b/AWSLogs/1/x", "s3://b/AWSLogs/1/y"}, false},
		{"CloudTrail, raw", fromCloudTrail("b", "k"), []string{"s3://b/k"}, false},
		{"CloudTrail's validation", bySNS("CloudTrail validation message."), nil, false},
		{"S3's test", testEvent, nil, false},
		{"S3's test by SNS", bySNS(testEvent), nil, false},
		{"no JSON", "hello", nil, true},
		{"other JSON", `{"hello":"world"}`, nil, true},
		{"no object", `[1]`, nil, true},
		{"other records", `{"Records":[{"eventSource":"aws:ses"}]}`, nil, true},
		{"SNS of something else", bySNS("hello"), nil, true},
		{"wrapped without end", bySNS(bySNS(bySNS(bySNS(fromS3s(put))))), nil, true},
		{"nothing", "", nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paths, err := logs.NoticePaths(test.text)
			require.Equal(t, test.fault, err != nil)
			require.Equal(t, test.want, paths)
			if err != nil {
				require.NotContains(t, err.Error(), "hello", "nothing of a message is repeated")
			}
		})
	}
}

func FuzzNotices(f *testing.F) {
	f.Add(fromS3s(fromS3("ObjectCreated:Put", "b", "a+b%20c")))
	f.Add(bySNS(fromCloudTrail("b", "k")))
	f.Add(byEventBridge("Object Created", "b", "k"))
	f.Add(testEvent)
	f.Fuzz(func(t *testing.T, text string) {
		if paths, err := logs.NoticePaths(text); err != nil {
			require.Empty(t, paths)
		}
	})
}
