package evidence

import (
	"net/netip"
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
)

// sharedWith tells with whom the call shared something, or tried to: accounts, organizations, principals, networks or everyone. Not
// told are the record's own account and what belongs to it, and AWS services, which act only for those who may use them.
func sharedWith(r *cloudtrail.Record, request value) []string {
	source, name := serviceOf(r), string(r.EventName)
	with := audience{own: r.Account()}
	for i := range sharingCalls {
		call := &sharingCalls[i]
		if call.source != source || !call.isNamed(name) {
			continue
		}
		for v := range request.at(call.path) {
			call.read(&with, v)
		}
	}
	return with.list
}

// isNamed compares an eventName, which in some services ends in the date of its API (AddPermission20150331v2).
func (c *sharingCall) isNamed(eventName string) bool {
	for name := range strings.FieldsSeq(c.names) {
		if date, ok := strings.CutPrefix(eventName, name); ok && (date == "" || strings.HasPrefix(date, "20")) {
			return true
		}
	}
	return false
}

// An audience is whom a call shares with.
type audience struct {
	own  string // the account that shares
	list few
}

// add notes one who is shared with, under the shortest name that says it.
func (a *audience) add(who string) {
	if isEveryone(who) {
		a.list.lead(everyone)
		return
	}
	if a.isOwn(who) || isService(who) || strings.HasPrefix(who, "http://acs.amazonaws.com/groups/") {
		return
	}
	// The IAM User Guide, "AWS account principals", gives the ARN of the root and the account id as the same thing.
	if account, ok := strings.CutSuffix(who, ":root"); ok && strings.HasPrefix(who, "arn:") {
		who = afterLast(account, ":")
	}
	a.list.add(who)
}

// isEveryone tells the words for everyone and networks that leave no address out, however they are written.
func isEveryone(who string) bool {
	if everyones[strings.ToLower(short(who))] {
		return true
	}
	network, err := netip.ParsePrefix(short(who))
	return err == nil && network.Bits() == 0
}

// isOwn tells the account itself and what lies in it. An organization's ARN has the management account in it but means them all.
func (a *audience) isOwn(who string) bool {
	if a.own == "" {
		return false
	}
	if who == a.own || strings.HasPrefix(who, a.own+":") {
		return true
	}
	parts := strings.SplitN(who, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[2] != "organizations" && parts[4] == a.own
}

// isService tells a service principal, as ec2.amazonaws.com or logs.eu-west-1.amazonaws.com.
func isService(who string) bool {
	return who == "AWS Internal" || strings.HasSuffix(who, ".amazonaws.com") || strings.HasSuffix(who, ".amazonaws.com.cn")
}

// whom reads an account id, an ARN, a network or one of the words for everyone.
func (a *audience) whom(v value) { a.add(v.text()) }

// permission reads the entries of an EC2 permission list.
func (a *audience) permission(v value) {
	for entry := range v.each() {
		for _, name := range [...]string{"userId", "group", "organizationArn", "organizationalUnitArn"} {
			a.add(entry.get(name).text())
		}
	}
}

// addedUsers reads the older form of the same call: operationType add with lists of users and groups.
func (a *audience) addedUsers(request value) {
	if request.get("operationType").text() != "add" {
		return
	}
	for _, name := range [...]string{"userId", "userIds", "userGroup", "userGroups", "group", "groups", "groupNames"} {
		for v := range request.get(name).each() {
			a.add(v.text())
		}
	}
}

// grant reads a permission that names one principal and, in fields beside it, what narrows it.
func (a *audience) grant(request value) {
	principal := request.get("principal").text()
	if principal != "*" {
		a.add(principal)
		return
	}
	narrowed := false
	for _, path := range [...][]string{{"principalOrgID"}, {"organizationId"}, {"sourceAccount"}, {"sourceArn"}, {"condition", "value"}} {
		for v := range request.at(path) {
			if who := v.text(); who != "" {
				a.add(who)
				narrowed = true
			}
		}
	}
	if !narrowed {
		a.list.lead(everyone)
	}
}

// opened reads a switch that opens something to everyone.
func (a *audience) opened(v value) {
	if strings.EqualFold(v.text(), "true") {
		a.list.lead(everyone)
	}
}

// unauthenticated reads how a URL asks for credentials.
func (a *audience) unauthenticated(v value) {
	if v.text() == "NONE" {
		a.list.lead(everyone)
	}
}

// namedPolicy reads an attribute that may be the policy.
func (a *audience) namedPolicy(request value) {
	if request.get("attributeName").text() == "Policy" {
		a.policy(request.get("attributeValue"))
	}
}
