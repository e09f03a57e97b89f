// Package rules holds analyses that look at one record alone and need no baseline, one file each, in a table that anyone can extend.
//
// A rule says that a record matches; it does not say how bad that is (the table of package risk has a row for each rule), nor
// whether it was told before (discern claims a match like a pair).
package rules

import "cloudtrail_anomaly/src/cloudtrail"

// A Rule looks for one kind of record. To add one, write it in a file of its own and name it in All.
type Rule struct {
	Name  string // as the events' field rule has it
	About string // what it looks for, in a sentence for people

	// Match says whether a record matches, and with what. It runs on every record of every log: it decides on the fields that the
	// reader has at hand and keeps nothing of the record but copies.
	Match func(*cloudtrail.Record) (Match, bool)
}

// A Match is what a rule found in a record.
type Match struct {
	Rule     string // the rule's name
	Instance string // the instance whose credentials were used, where the rule has one
	Address  string // the source address, where it counts for the rule
	Verdict  string // how sure it is, where the rule has degrees: see Addresses
}

// All gives the rules there are.
func All() []Rule {
	return []Rule{logDeletion, stopLogging, instanceCredentials, rootActivity, consoleLoginWithoutMFA}
}
