package discern

// A Record is one CloudTrail record reduced to what an event may tell of it: evidence. Nothing else of a record's content
// ever leaves the reader. Strings are copies, each at most 256 bytes (principal and action: 2,048 and 1,024).
type Record struct {
	EventID   string
	Time      int64 // eventTime, Unix seconds
	Account   string
	Principal string
	Action    string
	Outcome   Outcome

	PrincipalType string // userIdentity.type, verbatim
	PrincipalARN  string // sessionIssuer.arn of a session, else userIdentity.arn
	PrincipalName string // role, user, service or account name, as a person would say it
	SessionName   string // of an assumed role or federated user
	AccessKeyID   string
	OnBehalfOf    string // userIdentity.onBehalfOf.userId
	InvokedBy     string
	MFA           bool // sessionContext.attributes.mfaAuthenticated, or additionalEventData.MFAUsed of a console login
	FromConsole   bool // sessionCredentialFromConsole, or a console sign-in

	EventSource   string
	EventName     string
	EventType     string
	EventCategory string
	ReadOnly      bool // readOnly, or where that is absent what the action's verb says
	ErrorCode     string

	Objects    []string // what was touched, distinct, in the record's order, at most 5
	ObjectType string   // of the first object: AWS::S3::Bucket where resources says so, else the request field's name without Name/Id/Arn
	SharedWith []string // accounts, organizations, principals or "everyone" that the call shared something with, at most 5

	Region          string
	SourceIPAddress string
	UserAgent       string
	UserAgentFamily string // aws-cli, boto3, terraform, console, …
	VPCEndpointID   string

	File string // the log file that held the record, as its engine names it
}
