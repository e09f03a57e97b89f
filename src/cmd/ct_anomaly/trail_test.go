package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A call is what a test's record is about.
type call struct {
	at      string // RFC 3339
	user    string
	action  string // of S3
	failure string // its errorCode
}

// record is a call as CloudTrail writes it. Its eventID is made of what it is.
func record(c call) string {
	failure := ""
	if c.failure != "" {
		failure = fmt.Sprintf(`"errorCode":%q,`, c.failure)
	}
	return fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA%[2]s","arn":"arn:aws:iam::111122223333:user/%[2]s",`+
		`"accountId":"111122223333","userName":"%[2]s"},"eventTime":"%[1]s","eventSource":"s3.amazonaws.com","eventName":"%[3]s","awsRegion":"us-east-1",`+
		`"sourceIPAddress":"192.0.2.1","userAgent":"aws-cli/2",%[4]s"eventID":"%[1]s-%[2]s-%[3]s","readOnly":true,"eventType":"AwsApiCall",`+
		`"managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}`, c.at, c.user, c.action, failure)
}

func document(records ...string) []byte {
	return []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

func zipped(plain []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(plain)
	z.Close()
	return b.Bytes()
}

// named is the path of a log file that CloudTrail delivered in a minute, such as 20261121T0905.
func named(minute string) string {
	return fmt.Sprintf("AWSLogs/111122223333/CloudTrail/us-east-1/%s/%s/%s/111122223333_CloudTrail_us-east-1_%sZ_abcdefghijklmnop.json.gz",
		minute[:4], minute[4:6], minute[6:8], minute)
}

// put writes a file below a folder, last changed an hour before today's clock.
func put(t *testing.T, root, path string, data []byte) string {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(path))
	require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(t, os.WriteFile(full, data, 0o644))
	changed := today.Add(-time.Hour)
	require.NoError(t, os.Chtimes(full, changed, changed))
	return full
}

// good is a log file of one record, ListBuckets by alice: two events, for alice is new as well.
func good(t *testing.T, root string) {
	t.Helper()
	put(t, root, named("20261121T0905"), zipped(document(record(call{at: "2026-11-21T09:00:00Z", user: "alice", action: "ListBuckets"}))))
}
