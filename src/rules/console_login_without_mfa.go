package rules

import (
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// consoleLoginWithoutMFA looks at IAM users and root alone: who signs in through an identity provider or Identity Center always has
// MFAUsed No, as the second factor is asked for elsewhere.
var consoleLoginWithoutMFA = Rule{
	Name:  "console_login_without_mfa",
	About: "An IAM user or root signs in to the console with a password alone.",
	Match: func(r *cloudtrail.Record) (Match, bool) {
		if string(r.EventName) != "ConsoleLogin" || string(r.EventSource) != "signin.amazonaws.com" {
			return Match{}, false
		}
		kind := r.Identity.Type
		if kind != "IAMUser" && kind != "Root" || r.Outcome() != discern.OK || !strings.EqualFold(r.Text("additionalEventData", "MFAUsed"), "No") {
			return Match{}, false
		}
		return Match{Rule: "console_login_without_mfa"}, true
	},
}
