package cloudwatch

import (
	"cmp"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"cloudtrail_anomaly/src/discern"
)

// The dimensions by which anomalies are counted, each for itself.
const (
	byType    = "AnomalyType"
	byRule    = "Rule"
	byAccount = "AccountId"
)

// A part of the metric has one dimension, or none: the whole.
type part struct{ dimension, value string }

// mostParts is how many metrics CloudWatch takes in a call. With values of longestValue they stay far below the 1 MB that a call may have.
const (
	mostParts    = 1000
	longestValue = 255
)

// count adds up things until a call is full, and gives those that are left.
func count[T any](things []T, of func(*T) []part) (counts map[part]int, rest []T) {
	counts = map[part]int{}
	for i := range things {
		parts := of(&things[i])
		if len(counts)+len(parts) > mostParts {
			return counts, things[i:]
		}
		for _, p := range parts {
			counts[p]++
		}
	}
	return counts, nil
}

// partsOf are those that an event counts for; none for a suppressed one.
func partsOf(told *discern.Pending) []part {
	var e struct {
		Type       string `json:"anomaly_type"`
		Rule       string `json:"rule"`
		AccountID  string `json:"account_id"`
		Suppressed bool   `json:"suppressed"`
	}
	_ = json.Unmarshal(told.Event, &e) // a run wrote it
	if e.Suppressed {
		return nil
	}
	return partsFor(e.Type, e.Rule, e.AccountID)
}

func partsFor(anomalyType, rule, account string) []part {
	parts := []part{{}}
	for _, p := range []part{{byType, anomalyType}, {byRule, rule}, {byAccount, account}} {
		if p.allowed() {
			parts = append(parts, p)
		}
	}
	return parts
}

// allowed tells whether CloudWatch takes the value of a dimension. The account comes from the log: one with a value that is not taken, for which
// CloudWatch would refuse the whole call, is counted without it.
func (p part) allowed() bool {
	if p.value == "" || len(p.value) > longestValue || p.value[0] == ':' {
		return false
	}
	for _, c := range []byte(p.value) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

func (p part) dimensions() []types.Dimension {
	if p == (part{}) {
		return nil
	}
	return []types.Dimension{{Name: aws.String(p.dimension), Value: aws.String(p.value)}}
}

func (p part) compare(q part) int {
	return cmp.Or(cmp.Compare(p.dimension, q.dimension), cmp.Compare(p.value, q.value))
}
