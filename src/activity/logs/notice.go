package logs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// A notice is that an object came to a bucket.
type notice struct {
	bucket, key string
	region      string // the bucket's, where the notice tells it
	size        int64  // 0 where it does not
	at          int64  // Unix nanoseconds; 0 where it does not tell
}

// body has the fields of every kind of notification that CloudTrail's files are told by.
type body struct {
	// In an envelope of SNS (Amazon SNS Developer Guide, "Parsing message formats").
	Type    string
	Message *string

	// Of S3 itself (Amazon S3 User Guide, "Event message structure"): its keys are encoded as in a URL's query.
	Records []struct {
		EventSource string
		EventName   string
		EventTime   string
		AWSRegion   string
		S3          struct {
			Bucket struct{ Name string }
			Object object3
		}
	}
	Event string // s3:TestEvent, sent when notifications are set up

	// Of S3 by way of EventBridge ("EventBridge event message structure"): its keys are as they are.
	Source     string
	DetailType string `json:"detail-type"`
	Region     string
	Time       string
	Detail     struct {
		Bucket struct{ Name string }
		Object object3
	}

	// Of CloudTrail itself (AWS CloudTrail User Guide, "Configuring Amazon SNS notifications").
	S3Bucket    string
	S3ObjectKey []string
}

type object3 struct {
	Key  string
	Size int64
}

// validation is what CloudTrail publishes when a topic is set up.
const validation = "CloudTrail validation message."

// envelopes is how deep notifications may be wrapped.
const envelopes = 3

var errNoNotice = errors.New("it is no notification of S3 or CloudTrail")

// noticesIn reads a message: it may name several objects, or none. The error holds nothing of it.
func noticesIn(text string) ([]notice, error) {
	for range envelopes {
		var b body
		if err := json.Unmarshal([]byte(text), &b); err != nil {
			if strings.TrimSpace(text) == validation {
				return nil, nil
			}
			return nil, errNoNotice
		}
		switch {
		case b.Type == "Notification" && b.Message != nil:
			text = *b.Message
			continue
		case b.S3Bucket != "" || len(b.S3ObjectKey) > 0:
			return b.fromCloudTrail(), nil
		case b.Source == "aws.s3":
			return b.fromEventBridge(), nil
		case b.Event == "s3:TestEvent":
			return nil, nil
		case len(b.Records) > 0 && b.Records[0].EventSource == "aws:s3":
			return b.fromS3()
		}
		return nil, errNoNotice
	}
	return nil, errNoNotice
}

func (b *body) fromCloudTrail() []notice {
	var all []notice
	for _, key := range b.S3ObjectKey {
		all = append(all, notice{bucket: b.S3Bucket, key: key})
	}
	return all
}

func (b *body) fromEventBridge() []notice {
	if b.DetailType != "Object Created" {
		return nil
	}
	d := &b.Detail
	return []notice{{bucket: d.Bucket.Name, key: d.Object.Key, region: b.Region, size: d.Object.Size, at: nanoseconds(b.Time)}}
}

func (b *body) fromS3() ([]notice, error) {
	var all []notice
	for i := range b.Records {
		r := &b.Records[i]
		if !strings.HasPrefix(strings.TrimPrefix(r.EventName, "s3:"), "ObjectCreated:") {
			continue
		}
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			return nil, fmt.Errorf("%w: a key in it is not encoded as S3 does", errNoNotice)
		}
		all = append(all, notice{bucket: r.S3.Bucket.Name, key: key, region: r.AWSRegion, size: r.S3.Object.Size, at: nanoseconds(r.EventTime)})
	}
	return all, nil
}

func nanoseconds(stamp string) int64 {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return 0
	}
	return t.UnixNano()
}
