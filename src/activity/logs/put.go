package logs

import (
	"encoding/json"
	"strings"
)

// A Put is an object that came to a bucket.
type Put struct{ Bucket, Key string }

// LogFile tells by its name whether the object can be a log file: not a digest, and not what something else put there.
func (p Put) LogFile() bool { return logFile(p.Key) && sidecar(p.Key) == "" }

// Puts reads what tells of objects that came to a bucket, for commands: a notification of S3, EventBridge or CloudTrail, as it is or by SNS; and the S3-put
// test event of the workshop SID341, which has a bucket and a key in each record and nothing else. It gives none for S3's own test and for removals.
// The error holds nothing of the text.
func Puts(text string) ([]Put, error) {
	if all := byHand(text); len(all) > 0 {
		return all, nil
	}
	notices, err := noticesIn(text)
	if err != nil {
		return nil, err
	}
	all := make([]Put, len(notices))
	for i := range notices {
		all[i] = Put{notices[i].bucket, notices[i].key}
	}
	return all, nil
}

// byHand gives the objects of an event that somebody wrote, as the workshop asks for. Such a key is not encoded: it is as the console shows it, or copies
// it with the bucket before it.
func byHand(text string) []Put {
	var b body
	if json.Unmarshal([]byte(text), &b) != nil {
		return nil
	}
	var all []Put
	for i := range b.Records {
		r := &b.Records[i]
		if r.EventSource != "" || r.EventName != "" || r.S3.Object.Key == "" {
			return nil
		}
		key := strings.TrimPrefix(r.S3.Object.Key, "s3://"+r.S3.Bucket.Name+"/")
		all = append(all, Put{r.S3.Bucket.Name, strings.TrimPrefix(key, "/")})
	}
	return all
}
