package cloudtrail

// An Identity is a record's userIdentity. A field is "" when absent, null or not a string. It is shared between records: treat it
// as immutable. The names are those of the userIdentity element in the AWS CloudTrail User Guide.
type Identity struct {
	Type             string // AssumedRole, IAMUser, Root, …
	PrincipalID      string
	ARN              string
	AccountID        string
	AccessKeyID      string
	UserName         string
	InvokedBy        string
	IdentityProvider string

	IssuerType        string // sessionContext.sessionIssuer.type, and so on
	IssuerPrincipalID string
	IssuerARN         string
	IssuerAccountID   string
	IssuerUserName    string
	SourceIdentity    string // sessionContext.sourceIdentity
	MFAAuthenticated  bool   // sessionContext.attributes.mfaAuthenticated, a string or a boolean
	OnBehalfOfUserID  string // onBehalfOf.userId
	IdentityStoreARN  string // onBehalfOf.identityStoreArn
}

// nobody is the identity of a record without one.
var nobody = new(Identity)
