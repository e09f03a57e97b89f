package athena

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// odd makes records of every kind of identity with fields that are absent, null, empty or strange.
type odd struct{ *rand.Rand }

func (o odd) of(values ...any) any { return values[o.IntN(len(values))] }

// set sets a field, or leaves it out.
func (o odd) set(in record, name string, values ...any) {
	switch v := o.of(append(values, "", nil, "absent")...); v {
	case "absent":
	default:
		in[name] = v
	}
}

func (o odd) identity() any {
	if o.IntN(20) == 0 {
		return o.of(nil, record{})
	}
	id := record{}
	o.set(id, "type", "AssumedRole", "AssumedRole", "IAMUser", "Root", "FederatedUser", "AWSService", "AWSAccount", "SAMLUser", "WebIdentityUser",
		"IdentityCenterUser", "Directory", "Unknown", "NewKind", "Ünlike")
	o.set(id, "principalId", "AROAX:s", "AROAX:i-0123456789abcdef0", ":", "a:b:c", "AIDAX", "service:x", me, "q'u\"o\nte\\d", "日本\u0001😀")
	o.set(id, "arn", "arn:aws:sts::1:assumed-role/r/i-0123456789abcdef0", "arn:aws:sts::1:assumed-role/r/s\n", "no slash", "/", "a/", "arn:aws:iam::1:root/i-12345678\n")
	o.set(id, "accountId", me, "444455556666", "ANONYMOUS_PRINCIPAL", "001")
	o.set(id, "userName", "ana", "HIDDEN_DUE_TO_SECURITY_REASONS", "a,b\r\n\"c\"")
	o.set(id, "invokedBy", "signin.amazonaws.com", "ec2.amazonaws.com", "AWS Internal")
	o.set(id, "accessKeyId", "ASIAX", "AKIAX")
	o.set(id, "identityProvider", "arn:aws:iam::1:saml-provider/x")
	if o.IntN(2) == 0 {
		issuer := record{}
		o.set(issuer, "principalId", "AROAISSUER", "AIDAISSUER")
		id["sessionContext"] = o.of(nil, record{}, record{"sessionIssuer": nil}, record{"sessionIssuer": issuer}, record{"sessionIssuer": issuer})
	}
	if o.IntN(3) == 0 {
		human := record{}
		o.set(human, "userId", "u-1")
		o.set(human, "identityStoreArn", "arn:aws:identitystore::1:identitystore/d-1", "d-2")
		id["onBehalfOf"] = human
	}
	return id
}

func (o odd) record(i int) record {
	r := record{"userIdentity": o.identity(), "awsRegion": "us-east-1", "requestParameters": record{"a": []any{1, "x"}}}
	o.set(r, "recipientAccountId", me, me, me, "444455556666", "001")
	r["eventTime"] = o.of("2026-11-21T10:00:00Z", "2026-11-21T10:59:59Z", "2026-11-21T11:00:00Z", "2026-11-20T23:59:59Z", fmt.Sprintf("2026-11-21T%02d:%02d:%02dZ", i%24, i%60, i%60))
	if o.IntN(10) == 0 {
		r["eventTime"] = o.of("2026-11-21T10:00:00.123Z", "2026-11-21T10:00:00,5Z", "2026-11-21T11:30:00+01:30", "2026-11-21T9:05:06Z", "2026-02-30T10:00:00Z", "1999-12-31T23:59:59Z",
			"2106-01-01T00:00:00Z", "2026-11-21T10:00:00", "2026-11-21 10:00:00Z", "2026-11-21T10:00:00Z\n", "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:00:60Z",
			"2026-13-01T00:00:00Z", "", nil, "2000-01-01T00:30:00+01:00", "2106-01-01T00:30:00+01:00", "yesterday", "2026-11-21t10:00:00z", "2026-11-21T10:00:00-00:00")
	}
	o.set(r, "eventSource", "iam.amazonaws.com", "logs.amazonaws.com", "cloudtrail.amazonaws.com", "signin.amazonaws.com", "s3.amazonaws.com", "sts.amazonaws.com")
	o.set(r, "eventName", "CreateUser", "DeleteTrail", "StopLogging", "ConsoleLogin", "ConsoleLogin", "deleteX", "Get\"O',b\nject")
	o.set(r, "errorCode", "AccessDenied", "Client.UnauthorizedOperation", "ForbiddenException", "NoSuchBucket", "accessdenied")
	if o.IntN(2) == 0 {
		delete(r, "errorCode")
	}
	if o.IntN(4) == 0 {
		o.set(r, "errorMessage", "Failed authentication", "no")
	}
	o.set(r, "eventID", fmt.Sprintf("id-%d", i), fmt.Sprintf("id-%d", i), fmt.Sprintf("id-%d", i/3))
	o.set(r, "eventCategory", "Management", "Management", "Data", "NetworkActivity", "Insight", "Aggregated", "Tomorrow")
	o.set(r, "eventType", "AwsApiCall", "AwsApiCall", "AwsServiceEvent", "AwsConsoleSignIn", "AwsCloudTrailInsight")
	o.set(r, "sourceIPAddress", "198.51.100.7", "203.0.113.9", "AWS Internal")
	o.set(r, "readOnly", true, false, "true", "false", "True")
	o.set(r, "responseElements", record{"ConsoleLogin": "Failure"}, record{"ConsoleLogin": "Success"}, record{"x": 1})
	o.set(r, "additionalEventData", record{"MFAUsed": "No"}, record{"MFAUsed": "NO"}, record{"MFAUsed": "Yes"}, record{"x": nil})
	if o.IntN(300) == 0 {
		r["eventName"] = strings.Repeat("ж", 700)
		r["recipientAccountId"] = strings.Repeat("7", 300)
		r["userIdentity"] = record{"type": "IAMUser", "principalId": strings.Repeat("é", 1500)}
	}
	return r
}
