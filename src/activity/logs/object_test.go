package logs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
)

// refusing refuses to give some objects, or with no keys all.
func refusing(code string, keys ...string) func(http.ResponseWriter, *http.Request, string, string) bool {
	status := map[string]int{"NoSuchKey": 404, "PreconditionFailed": 412, "InternalError": 500, "SlowDown": 503, "InvalidRequest": 400}[code]
	if status == 0 {
		status = http.StatusForbidden
	}
	message := "no"
	if code == "KMS" {
		code, message = "AccessDenied", "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: kms:Decrypt on this resource"
	}
	return func(w http.ResponseWriter, _ *http.Request, operation, key string) bool {
		if operation != "GetObject" || len(keys) > 0 && !slices.Contains(keys, key) {
			return false
		}
		return refuse(w, status, code, message)
	}
}

func TestWhatS3DoesNotGiveIsNamed(t *testing.T) {
	tests := []struct {
		code, fault string
		kept, given bool
	}{
		{"AccessDenied", "allow s3:GetObject", true, false},
		{"KMS", "allow kms:Decrypt on that key", true, false},
		{"InvalidObjectState", "in an archive: restore it", false, true},
		{"NoSuchKey", "not there any more", false, true},
		{"InternalError", "S3 says InternalError", true, false},
		{"InvalidRequest", "S3 says InvalidRequest", false, true},
	}
	for _, test := range tests {
		t.Run(test.code, func(t *testing.T) {
			c := newCloud(t)
			bad := c.fileAt(anAccount, "us-east-1", now.AddDate(0, 0, -9)) // a first look gives it up only where it is no good
			c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
			c.disturb = refusing(test.code, bad)
			p := drain(t, bucketOf(t, c, anAccount, logs.BucketOptions{}))
			require.Len(t, p.Sightings, 1, "the other one is read")
			require.Len(t, p.Bad, 1)
			require.Contains(t, p.Bad[0].Fault, test.fault)
			require.NotContains(t, p.Bad[0].Fault, "records before that", "none was read")
			require.Equal(t, discern.BadFile{Path: "s3://" + aBucket + "/" + bad, Fault: p.Bad[0].Fault, Kept: test.kept, Given: test.given}, p.Bad[0])
		})
	}
}

func TestThatEveryReadIsRefusedEndsTheRun(t *testing.T) {
	c := newCloud(t)
	for h := range 30 {
		c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour))
	}
	c.disturb = refusing("AccessDenied")
	_, err := bucketOf(t, c, anAccount, logs.BucketOptions{}).Next(t.Context())
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	require.Equal(t, "AccessDenied", api.ErrorCode())
	require.ErrorContains(t, err, "none of 30 could be opened")

	c.disturb = func(w http.ResponseWriter, _ *http.Request, operation, _ string) bool {
		return operation == "ListObjectsV2" && refuse(w, http.StatusForbidden, "AccessDenied", "no")
	}
	_, err = bucketOf(t, c, anAccount, logs.BucketOptions{}).Next(t.Context())
	require.ErrorAs(t, err, &api)
	require.ErrorContains(t, err, "list s3://"+aBucket+"/AWSLogs/"+anAccount+"/CloudTrail/")
}

// TestAnUnreachableS3EndsTheRun, rather than to name each of its files.
func TestAnUnreachableS3EndsTheRun(t *testing.T) {
	c := newCloud(t)
	for h := range 200 {
		c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour))
	}
	var n atomic.Int64
	c.disturb = func(w http.ResponseWriter, _ *http.Request, operation, _ string) bool {
		return operation == "GetObject" && n.Add(1) > 10 && refuse(w, http.StatusServiceUnavailable, "SlowDown", "later")
	}
	_, err := bucketOf(t, c, anAccount, logs.BucketOptions{}).Next(t.Context())
	require.ErrorContains(t, err, "in a row could not be had")
	require.Less(t, n.Load(), int64(150))
}

func TestFilesThatS3FailsToGiveNowAndThenEndNothing(t *testing.T) {
	c := newCloud(t)
	var failing []string
	for h := range 60 {
		key := c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour))
		if h%2 == 0 {
			failing = append(failing, key)
		}
	}
	c.disturb = refusing("InternalError", failing...)
	p := drain(t, bucketOf(t, c, anAccount, logs.BucketOptions{Workers: 1}))
	require.Len(t, p.Sightings, 30)
	require.Equal(t, 30, p.Whole.BadFiles)
}

// cutting ends the connection after some bytes of an object, as often as told.
func cutting(c *cloud, key string, after int, times int64, how func(*http.Request)) func(http.ResponseWriter, *http.Request, string, string) bool {
	var cut atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, operation, asked string) bool {
		if operation != "GetObject" || asked != key || cut.Add(1) > times {
			return false
		}
		c.mu.Lock()
		data := c.objects[key].data
		c.mu.Unlock()
		from := 0
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		w.Header().Set("ETag", etag(data))
		w.Header().Set("Content-Length", fmt.Sprint(len(data)-from))
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(data[from:min(from+after, len(data))])
		_ = http.NewResponseController(w).Flush()
		how(r)
		panic(http.ErrAbortHandler)
	}
}

func manyRecords(n int) []byte {
	var records []string
	for i := range n {
		records = append(records, record(fmt.Sprintf("%032x", i*7919), "2026-11-20T10:00:00Z", anAccount, fmt.Sprint("Act", i), fmt.Sprintf("192.0.2.%d", i%250)))
	}
	return zipped(document(records...))
}

func TestACutConnectionIsTakenUpAgain(t *testing.T) {
	tests := []struct {
		name  string
		times int64
		how   func(*http.Request)
		bad   bool
	}{
		{"cut once", 1, func(*http.Request) {}, false},
		{"cut three times", 3, func(*http.Request) {}, false},
		{"cut four times", 4, func(*http.Request) {}, true},
		{"stalled", 1, func(r *http.Request) { <-r.Context().Done() }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCloud(t)
			key := delivered(anAccount, "us-east-1", "20261120T1005")
			c.put(key, manyRecords(2000))
			c.fileAt(anAccount, "us-east-1", now)
			c.disturb = cutting(c, key, 2000, test.times, test.how)
			b := bucketOf(t, c, anAccount, logs.BucketOptions{})
			b.SetStall(50 * time.Millisecond)
			p := drain(t, b)
			if test.bad {
				require.Len(t, p.Bad, 1)
				require.True(t, p.Bad[0].Kept)
				require.Contains(t, p.Bad[0].Fault, "the connection to S3 did not hold")
				return
			}
			require.Empty(t, p.Bad)
			require.Len(t, p.Sightings, 2001)
			for _, s := range p.Sightings {
				require.Equal(t, 1, s.Count, "no record is read twice")
			}
			require.Equal(t, int(test.times)+2, c.count("GetObject"))
		})
	}
}

func TestAnObjectThatChangesWhileItIsRead(t *testing.T) {
	c := newCloud(t)
	key := delivered(anAccount, "us-east-1", "20261120T1005")
	c.put(key, manyRecords(2000))
	c.fileAt(anAccount, "us-east-1", now)
	c.disturb = cutting(c, key, 2000, 1, func(*http.Request) { c.put(key, manyRecords(100)) })
	p := drain(t, bucketOf(t, c, anAccount, logs.BucketOptions{}))
	require.Len(t, p.Bad, 1)
	require.Contains(t, p.Bad[0].Fault, "it was changed while it was read")
	require.False(t, p.Bad[0].Given)
	require.Len(t, p.Files, 1)
}

func TestManyFilesWithTheSameFaultAreCounted(t *testing.T) {
	c := newCloud(t)
	var archived []string
	for d := range 50 {
		archived = append(archived, c.fileAt(anAccount, "us-east-1", now.AddDate(0, 0, -d-10)))
	}
	c.fileAt(anAccount, "us-east-1", now)
	c.disturb = refusing("InvalidObjectState", archived...)
	p := drain(t, bucketOf(t, c, anAccount, logs.BucketOptions{}))
	require.Len(t, p.Bad, 20)
	require.True(t, strings.HasSuffix(p.Bad[19].Fault, "; and 30 more files like it"))
	require.Equal(t, 50, p.Whole.BadFiles)
}

func TestABucketsRunCanBeStopped(t *testing.T) {
	c := newCloud(t)
	c.fileAt(anAccount, "us-east-1", now)
	ctx, cancel := context.WithCancel(t.Context())
	c.disturb = func(_ http.ResponseWriter, r *http.Request, operation, _ string) bool {
		if operation == "GetObject" {
			cancel()
			<-r.Context().Done()
		}
		return false
	}
	_, err := bucketOf(t, c, anAccount, logs.BucketOptions{}).Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, errors.Is(err, io.EOF))
}
