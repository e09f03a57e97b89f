package evidence

import (
	"cmp"
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
)

// standingARN is the ARN that stays the same over sessions: of the role or user a session was issued by, else the identity's own.
func standingARN(id *cloudtrail.Identity) string {
	issued := id.Type == "AssumedRole" || id.Type == "FederatedUser"
	if id.IssuerARN != "" && (issued || id.ARN == "") {
		return id.IssuerARN
	}
	return id.ARN
}

// nameOf is what a person would call the caller. The forms of ARNs and principal ids are those of the IAM User Guide, "IAM identifiers",
// and of the CloudTrail User Guide, "CloudTrail userIdentity element".
func nameOf(id *cloudtrail.Identity) string {
	switch id.Type {
	case "Root":
		return "root"
	case "AssumedRole":
		role, _ := roleAndSession(id)
		roleID, _, _ := strings.Cut(id.PrincipalID, ":")
		return cmp.Or(id.IssuerUserName, afterLast(id.IssuerARN, "/"), role, roleID)
	case "FederatedUser":
		return cmp.Or(sessionOf(id), id.PrincipalID)
	case "AWSService":
		return cmp.Or(id.InvokedBy, id.UserName)
	case "AWSAccount":
		if id.AccountID == "ANONYMOUS_PRINCIPAL" {
			return "anonymous"
		}
		return cmp.Or(id.AccountID, id.PrincipalID)
	case "IdentityCenterUser":
		return cmp.Or(id.UserName, id.OnBehalfOfUserID, id.PrincipalID)
	default:
		return cmp.Or(id.UserName, afterLast(id.ARN, "/"), id.PrincipalID, id.InvokedBy, id.AccountID)
	}
}

// sessionOf is the name of an assumed role's session, or of the user a federation token was made for.
func sessionOf(id *cloudtrail.Identity) string {
	switch id.Type {
	case "AssumedRole":
		_, session := roleAndSession(id)
		return cmp.Or(session, afterLast(id.PrincipalID, ":"))
	case "FederatedUser":
		_, name, _ := strings.Cut(id.ARN, ":federated-user/")
		return cmp.Or(name, afterLast(id.PrincipalID, ":"))
	default:
		return ""
	}
}

// roleAndSession takes apart arn:aws:sts::<account>:assumed-role/<role>/<session>.
func roleAndSession(id *cloudtrail.Identity) (role, session string) {
	_, rest, _ := strings.Cut(id.ARN, ":assumed-role/")
	role, session, _ = strings.Cut(rest, "/")
	return role, session
}

// afterLast is what follows the last separator, "" where there is none.
func afterLast(s, separator string) string {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[i+len(separator):]
	}
	return ""
}
