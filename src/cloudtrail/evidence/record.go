// Package evidence is what a record tells of who, what and where: the only content of a record that leaves the reader.
//
// It reads no files and judges nothing, and of a request it tells nothing but what two tables name (objectFields and sharingCalls). It
// stands beside a record's way: when sightings are to be told, an engine (activity/logs) reads their records again and keeps what Of
// makes of them.
package evidence

import (
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// Of reduces a record that a Reader gave to what an event may tell of it. All strings are copies of at most 256 bytes; principal and
// action are as Principal and Action give them. File is left to whoever knows it.
func Of(r *cloudtrail.Record) discern.Record {
	seconds, _ := r.Time() // a reader's record has one
	id := r.Identity
	e := discern.Record{
		EventID:   short(r.Text("eventID")),
		Time:      seconds,
		Account:   short(r.Account()),
		Principal: r.Principal(),
		Action:    r.Action(),
		Outcome:   r.Outcome(),

		PrincipalType: short(id.Type),
		PrincipalARN:  short(standingARN(id)),
		PrincipalName: short(nameOf(id)),
		SessionName:   short(sessionOf(id)),
		AccessKeyID:   short(id.AccessKeyID),
		OnBehalfOf:    short(id.OnBehalfOfUserID),
		InvokedBy:     short(id.InvokedBy),
		MFA:           id.MFAAuthenticated || usedMFA(r),
		FromConsole:   fromConsole(r),

		EventSource:   short(string(r.EventSource)),
		EventName:     short(string(r.EventName)),
		EventType:     short(string(r.EventType)),
		EventCategory: short(categoryOf(r)),
		ReadOnly:      r.ReadOnly == cloudtrail.Yes || r.ReadOnly == cloudtrail.Unsaid && reads(string(r.EventName)),
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
func usedMFA(r *cloudtrail.Record) bool {
	return string(r.EventName) == "ConsoleLogin" && strings.EqualFold(r.Text("additionalEventData", "MFAUsed"), "yes")
}

// fromConsole tells a call made with the console's credentials, a console sign-in (spelt AwsConsoleSignin in older records) and what
// only the console can do.
func fromConsole(r *cloudtrail.Record) bool {
	kind := string(r.EventType)
	return strings.EqualFold(r.Text("sessionCredentialFromConsole"), "true") ||
		strings.EqualFold(kind, "AwsConsoleSignIn") || strings.EqualFold(kind, "AwsConsoleAction") ||
		string(r.EventName) == "ConsoleLogin"
}

// categoryOf is the eventCategory, which records before version 1.08 lack.
func categoryOf(r *cloudtrail.Record) string {
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
