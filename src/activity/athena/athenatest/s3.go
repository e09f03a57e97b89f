package athenatest

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
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
