package demo

import (
	"strings"
	"time"
)

// identity appends a call's userIdentity with its key, in the forms of AWS's "CloudTrail userIdentity element" and of the real
// records at hand; nothing for a record that has none.
func (w *writer) identity(b []byte, c *call) []byte {
	if c.by.kind == absent {
		return b
	}
	b = append(b, `"userIdentity":{`...)
	b = w.who(b, c)
	return append(b, `},`...)
}

func (w *writer) who(b []byte, c *call) []byte {
	p, account := c.by, c.by.account
	switch p.kind {
	case role:
		b = texts(b, "type", "AssumedRole", "principalId", c.id+":"+c.session.name,
			"arn", "arn:aws:sts::"+account+":assumed-role/"+p.name+"/"+c.session.name, "accountId", account, "accessKeyId", c.session.key)
		b = append(b, `,"sessionContext":{"sessionIssuer":{`...)
		b = texts(b, "type", "Role", "principalId", c.id, "arn", "arn:aws:iam::"+account+":role"+p.path+p.name, "accountId", account, "userName", p.name)
		b = append(b, `},`...)
		b = attributes(b, c, strings.HasPrefix(p.path, "/aws-reserved/"))
		if p.instance {
			b = append(b, `,"ec2RoleDelivery":"2.0"`...)
		}
		b = append(b, '}')
		if strings.HasPrefix(p.path, "/aws-reserved/") {
			b = w.behalf(append(b, ','), c.session.name)
		}
		if c.via != "" {
			b = texts(append(b, ','), "invokedBy", c.via)
		}
	case user:
		b = texts(b, "type", "IAMUser", "principalId", c.id, "arn", "arn:aws:iam::"+account+":user"+p.path+p.name, "accountId", account)
		if c.session.key != "" {
			b = texts(append(b, ','), "accessKeyId", c.session.key)
		}
		b = texts(append(b, ','), "userName", p.name)
	case consoleUser:
		b = texts(b, "type", "IAMUser", "principalId", c.id, "arn", "arn:aws:iam::"+account+":user"+p.path+p.name, "accountId", account,
			"accessKeyId", c.session.key, "userName", p.name)
		b = attributes(append(b, `,"sessionContext":{"sessionIssuer":{},"webIdFederationData":{},`...), c, true)
		b = append(b, '}')
	case root:
		b = texts(b, "type", "Root", "principalId", account, "arn", "arn:aws:iam::"+account+":root", "accountId", account, "accessKeyId", c.session.key)
	case federated:
		b = texts(b, "type", "FederatedUser", "principalId", account+":"+p.name, "arn", "arn:aws:sts::"+account+":federated-user/"+p.name,
			"accountId", account, "accessKeyId", c.session.key)
		b = append(b, `,"sessionContext":{"sessionIssuer":{`...)
		b = texts(b, "type", "IAMUser", "principalId", w.ids.id("AIDA", account, p.ownerID), "arn", "arn:aws:iam::"+account+":user/"+p.ownerID,
			"accountId", account, "userName", p.ownerID)
		b = attributes(append(b, `},`...), c, false)
		b = append(b, '}')
	case service:
		b = texts(b, "type", "AWSService", "invokedBy", p.name)
	case bareService:
		b = texts(b, "accountId", account, "invokedBy", p.name)
	case foreign:
		b = texts(b, "type", "AWSAccount", "principalId", c.id, "accountId", p.owner)
	case anonymous:
		b = texts(b, "type", "AWSAccount", "principalId", "", "accountId", "ANONYMOUS_PRINCIPAL")
	case saml:
		idp, _, _ := strings.Cut(c.id, ":")
		b = texts(b, "type", "SAMLUser", "principalId", c.id, "userName", p.name, "identityProvider", idp)
	case webIdentity:
		b = texts(b, "type", "WebIdentityUser", "principalId", provider(account)+":sts.amazonaws.com:"+p.name, "userName", p.name,
			"identityProvider", provider(account))
	case identityCenter:
		b = texts(b, "type", "IdentityCenterUser", "principalId", "", "accountId", account, "arn", "", "accessKeyId", "")
		b = w.behalf(append(b, ','), p.name)
		b = texts(append(b, ','), "credentialId", w.ids.hex(40, "credential", p.name, c.session.created))
	case directory:
		b = texts(b, "type", "Directory", "principalId", "", "arn", "", "accountId", account, "userName", p.name)
	case unknown:
		b = texts(b, "type", "Unknown", "principalId", account, "arn", "", "accountId", account, "accessKeyId", "", "userName", c.session.name)
	case unheard:
		b = texts(b, "type", "WorkloadIdentity", "principalId", c.id,
			"arn", "arn:aws:bedrock-agentcore:"+c.region+":"+account+":workload-identity/"+p.name, "accountId", account)
	}
	return b
}

// attributes appends a session's own.
func attributes(b []byte, c *call, mfa bool) []byte {
	says := "false"
	if mfa {
		says = "true"
	}
	b = texts(append(b, `"attributes":{`...), "creationDate", time.Unix(c.session.created, 0).UTC().Format(time.RFC3339), "mfaAuthenticated", says)
	return append(b, '}')
}

// behalf appends the person behind a session of Identity Center.
func (w *writer) behalf(b []byte, person string) []byte {
	b = texts(append(b, `"onBehalfOf":{`...), "userId", w.ids.person(person),
		"identityStoreArn", "arn:aws:identitystore::"+management+":identitystore/"+identityStore)
	return append(b, '}')
}

// texts appends members of an object whose values are texts without anything to escape.
func texts(b []byte, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, pairs[i]...)
		b = append(b, `":"`...)
		b = append(b, pairs[i+1]...)
		b = append(b, '"')
	}
	return b
}
