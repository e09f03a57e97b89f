package settings

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Place is where log files are. The zero Place is none.
type Place struct {
	Kind PlaceKind
	At   string // a folder's path; a bucket's name and prefix, "bucket/prefix"; a queue's URL without https://; empty for the demo
}

// PlaceKind says what kind of place a Place is.
type PlaceKind int

// The kinds of place.
const (
	Nowhere PlaceKind = iota
	Folder
	Bucket
	Queue
	Demo // the invented organization, its last day today
)

func (k PlaceKind) String() string {
	return [...]string{"no place", "a folder", "a bucket", "a queue", "the demo"}[k]
}

// Bucket is the bucket of a Place in S3, else empty.
func (p Place) Bucket() string {
	if p.Kind != Bucket {
		return ""
	}
	bucket, _, _ := strings.Cut(p.At, "/")
	return bucket
}

func parsePlace(text string) (Place, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case text == "demo:":
		return Place{Kind: Demo}, nil
	case strings.HasPrefix(text, "demo:"):
		return Place{}, errors.New("demo: stands alone")
	case !ok && (strings.HasPrefix(text, "s3:") || strings.HasPrefix(text, "sqs:")):
		return Place{}, fmt.Errorf("%s lacks the two slashes after the colon", quoted(text))
	case !ok && strings.HasPrefix(text, "arn:"):
		return Place{}, fmt.Errorf("%s is an ARN", quoted(text))
	case !ok:
		return Place{Kind: Folder, At: text}, oneLine(text)
	case scheme == "s3":
		return parseBucket(rest)
	case scheme == "sqs":
		return parseQueue(rest)
	}
	return Place{}, fmt.Errorf("%s is no scheme for logs", quoted(scheme+"://"))
}

func parseBucket(rest string) (Place, error) {
	bucket, prefix, _ := strings.Cut(rest, "/")
	if strings.ContainsAny(bucket, ":@") {
		return Place{}, errors.New("what follows s3:// holds more than a bucket and a prefix") // keys, in other programs' URLs
	}
	if !bucketName.MatchString(bucket) {
		return Place{}, fmt.Errorf("%s is not the name of a bucket", quoted(bucket))
	}
	if err := oneLine(prefix); err != nil {
		return Place{}, err
	}
	if slices.Contains(strings.Split(prefix, "/"), "AWSLogs") {
		return Place{}, errors.New("the prefix goes down into AWSLogs/")
	}
	return Place{Kind: Bucket, At: strings.TrimSuffix(bucket+"/"+strings.Trim(prefix, "/"), "/")}, nil
}

func parseQueue(rest string) (Place, error) {
	at := strings.TrimPrefix(rest, "https://")
	host, name := path.Split(at)
	if strings.Trim(host, "/") == "" || name == "" || strings.ContainsAny(at, " \t\n@?#") {
		return Place{}, errors.New("what follows sqs:// is not the URL of a queue")
	}
	return Place{Kind: Queue, At: at}, nil
}
