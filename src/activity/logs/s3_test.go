package logs_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"
)

const aBucket = "trail-of-example"

// A cloud speaks as much of S3's protocol, and of SQS's (sqs_test.go), as the logs are read with, and counts what it is asked.
type cloud struct {
	*httptest.Server
	region string // of the bucket; empty: it does not matter
	near   bool   // it is asked without a network between

	mu      sync.Mutex
	objects map[string]object
	keys    []string       // sorted
	calls   map[string]int // by operation
	asked   []string       // keys and prefixes, in order
	disturb func(w http.ResponseWriter, r *http.Request, operation, key string) bool
	queue   queue
}

type object struct {
	data     []byte
	modified time.Time
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{objects: map[string]object{}, calls: map[string]int{}}
	c.Server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) config() aws.Config {
	client := c.Client()
	if c.near {
		client = &http.Client{Transport: c}
	}
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(c.URL), HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.RateLimiter = 2, ratelimit.None
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
			})
		},
	}
}

// RoundTrip implements http.RoundTripper.
func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	c.serve(answer, r)
	return answer.Result(), nil
}

// put puts an object that was last changed an hour ago.
func (c *cloud) put(key string, data []byte) { c.putAt(key, data, now.Add(-time.Hour)) }

func (c *cloud) putAt(key string, data []byte, modified time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.objects[key]; !there {
		at := sort.SearchStrings(c.keys, key)
		c.keys = slices.Insert(c.keys, at, key)
	}
	c.objects[key] = object{data, modified}
}

func (c *cloud) remove(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.objects, key)
	c.keys = slices.DeleteFunc(c.keys, func(k string) bool { return k == key })
}

// upload puts a folder's files.
func (c *cloud) upload(t *testing.T, root, prefix string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		rel, err := filepath.Rel(root, path)
		require.NoError(t, err)
		c.putAt(prefix+filepath.ToSlash(rel), data, info.ModTime())
		return nil
	}))
}

// count gives the calls of an operation since it was last asked, or all.
func (c *cloud) count(operations ...string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for operation, calls := range c.calls {
		if len(operations) == 0 || slices.Contains(operations, operation) {
			n += calls
			delete(c.calls, operation)
		}
	}
	return n
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	operation := "GetObject"
	target := r.Header.Get("X-Amz-Target")
	switch {
	case target != "":
		operation = strings.TrimPrefix(target, "AmazonSQS.")
	case r.Method == http.MethodHead:
		operation = "HeadBucket"
	case key == "":
		operation, key = "ListObjectsV2", r.URL.Query().Get("prefix")
	}
	c.mu.Lock()
	c.calls[operation]++
	c.asked = append(c.asked, key)
	disturb := c.disturb
	c.mu.Unlock()
	if disturb != nil && disturb(w, r, operation, key) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.region != "" && target == "" && !strings.Contains(r.Header.Get("Authorization"), "/"+c.region+"/s3/") {
		w.Header().Set("x-amz-bucket-region", c.region)
		refuse(w, http.StatusMovedPermanently, "PermanentRedirect", "another region")
		return
	}
	switch {
	case target != "":
		c.serveQueue(w, r, operation)
	case bucket != aBucket:
		refuse(w, http.StatusNotFound, "NoSuchBucket", "there is no such bucket")
	case operation == "HeadBucket":
		w.Header().Set("x-amz-bucket-region", c.region)
	case operation == "ListObjectsV2":
		c.list(w, r)
	default:
		c.get(w, r, key)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, message)
	return true
}

func etag(data []byte) string {
	sum := md5.Sum(data)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// get serves an object, or the end of one, on condition that it is still the same.
func (c *cloud) get(w http.ResponseWriter, r *http.Request, key string) {
	o, ok := c.objects[key]
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey", "there is no such key")
		return
	}
	if want := r.Header.Get("If-Match"); want != "" && want != etag(o.data) {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "it changed")
		return
	}
	w.Header().Set("ETag", etag(o.data))
	http.ServeContent(w, r, "", o.modified, bytes.NewReader(o.data))
}

type listed struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name, Prefix          string
	KeyCount, MaxKeys     int
	IsTruncated           bool
	EncodingType          string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	Contents              []content
	CommonPrefixes        []commonPrefix
}

type content struct {
	Key, LastModified, ETag string
	Size                    int
	StorageClass            string
}

type commonPrefix struct{ Prefix string }

// list serves ListObjectsV2: what comes after StartAfter or the continuation token, folders rolled up by the delimiter, a page at a time.
func (c *cloud) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	prefix, delimiter, after := q.Get("prefix"), q.Get("delimiter"), q.Get("start-after")
	if token := q.Get("continuation-token"); token != "" {
		text, _ := base64.StdEncoding.DecodeString(token)
		after = string(text)
	}
	page := listed{Name: aBucket, Prefix: prefix, MaxKeys: 1000}
	if most, err := strconv.Atoi(q.Get("max-keys")); err == nil {
		page.MaxKeys = min(most, 1000)
	}
	last := ""
	for _, key := range c.keys[sort.SearchStrings(c.keys, prefix):] {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		folder := ""
		if at := strings.Index(key[len(prefix):], delimiter); delimiter != "" && at >= 0 {
			folder = key[:len(prefix)+at+1]
		}
		if key <= after || folder != "" && (folder == last || folder <= after && strings.HasPrefix(after, folder)) {
			continue
		}
		if page.KeyCount == page.MaxKeys {
			page.IsTruncated, page.NextContinuationToken = true, base64.StdEncoding.EncodeToString([]byte(last))
			break
		}
		page.KeyCount++
		if last = key; folder != "" {
			last = folder
			page.CommonPrefixes = append(page.CommonPrefixes, commonPrefix{folder})
			continue
		}
		o := c.objects[key]
		page.Contents = append(page.Contents, content{key, o.modified.UTC().Format("2006-01-02T15:04:05.000Z"), etag(o.data), len(o.data), "STANDARD"})
	}
	if r.URL.Query().Get("encoding-type") == "url" {
		page.EncodingType = "url"
		for i := range page.Contents {
			page.Contents[i].Key = url.QueryEscape(page.Contents[i].Key)
		}
		for i := range page.CommonPrefixes {
			page.CommonPrefixes[i].Prefix = url.QueryEscape(page.CommonPrefixes[i].Prefix)
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(page)
}
