package athenatest

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

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
