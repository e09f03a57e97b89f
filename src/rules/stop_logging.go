package rules

import "cloudtrail_anomaly/src/cloudtrail"

// stopLogging is the bonus round of SID341's phase 1. Calls that failed count too.
var stopLogging = Rule{
	Name:  "stop_logging",
	About: "A trail is told to stop recording, also in vain.",
	Match: func(r *cloudtrail.Record) (Match, bool) {
		if string(r.EventName) != "StopLogging" || string(r.EventSource) != "cloudtrail.amazonaws.com" {
			return Match{}, false
		}
		return Match{Rule: "stop_logging"}, true
	},
}
