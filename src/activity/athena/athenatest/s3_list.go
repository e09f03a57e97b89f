package athenatest

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

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
