package rules

import "cloudtrail_anomaly/src/cloudtrail"

// rootActivity leaves out what AWS itself does in root's name: service events, and calls that a service makes on root's behalf.
var rootActivity = Rule{
	Name:  "root_activity",
	About: "The root user of an account does anything at all.",
	Match: func(r *cloudtrail.Record) (Match, bool) {
		who := r.Identity
		if who.Type != "Root" || string(r.EventType) == "AwsServiceEvent" || byService(who.InvokedBy) {
			return Match{}, false
		}
		return Match{Rule: "root_activity"}, true
	},
}

// byService tells whether a service made the call. Older records of calls from the console say that the sign-in service did, where
// it was the person.
func byService(invokedBy string) bool { return invokedBy != "" && invokedBy != "signin.amazonaws.com" }
