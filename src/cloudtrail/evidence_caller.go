package cloudtrail

import "strings"

// standingARN is the ARN that stays the same over sessions: of the role or user a session was issued by, else the identity's own.
func (id *Identity) standingARN() string {
	issued := id.Type == "AssumedRole" || id.Type == "FederatedUser"
	if id.IssuerARN != "" && (issued || id.ARN == "") {
		return id.IssuerARN
	}
	return id.ARN
}

// name is what a person would call the caller. The forms of ARNs and principal ids are those of the IAM User Guide, "IAM identifiers",
// and of the CloudTrail User Guide, "CloudTrail userIdentity element".
func (id *Identity) name() string {
	switch id.Type {
	case "Root":
		return "root"
	case "AssumedRole":
		role, _ := id.roleAndSession()
		roleID, _, _ := strings.Cut(id.PrincipalID, ":")
		return firstOf(id.IssuerUserName, afterLast(id.IssuerARN, "/"), role, roleID)
	case "FederatedUser":
		return firstOf(id.session(), id.PrincipalID)
	case "AWSService":
		return firstOf(id.InvokedBy, id.UserName)
	case "AWSAccount":
		if id.AccountID == "ANONYMOUS_PRINCIPAL" {
			return "anonymous"
		}
		return firstOf(id.AccountID, id.PrincipalID)
	case "IdentityCenterUser":
		return firstOf(id.UserName, id.OnBehalfOfUserID, id.PrincipalID)
	default:
		return firstOf(id.UserName, afterLast(id.ARN, "/"), id.PrincipalID, id.InvokedBy, id.AccountID)
	}
}

// session is the name of an assumed role's session, or of the user a federation token was made for.
func (id *Identity) session() string {
	switch id.Type {
	case "AssumedRole":
		_, session := id.roleAndSession()
		return firstOf(session, afterLast(id.PrincipalID, ":"))
	case "FederatedUser":
		_, name, _ := strings.Cut(id.ARN, ":federated-user/")
		return firstOf(name, afterLast(id.PrincipalID, ":"))
	default:
		return ""
	}
}

// roleAndSession takes apart arn:aws:sts::<account>:assumed-role/<role>/<session>.
func (id *Identity) roleAndSession() (role, session string) {
	_, rest, _ := strings.Cut(id.ARN, ":assumed-role/")
	role, session, _ = strings.Cut(rest, "/")
	return role, session
}

func firstOf(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}

// afterLast is what follows the last separator, "" where there is none.
func afterLast(s, separator string) string {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[i+len(separator):]
	}
	return ""
}
