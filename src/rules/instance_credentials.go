package rules

import (
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// instanceCredentials is phase 2 of SID341, to the letter: a session of a role, with temporary credentials, named for an instance.
// That is also what the instance itself does; Addresses tells them apart.
var instanceCredentials = Rule{
	Name:  "instance_credentials",
	About: "The credentials of an EC2 instance are used: by itself, or by somebody who took them.",
	Match: func(r *cloudtrail.Record) (Match, bool) {
		who := r.Identity
		if who.Type != "AssumedRole" || !strings.HasPrefix(who.AccessKeyID, "AS") {
			return Match{}, false
		}
		instance, ok := sessionInstance(who.ARN)
		if !ok {
			return Match{}, false
		}
		return Match{
			Rule: "instance_credentials", Instance: instance, Address: string(r.SourceIPAddress), Verdict: discern.VerdictLiteral,
		}, true
	},
}

// sessionInstance is the instance that a session is named for.
//
// Source: SID341, (.*?)/i\-[a-zA-Z0-9]{8,}$
// Example: arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0
func sessionInstance(arn string) (instance string, ok bool) {
	slash := strings.LastIndexByte(arn, '/')
	if slash < 0 {
		return "", false
	}
	instance = arn[slash+1:]
	id, ok := strings.CutPrefix(instance, "i-")
	if !ok || len(id) < 8 {
		return "", false
	}
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return "", false
		}
	}
	return instance, true
}
