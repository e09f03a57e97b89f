package cloudtrail

import "strings"

// oraclePrincipal is principal of the oracle, step by step.
func oraclePrincipal(r map[string]any) string {
	key := oracleOwnKey(r)
	recipient, owner, kind := word(r, "recipientAccountId"), word(r, "userIdentity", "accountId"), word(r, "userIdentity", "type")
	if recipient == "" || strings.HasPrefix(key, "service:") || strings.HasPrefix(key, "anonymous:") || strings.HasPrefix(key, "none:") {
		return key
	}
	if kind == "AWSAccount" || kind == "SAMLUser" || kind == "WebIdentityUser" || kind == "IdentityCenterUser" || owner != "" && owner != recipient {
		return key + "@" + recipient
	}
	return key
}

func oracleOwnKey(r map[string]any) string {
	ui := func(path ...string) string { return word(r, append([]string{"userIdentity"}, path...)...) }
	or := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	recipient := or(word(r, "recipientAccountId"), ui("accountId"))
	kind, issuer := ui("type"), ui("sessionContext", "sessionIssuer", "principalId")
	if kind == "AssumedRole" {
		if issuer != "" {
			return issuer
		}
		if pid := ui("principalId"); pid != "" {
			if parts := strings.Split(pid, ":"); len(parts) > 1 {
				return strings.Join(parts[:len(parts)-1], ":")
			}
			return pid
		}
		parts := strings.Split(ui("arn"), "/")
		return "role:" + strings.Join(parts[:len(parts)-1], "/")
	}
	if kind == "IAMUser" {
		return or(ui("principalId"), "user:"+or(ui("accountId"), recipient)+"/"+ui("userName"))
	}
	if kind == "Root" {
		return "root:" + or(ui("accountId"), recipient)
	}
	if kind == "FederatedUser" {
		return "federated:" + or(issuer, ui("principalId"))
	}
	if kind == "AWSService" || kind == "" && ui("invokedBy") != "" {
		return "service:" + recipient + "/" + ui("invokedBy")
	}
	if kind == "AWSAccount" {
		if ui("accountId") == "ANONYMOUS_PRINCIPAL" {
			return "anonymous:" + word(r, "recipientAccountId")
		}
		return "account:" + ui("accountId") + "/" + strings.Split(ui("principalId"), ":")[0]
	}
	if kind == "SAMLUser" || kind == "WebIdentityUser" {
		name := map[string]string{"SAMLUser": "saml:", "WebIdentityUser": "web:"}[kind]
		if ui("identityProvider") != "" && ui("userName") != "" {
			return name + ui("identityProvider") + "/" + ui("userName")
		}
		return name + or(ui("principalId"), ui("userName"))
	}
	if kind == "IdentityCenterUser" {
		parts := strings.Split(ui("onBehalfOf", "identityStoreArn"), "/")
		return "idc:" + parts[len(parts)-1] + "/" + or(or(ui("onBehalfOf", "userId"), ui("principalId")), ui("userName"))
	}
	if kind == "Directory" {
		return "directory:" + or(ui("accountId"), recipient) + "/" + or(ui("userName"), ui("arn"))
	}
	if kind == "Unknown" {
		return "unknown:" + or(ui("accountId"), recipient) + "/" + or(ui("principalId"), ui("userName"))
	}
	if kind == "" {
		return "none:" + recipient
	}
	return strings.ToLower(kind) + ":" + or(ui("accountId"), recipient) + "/" + or(or(ui("principalId"), ui("arn")), ui("userName"))
}
