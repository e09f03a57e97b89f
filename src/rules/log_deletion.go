package rules

import (
	"bytes"

	"cloudtrail_anomaly/src/cloudtrail"
)

// logDeletion is phase 1 of the re:Invent 2018 workshop SID341. Calls that failed count too: in logs of real attacks a third of the
// DeleteTrail calls did.
var logDeletion = Rule{
	Name:  "log_deletion",
	About: "Logs, or what makes and keeps them, are deleted: any Delete call to CloudTrail or CloudWatch Logs, also one that failed.",
	Match: func(r *cloudtrail.Record) (Match, bool) {
		if !bytes.HasPrefix(r.EventName, []byte("Delete")) {
			return Match{}, false
		}
		if string(r.EventSource) != "logs.amazonaws.com" && string(r.EventSource) != "cloudtrail.amazonaws.com" {
			return Match{}, false
		}
		return Match{Rule: "log_deletion"}, true
	},
}
