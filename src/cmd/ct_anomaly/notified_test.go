package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sid341 is the S3-put test event as the workshop has its participants write it, with its own line ends.
const sid341 = `{
  "Records": [
    {
      "s3": {
        "bucket": {
          "name": "CLOUDTRAIL_BUCKET_NAME"
        },
        "object": {
          "key": "CLOUDTRAIL_LOG_FILE_PATH"
        }
      }
    }
  ]
}
`

func testEvent(bucket, key string) string {
	return strings.NewReplacer("CLOUDTRAIL_BUCKET_NAME", bucket, "CLOUDTRAIL_LOG_FILE_PATH", key).Replace(sid341)
}

// s3put is what S3 sends for an object (Amazon S3 User Guide, "Event message structure").
func s3put(event, bucket, encodedKey string) string {
	return fmt.Sprintf(`{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"ca-central-1","eventTime":"2026-11-22T11:00:00.123Z","eventName":%q,`+
		`"userIdentity":{"principalId":"AWS:AROAEXAMPLE:s"},"requestParameters":{"sourceIPAddress":"192.0.2.1"},"s3":{"s3SchemaVersion":"1.0","configurationId":"c",`+
		`"bucket":{"name":%q,"ownerIdentity":{"principalId":"A3NL1KOZZKExample"},"arn":"arn:aws:s3:::b"},"object":{"key":%q,"size":1024,"eTag":"d4","sequencer":"0055AE"}}}`,
		event, bucket, encodedKey)
}

func s3puts(events ...string) string { return `{"Records":[` + strings.Join(events, ",") + `]}` }

func throughSNS(t *testing.T, message string) string {
	t.Helper()
	text, err := json.Marshal(map[string]string{"Type": "Notification", "TopicArn": "arn:aws:sns:ca-central-1:111122223333:t", "Message": message})
	require.NoError(t, err)
	return string(text)
}

// TestNotificationsOfEveryKind name the files that detect records reads.
func TestNotificationsOfEveryKind(t *testing.T) {
	bucket, keys := workshop(t)
	stop, trail := keys[1], keys[2]
	odd := "some prefix/é+/" + trail
	put(t, bucket, odd, zipped(document(deed{account: "111122223333", role: "gen", action: "cloudtrail.amazonaws.com:DeleteTrail", at: today.Add(-1)}.record())))
	digest := strings.Replace(stop, "/CloudTrail/", "/CloudTrail-Digest/", 1)
	eventBridge := fmt.Sprintf(`{"detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"trail"},"object":{"key":%q}}}`, odd)
	for name, c := range map[string]struct {
		event          string
		matches, files int
		says           string
	}{
		"the workshop's test event":         {testEvent("trail", stop), 1, 1, ""},
		"the workshop's, with a copied URI": {testEvent("trail", "s3://trail/"+stop), 1, 1, ""},
		"the workshop's, an odd key":        {testEvent("trail", odd), 1, 1, ""},
		"the workshop's, not filled in":     {sid341, 0, 0, "passed over, as it is no log file: s3://CLOUDTRAIL_BUCKET_NAME/CLOUDTRAIL_LOG_FILE_PATH"},
		"S3":                                {s3puts(s3put("ObjectCreated:Put", "trail", stop)), 1, 1, ""},
		"S3, an odd key":                    {s3puts(s3put("ObjectCreated:Put", "trail", "some+prefix/%C3%A9%2B/"+trail)), 1, 1, ""},
		"S3, two and a removal":             {s3puts(s3put("ObjectCreated:Put", "trail", stop), s3put("ObjectCreated:Copy", "trail", trail), s3put("ObjectRemoved:Delete", "trail", keys[3])), 2, 2, ""},
		"S3, a digest beside":               {s3puts(s3put("ObjectCreated:Put", "trail", digest), s3put("ObjectCreated:Put", "trail", stop)), 1, 1, "passed over, as it is no log file: s3://trail/" + digest},
		"S3 by SNS":                         {throughSNS(t, s3puts(s3put("ObjectCreated:Put", "trail", stop))), 1, 1, ""},
		"EventBridge":                       {eventBridge, 1, 1, ""},
		"CloudTrail by SNS":                 {throughSNS(t, fmt.Sprintf(`{"s3Bucket":"trail","s3ObjectKey":[%q]}`, stop)), 1, 1, ""},
		"S3's own test":                     {`{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"trail"}`, 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			event := put(t, t.TempDir(), "event.json", []byte(c.event))
			r := must(t, exitDone, "detect", "records", "--s3-event", event, "--logs", bucket)
			require.Len(t, lines(t, r.out), c.matches)
			require.Contains(t, r.err, count(c.matches, "match")+" of rules in "+count(c.files, "file"))
			require.Contains(t, r.err, c.says)
		})
	}
}

func TestNotificationsThatNameNothingHere(t *testing.T) {
	bucket, keys := workshop(t)
	for name, c := range map[string]struct{ event, says string }{
		"no JSON":           {"{", `give one as S3 sends it, or {"Records":[{"s3":{"bucket":{"name":"BUCKET"},"object":{"key":"KEY"}}}]}`},
		"something else":    {`{"Records":[{"eventSource":"aws:sqs"}]}`, "it is no notification of S3 or CloudTrail"},
		"not there":         {testEvent("trail", "gone/"+keys[0]), "give the folder that holds the bucket's files with --logs, or --logs s3://trail to read it from the bucket"},
		"out of the folder": {testEvent("trail", "../"+filepath.Base(bucket)+"/"+keys[0]), "leads out of the folder of logs"},
		"a bucket outside":  {testEvent("..", keys[0]), "leads out of the folder of logs"},
	} {
		t.Run(name, func(t *testing.T) {
			event := put(t, t.TempDir(), "event.json", []byte(c.event))
			r := must(t, exitFailed, "detect", "records", "--s3-event", event, "--logs", bucket)
			require.Contains(t, r.err, c.says)
			require.Empty(t, r.out)
		})
	}
}

// TestTheTestEventBesideTheFiles: who copied a file of the trail and wrote the event beside it gives nothing else.
func TestTheTestEventBesideTheFiles(t *testing.T) {
	bucket, keys := workshop(t)
	event := put(t, bucket, "s3-put.json", []byte(testEvent("trail", keys[1])))
	require.Contains(t, must(t, exitDone, "detect", "records", "--s3-event", event).out, `"rule":"stop_logging"`)
}
