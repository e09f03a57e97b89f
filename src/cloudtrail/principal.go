package cloudtrail

import (
	"cmp"
	"strings"
)

// principal is the key of who acted, as IDENTITY.md of the product's rules lays down: the key of the identity and, for a visitor,
// the account whose log holds the record. A visitor comes from elsewhere than that account; so what a partner's role did in one
// account says nothing about another.
func principal(id *Identity, recipient string) string {
	key := ownKey(id, recipient)
	if recipient == "" || hasAnyPrefix(key, "service:", "anonymous:", "none:") {
		return limit(key, maxPrincipal)
	}
	switch id.Type {
	case "AWSAccount", "SAMLUser", "WebIdentityUser", "IdentityCenterUser":
		key += "@" + recipient
	default:
		if id.AccountID != "" && id.AccountID != recipient {
			key += "@" + recipient
		}
	}
	return limit(key, maxPrincipal)
}

// ownKey is the key of an identity, stable over its sessions: of a role its id (AROA…), of a user the user's (AIDA…), of everybody
// else a word for the kind and what names them. A type that AWS adds tomorrow has a key as well.
func ownKey(id *Identity, recipient string) string {
	home := cmp.Or(recipient, id.AccountID)
	owner := cmp.Or(id.AccountID, home)
	switch kind := id.Type; {
	case kind == "AssumedRole":
		return roleKey(id)
	case kind == "IAMUser":
		return cmp.Or(id.PrincipalID, "user:"+owner+"/"+id.UserName)
	case kind == "Root":
		return "root:" + owner
	case kind == "FederatedUser":
		return "federated:" + cmp.Or(id.IssuerPrincipalID, id.PrincipalID)
	case kind == "AWSService" || kind == "" && id.InvokedBy != "":
		return "service:" + home + "/" + id.InvokedBy
	case kind == "AWSAccount" && id.AccountID == "ANONYMOUS_PRINCIPAL":
		return "anonymous:" + recipient
	case kind == "AWSAccount":
		before, _, _ := strings.Cut(id.PrincipalID, ":")
		return "account:" + id.AccountID + "/" + before
	case kind == "SAMLUser":
		return "saml:" + federatedName(id)
	case kind == "WebIdentityUser":
		return "web:" + federatedName(id)
	case kind == "IdentityCenterUser":
		store := id.IdentityStoreARN[strings.LastIndexByte(id.IdentityStoreARN, '/')+1:]
		return "idc:" + store + "/" + cmp.Or(id.OnBehalfOfUserID, id.PrincipalID, id.UserName)
	case kind == "Directory":
		return "directory:" + owner + "/" + cmp.Or(id.UserName, id.ARN)
	case kind == "Unknown":
		return "unknown:" + owner + "/" + cmp.Or(id.PrincipalID, id.UserName)
	case kind == "":
		return "none:" + home
	default:
		return strings.ToLower(kind) + ":" + owner + "/" + cmp.Or(id.PrincipalID, id.ARN, id.UserName)
	}
}

// roleKey is the role's id; a role that was deleted and made again has another. The session's name is no part of it.
func roleKey(id *Identity) string {
	if id.IssuerPrincipalID != "" {
		return id.IssuerPrincipalID
	}
	if session := strings.LastIndexByte(id.PrincipalID, ':'); session >= 0 {
		return id.PrincipalID[:session]
	}
	if id.PrincipalID != "" {
		return id.PrincipalID
	}
	return "role:" + id.ARN[:max(strings.LastIndexByte(id.ARN, '/'), 0)]
}

func federatedName(id *Identity) string {
	if id.IdentityProvider != "" && id.UserName != "" {
		return id.IdentityProvider + "/" + id.UserName
	}
	return cmp.Or(id.PrincipalID, id.UserName)
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
