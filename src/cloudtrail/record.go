package cloudtrail

import (
	"bytes"

	"cloudtrail_anomaly/src/discern"
)

// A Record is a borrowed view of one CloudTrail record: it and all its []byte are valid until the callback they were given to
// returns. The []byte fields are the unescaped values of strings, nil when the field is absent, null or not a string. Names are
// those of the CloudTrail record contents in the AWS CloudTrail User Guide.
type Record struct {
	Raw    []byte // the record's JSON object, as written
	Offset int64  // of Raw in the uncompressed file

	EventTime          []byte
	EventSource        []byte
	EventName          []byte
	EventCategory      []byte
	EventType          []byte
	ErrorCode          []byte
	ErrorMessage       []byte
	RecipientAccountID []byte
	SourceIPAddress    []byte
	ReadOnly           Truth // a JSON boolean or, in some records, a string
	Identity           *Identity

	time   int64
	timed  bool // time is that of EventTime
	caller *caller
	deed   *deed
}

// Truth is a boolean that a record need not hold.
type Truth uint8

// The truths.
const (
	Unsaid Truth = iota // absent, or neither a boolean nor the word for one
	No
	Yes
)

// Time is the eventTime in Unix seconds; fractions are dropped. A record that a Reader gave always has one.
func (r *Record) Time() (int64, error) {
	if r.timed {
		return r.time, nil
	}
	return parseTime(r.EventTime)
}

// Account is the recipientAccountId, or where that is missing the userIdentity.accountId, as written.
func (r *Record) Account() string { return r.who().account }

// Principal is the key of who acted, stable over sessions: see ownKey.
func (r *Record) Principal() string { return r.who().principal }

// Action is eventSource:eventName, verbatim up to 1,024 bytes.
func (r *Record) Action() string { return r.what().action }

func (r *Record) who() *caller {
	if r.Identity == nil {
		r.Identity = nobody
	}
	if r.caller == nil {
		r.caller = newCaller(r.Identity, string(r.RecipientAccountID))
	}
	return r.caller
}

func (r *Record) what() *deed {
	if r.deed == nil {
		r.deed = newDeed(r.EventSource, r.EventName)
	}
	return r.deed
}

// Outcome tells how the call ended. A console login that failed has no errorCode, so its message or its answer tells.
func (r *Record) Outcome() discern.Outcome {
	login := string(r.EventName) == "ConsoleLogin"
	switch {
	case login && (len(r.ErrorMessage) > 0 || r.Text("responseElements", "ConsoleLogin") == "Failure"):
		return discern.Denied
	case len(r.ErrorCode) == 0 && len(r.ErrorMessage) == 0:
		return discern.OK
	case denies(r.ErrorCode):
		return discern.Denied
	default:
		return discern.Failed
	}
}

func denies(errorCode []byte) bool {
	for _, word := range [...]string{"AccessDenied", "Unauthorized", "Forbidden"} {
		if bytes.Contains(errorCode, []byte(word)) {
			return true
		}
	}
	return false
}
