package athenatest

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// serveS3 serves path-style requests: /bucket/key.
func (f *Front) serveS3(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	call := Call{Service: "s3", Operation: s3Operation(r, bucket, key), Bucket: bucket, Key: key, ByEngine: byEngine(r)}
	if key == "" && r.Method == http.MethodGet {
		call.Key = r.URL.Query().Get("prefix")
	}
	fault := f.record(call)
	switch {
	case fault == nil:
		f.answerS3(w, r, call)
	case fault.Hang:
		f.hang(r)
	case fault.Lose:
		f.answerS3(discard{}, r, call)
		lose()
	default:
		s3Error(w, r, fault.Status, fault.Code, fault.Message)
	}
}

// s3Operation names a request as the API does.
func s3Operation(r *http.Request, bucket, key string) string {
	query := r.URL.Query()
	switch {
	case bucket == "":
		return "ListBuckets"
	case key != "":
		return map[string]string{"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"}[r.Method]
	case r.Method == http.MethodPost && query.Has("delete"):
		return "DeleteObjects"
	case r.Method == http.MethodGet && query.Has("location"):
		return "GetBucketLocation"
	case r.Method == http.MethodGet && query.Get("list-type") == "2":
		return "ListObjectsV2"
	}
	for _, sub := range []string{"acl", "encryption", "lifecycle", "notification", "policy", "tagging", "versioning"} {
		if query.Has(sub) {
			return r.Method + " bucket " + sub
		}
	}
	return map[string]string{"GET": "ListObjects", "HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}[r.Method]
}

func (f *Front) answerS3(w http.ResponseWriter, r *http.Request, c Call) {
	f.mu.Lock()
	_, there := f.buckets[c.Bucket]
	f.mu.Unlock()
	if !there && c.Operation != "CreateBucket" && c.Operation != "ListBuckets" {
		s3Error(w, r, http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		return
	}
	w.Header().Set("X-Amz-Bucket-Region", region)
	switch c.Operation {
	case "ListBuckets":
		f.listBuckets(w)
	case "CreateBucket":
		f.MakeBucket(c.Bucket)
	case "HeadBucket":
		w.WriteHeader(http.StatusOK)
	case "GetBucketLocation":
		writeXML(w, struct { // us-east-1 is said by nothing
			XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		}{})
	case "ListObjectsV2", "ListObjects":
		f.listObjects(w, r, c.Bucket)
	case "GetObject", "HeadObject":
		f.getObject(w, r, c)
	case "PutObject":
		f.putObject(w, r, c)
	case "DeleteObject":
		f.Delete(c.Bucket, c.Key)
		w.WriteHeader(http.StatusNoContent)
	case "DeleteObjects":
		f.deleteObjects(w, r, c.Bucket)
	default:
		s3Error(w, r, http.StatusNotImplemented, "NotImplemented", "this front does not know "+c.Operation)
	}
}

// region is where everything is.
const region = "us-east-1"

func (f *Front) listBuckets(w http.ResponseWriter) {
	type bucket struct{ Name string }
	answer := struct {
		XMLName xml.Name `xml:"ListAllMyBucketsResult"`
		Xmlns   string   `xml:"xmlns,attr"`
		Buckets []bucket `xml:"Buckets>Bucket"`
	}{Xmlns: s3Namespace}
	f.locked(func() {
		for name := range f.buckets {
			answer.Buckets = append(answer.Buckets, bucket{name})
		}
	})
	writeXML(w, answer)
}

type s3Listing struct {
	XMLName               xml.Name    `xml:"ListBucketResult"`
	Xmlns                 string      `xml:"xmlns,attr"`
	Name                  string      `xml:"Name"`
	Prefix                string      `xml:"Prefix"`
	Delimiter             string      `xml:"Delimiter,omitempty"`
	EncodingType          string      `xml:"EncodingType,omitempty"`
	MaxKeys               int         `xml:"MaxKeys"`
	KeyCount              int         `xml:"KeyCount"`
	IsTruncated           bool        `xml:"IsTruncated"`
	NextContinuationToken string      `xml:"NextContinuationToken,omitempty"`
	NextMarker            string      `xml:"NextMarker,omitempty"`
	Contents              []s3Content `xml:"Contents"`
	CommonPrefixes        []s3Prefix  `xml:"CommonPrefixes"`
}

type s3Content struct {
	Key, LastModified, ETag, StorageClass string
	Size                                  int64
}

type s3Prefix struct{ Prefix string }

func (f *Front) listObjects(w http.ResponseWriter, r *http.Request, bucket string) {
	query := r.URL.Query()
	after := query.Get("start-after") + query.Get("marker")
	if token := query.Get("continuation-token"); token != "" {
		after = token
	}
	limit := 1000
	if asked, err := strconv.Atoi(query.Get("max-keys")); err == nil {
		limit = min(limit, asked)
	}
	name := func(key string) string { return key }
	if query.Get("encoding-type") == "url" {
		name = func(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
	}
	page, more := f.list(bucket, query.Get("prefix"), query.Get("delimiter"), after, limit)
	answer := s3Listing{Xmlns: s3Namespace, Name: bucket, Prefix: name(query.Get("prefix")), Delimiter: name(query.Get("delimiter")),
		EncodingType: query.Get("encoding-type"), MaxKeys: limit, KeyCount: len(page), IsTruncated: more}
	for _, l := range page {
		if l.common {
			answer.CommonPrefixes = append(answer.CommonPrefixes, s3Prefix{name(l.key)})
			continue
		}
		answer.Contents = append(answer.Contents, s3Content{Key: name(l.key), LastModified: l.object.modified.Format("2006-01-02T15:04:05.000Z"),
			ETag: l.object.etag, StorageClass: "STANDARD", Size: l.object.size})
	}
	if more && len(page) > 0 {
		answer.NextContinuationToken, answer.NextMarker = page[len(page)-1].key, name(page[len(page)-1].key)
	}
	writeXML(w, answer)
}

func (f *Front) getObject(w http.ResponseWriter, r *http.Request, c Call) {
	f.mu.Lock()
	o, there := f.buckets[c.Bucket][c.Key]
	f.mu.Unlock()
	if !there {
		s3Error(w, r, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	body, err := o.open()
	if err != nil {
		s3Error(w, r, http.StatusInternalServerError, "InternalError", err.Error())
		return
	}
	defer func() { _ = body.Close() }()
	w.Header().Set("ETag", o.etag)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", o.modified, body) // ranges and conditions
}

func (f *Front) putObject(w http.ResponseWriter, r *http.Request, c Call) {
	body, err := payload(r)
	if err != nil {
		s3Error(w, r, http.StatusBadRequest, "IncompleteBody", err.Error())
		return
	}
	o, taken := inMemory(body), false
	f.locked(func() {
		if _, taken = f.buckets[c.Bucket][c.Key]; taken && r.Header.Get("If-None-Match") == "*" {
			return
		}
		taken = false
		f.buckets[c.Bucket][c.Key] = o
	})
	if taken {
		s3Error(w, r, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	}
	w.Header().Set("ETag", o.etag)
}

// payload reads a body, which SDKs send in signed chunks ("size;chunk-signature=…", data, a last one of size 0, trailers) where they
// stream it.
func payload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	in, out := bufio.NewReader(r.Body), new(bytes.Buffer)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("a chunk without its size: %w", err)
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return out.Bytes(), nil
		}
		if _, err := io.CopyN(out, in, n); err != nil {
			return nil, err
		}
		if _, err := in.Discard(len("\r\n")); err != nil {
			return nil, err
		}
	}
}

func (f *Front) deleteObjects(w http.ResponseWriter, r *http.Request, bucket string) {
	body, err := payload(r)
	var asked struct {
		Object []struct{ Key string }
	}
	if err = errors.Join(err, xml.Unmarshal(body, &asked)); err != nil || len(asked.Object) > 1000 {
		s3Error(w, r, http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed")
		return
	}
	type deleted struct{ Key string }
	answer := struct {
		XMLName xml.Name  `xml:"DeleteResult"`
		Xmlns   string    `xml:"xmlns,attr"`
		Deleted []deleted `xml:"Deleted"`
	}{Xmlns: s3Namespace}
	time.Sleep(aNetworksPause)
	for _, o := range asked.Object {
		f.Delete(bucket, o.Key)
		answer.Deleted = append(answer.Deleted, deleted(o))
	}
	writeXML(w, answer)
}

func s3Error(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	if status == 0 {
		status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName                  xml.Name `xml:"Error"`
		Code, Message, RequestId string
	}{Code: code, Message: message, RequestId: "0000000000000000"})
}

func writeXML(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(answer)
}

// discard takes an answer that is to be lost.
type discard struct{}

func (discard) Header() http.Header         { return make(http.Header) }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
