package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/policy"
)

// TestAWSFilesOfTheBucketAreRead by show and detect records, with what policy grants a run.
func TestAWSFilesOfTheBucketAreRead(t *testing.T) {
	o := organize(t, 2)
	stop := deed{role: "app", action: "cloudtrail.amazonaws.com:StopLogging", at: today.Add(-time.Hour)}
	var keys []string
	for _, m := range o.members {
		keys = append(keys, o.deliver(t, m.id, stop))
	}
	o.deliver(t, o.home, deed{role: "app", action: "s3.amazonaws.com:ListBuckets", at: today.AddDate(0, 0, -1)})
	reading := []string{"--athena-account-id", o.home, "--role-external-id", externalID}
	logs := "s3://" + trailBucket + "/" + o.prefix
	g := o.policy(t, append(reading, "--logs", logs)...)
	o.install(t, g, "", "")
	o.authorise(t, true)

	id := fmt.Sprintf("%s-%s-app-StopLogging", stop.at.Format(time.RFC3339), o.members[0].id)
	below, err := filepath.Rel(o.prefix, keys[0])
	require.NoError(t, err)
	for name, where := range map[string][]string{
		"the path of an event":     {"--file", "s3://" + trailBucket + "/" + keys[0]},
		"below the trail":          {"--logs", logs, "--file", below},
		"a prefix":                 {"--file", "s3://" + trailBucket + "/" + filepath.Dir(filepath.Dir(keys[0])) + "/"},
		"wherever the trail is":    {"--logs", logs},
		"a path, and a queue else": {"--logs", "sqs://sqs.us-east-1.amazonaws.com/111122223333/trail", "--file", "s3://" + trailBucket + "/" + keys[0]},
	} {
		t.Run(name, func(t *testing.T) {
			var record struct{ EventID, EventName string }
			shown := must(t, exitDone, append(append([]string{"show", id}, where...), reading...)...).out
			require.NoError(t, json.Unmarshal([]byte(shown), &record))
			require.Equal(t, id, record.EventID)
		})
	}

	notice := filepath.Join(t.TempDir(), "put.json")
	require.NoError(t, os.WriteFile(notice, fmt.Appendf(nil, `{"Records":[{"s3":{"bucket":{"name":%q},"object":{"key":%q}}}]}`, trailBucket, keys[1]), 0o600))
	for name, c := range map[string]struct {
		args           []string
		matches, files int
	}{
		"a file":         {[]string{"s3://" + trailBucket + "/" + keys[0]}, 1, 1},
		"the trail":      {[]string{"--logs", logs}, 2, 3},
		"a notification": {[]string{"--logs", logs, "--s3-event", notice}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := must(t, exitDone, append(append([]string{"detect", "records"}, c.args...), reading...)...)
			require.Len(t, lines(t, r.out), c.matches)
			require.Contains(t, r.out, `"rule":"stop_logging"`)
			require.Contains(t, r.out, `"file":"s3://`+trailBucket+"/"+o.prefix+"/AWSLogs/")
			require.Contains(t, r.err, count(c.matches, "match")+" of rules in "+count(c.files, "file"))
		})
	}

	require.Contains(t, must(t, exitFailed, append([]string{"detect", "records", logs + "/AWSLogs/nothing/"}, reading...)...).err, "there is no log file (.json.gz or .json) in "+logs+"/AWSLogs/nothing/")
	lost := must(t, exitFailed, append([]string{"show", id, "--file", "s3://" + trailBucket + "/" + keys[0] + ".json"}, reading...)...)
	require.Contains(t, lost.err, "not read: s3://"+trailBucket+"/"+keys[0]+".json: ")

	o.freely(t, func() { o.install(t, g, policy.ForLogs+" ReadTheLogFiles", "") })
	refused := must(t, exitPartly, append([]string{"detect", "records", "s3://" + trailBucket + "/" + keys[0]}, reading...)...)
	require.Contains(t, refused.err, "role/CT_AthenaRole is refused s3:GetObject on arn:aws:s3:::"+trailBucket+"/"+keys[0])
}
