package dynamodb

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"cloudtrail_anomaly/src/discern"
)

// The limits of keys in bytes ("Quotas in Amazon DynamoDB").
const (
	longestPartition = 2048
	longestSort      = 1024
)

// A pair's keys are the principal key and the action as they are, as in the older tools' tables. All other keys begin with reserved, and a
// principal or an action that begins with it, is empty, too long, or no UTF-8 is given another key that does: so whatever a log holds, no two
// things have one key.
//
//	#<word>/<id>       an id as it is
//	#<word>~<SHA-256>  an id that no key can hold; it stands in the attribute LongRoleId
//	#                  the own item (action "")
//	##<…>              an action that begins with #, with one # before it
//	#~<SHA-256>        an action that no key can hold; it stands in the attribute LongAction
const reserved = "#"

// The partitions that are no holder's.
const (
	partitionTable   = reserved + "table"   // the marker of the table
	partitionRun     = reserved + "run"     // by collector, the run at work
	partitionPending = reserved + "pending" // by anomaly_id
)

// words are the kinds of holders in keys.
var words = map[discern.Kind]string{
	discern.Principal: "principal", discern.Account: "account", discern.Organization: "organization",
	discern.Rule: "rule", discern.Instance: "instance", discern.Watermark: "watermark",
}

// partition is a holder's RoleId; whole tells whether the id can be read from it.
func partition(h discern.Holder) (key string, whole bool) {
	if h.Kind == discern.Principal && h.ID != "" && !strings.HasPrefix(h.ID, reserved) && fits(h.ID, longestPartition) {
		return h.ID, true
	}
	return place(words[h.Kind], h.ID)
}

// place is the RoleId of a thing that is no pair.
func place(word, id string) (key string, whole bool) {
	if key := reserved + word + "/" + id; fits(key, longestPartition) {
		return key, true
	}
	return reserved + word + "~" + digest(id), false
}

// sortKey is an action's key; whole tells whether the action can be read from it.
func sortKey(action string) (key string, whole bool) {
	key = action
	if action == "" || strings.HasPrefix(action, reserved) {
		key = reserved + action
	}
	if fits(key, longestSort) {
		return key, true
	}
	return reserved + "~" + digest(action), false
}

// holderOf reads a RoleId. It is not ok where that is no holder's; long is what LongRoleId says, if anything.
func holderOf(key, long string) (h discern.Holder, ok bool) {
	rest, ours := strings.CutPrefix(key, reserved)
	if !ours {
		return discern.Holder{Kind: discern.Principal, ID: key}, true
	}
	end := strings.IndexAny(rest, "/~")
	if end < 0 {
		return h, false
	}
	id := rest[end+1:]
	if rest[end] == '~' {
		id = long
	}
	for kind, word := range words {
		if word == rest[:end] {
			return discern.Holder{Kind: kind, ID: id}, true
		}
	}
	return h, false
}

// actionOf reads a sort key; long is what LongAction says, if anything.
func actionOf(key, long string) string {
	rest, ours := strings.CutPrefix(key, reserved)
	switch {
	case !ours:
		return key
	case strings.HasPrefix(rest, "~"):
		return long
	default:
		return rest
	}
}

func fits(s string, size int) bool { return len(s) <= size && utf8.ValidString(s) }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
