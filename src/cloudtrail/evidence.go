package cloudtrail

import (
	"strings"
	"unicode/utf8"

	"cloudtrail_anomaly/src/discern"
)

// Evidence reduces the record to what an event may tell of it. All strings are copies of at most 256 bytes; principal and action are
// as Principal and Action give them. File is left to whoever knows it.
func (r *Record) Evidence() discern.Record {
	// A record that a Reader gave has a readable time.
	seconds, _ := r.Time()
	id := r.Identity
	e := discern.Record{
		EventID:   short(r.Text("eventID")),
		Time:      seconds,
		Account:   short(r.Account()),
		Principal: r.Principal(),
		Action:    r.Action(),
		Outcome:   r.Outcome(),

		PrincipalType: short(id.Type),
		PrincipalARN:  short(id.standingARN()),
		PrincipalName: short(id.name()),
		SessionName:   short(id.session()),
		AccessKeyID:   short(id.AccessKeyID),
		OnBehalfOf:    short(id.OnBehalfOfUserID),
		InvokedBy:     short(id.InvokedBy),
		MFA:           id.MFAAuthenticated || r.usedMFA(),
		FromConsole:   r.fromConsole(),

		EventSource:   short(string(r.EventSource)),
		EventName:     short(string(r.EventName)),
		EventType:     short(string(r.EventType)),
		EventCategory: short(r.category()),
		ReadOnly:      r.ReadOnly == Yes || r.ReadOnly == Unsaid && reads(string(r.EventName)),
		ErrorCode:     short(string(r.ErrorCode)),

		Region:          short(r.Text("awsRegion")),
		SourceIPAddress: short(string(r.SourceIPAddress)),
		VPCEndpointID:   short(r.Text("vpcEndpointId")),
	}
	agent := r.Text("userAgent")
	e.UserAgent, e.UserAgentFamily = short(agent), agentFamily(agent)
	request := requestOf(r)
	e.Objects, e.ObjectType = objectsOf(r, request)
	e.SharedWith = sharedWith(r, request)
	return e
}

// usedMFA is what a console login says of itself: its session begins only with it.
func (r *Record) usedMFA() bool {
	return string(r.EventName) == "ConsoleLogin" && strings.EqualFold(r.Text("additionalEventData", "MFAUsed"), "yes")
}

// fromConsole tells a call made with the console's credentials, a console sign-in (spelt AwsConsoleSignin in older records) and what
// only the console can do.
func (r *Record) fromConsole() bool {
	kind := string(r.EventType)
	return strings.EqualFold(r.Text("sessionCredentialFromConsole"), "true") ||
		strings.EqualFold(kind, "AwsConsoleSignIn") || strings.EqualFold(kind, "AwsConsoleAction") ||
		string(r.EventName) == "ConsoleLogin"
}

// category is the eventCategory, which records before version 1.08 lack.
func (r *Record) category() string {
	switch {
	case len(r.EventCategory) > 0:
		return string(r.EventCategory)
	case r.Text("managementEvent") == "false":
		return "Data"
	default:
		return "Management"
	}
}

// readingVerbs begin the names of actions that change nothing, by the naming of the AWS API references.
var readingVerbs = []string{
	"BatchGet", "Check", "Describe", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search", "Select", "Simulate", "Test", "Validate", "View",
}

// reads tells by its verb that an action only reads.
func reads(eventName string) bool {
	for _, verb := range readingVerbs {
		noun, ok := strings.CutPrefix(eventName, verb)
		if ok && (noun == "" || noun[0] < 'a' || noun[0] > 'z') {
			return true
		}
	}
	return false
}

const (
	shortBytes = 256 // the most of any one string
	fewStrings = 5   // the most of any one list
)

// short cuts a text to shortBytes at a rune. What it gives holds on to no more than it shows.
func short(s string) string {
	if len(s) <= shortBytes {
		return s
	}
	end := shortBytes
	for end > shortBytes-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end])
}

// few is a list of distinct short strings, as long as an event may tell.
type few []string

func (f *few) add(s string) {
	if s = short(s); s == "" || len(*f) == fewStrings || f.has(s) {
		return
	}
	*f = append(*f, s)
}

// lead puts a string in front, at the cost of the last one where the list is full.
func (f *few) lead(s string) {
	if f.has(s) {
		return
	}
	*f = append(few{s}, (*f)[:min(len(*f), fewStrings-1)]...)
}

func (f few) has(s string) bool {
	for _, t := range f {
		if s == t {
			return true
		}
	}
	return false
}
