package discern

import "cmp"

// Hour is the length of a step in seconds: sightings are gathered and judged by UTC hour of event time.
const Hour = 3600

// A Sighting is one (account, principal, action, outcome) within a step, or one match of a rule within a step.
// Times are Unix seconds of the records' eventTime.
type Sighting struct {
	Account   string // recipientAccountId, else userIdentity.accountId, else ""
	Principal string // the principal key
	Action    string // eventSource:eventName, verbatim
	Outcome   Outcome

	Rule     string // name of the rule that matched; "" for a pair's sighting
	Instance string // the instance whose credentials were used, where the rule has one
	Address  string // the source address, where the rule has one

	First, Last int64
	Count       int      // records; a record delivered twice counts once where Activity.Evidence could see it
	Files       []uint32 // the engine's numbers of the files that hold the records
}

// Step is the start of the sighting's UTC hour, in Unix seconds.
func (s *Sighting) Step() int64 { return s.First - mod(s.First, Hour) }

// Before is the order of judgement: event time, then account, principal, action, outcome, rule, instance and address, so that
// the same sightings are judged in the same order whatever order they were read in.
func (s *Sighting) Before(t *Sighting) int {
	if a, b := s.Step(), t.Step(); a != b {
		return cmp.Compare(a, b)
	}
	if s.First != t.First {
		return cmp.Compare(s.First, t.First)
	}
	for _, p := range [...][2]string{{s.Account, t.Account}, {s.Principal, t.Principal}, {s.Action, t.Action}} {
		if p[0] != p[1] {
			return cmp.Compare(p[0], p[1])
		}
	}
	if s.Outcome != t.Outcome {
		return cmp.Compare(s.Outcome, t.Outcome)
	}
	for _, p := range [...][2]string{{s.Rule, t.Rule}, {s.Instance, t.Instance}, {s.Address, t.Address}} {
		if p[0] != p[1] {
			return cmp.Compare(p[0], p[1])
		}
	}
	return 0
}

// mod is the remainder that stays positive for times before 1970.
func mod(a, b int64) int64 { return ((a % b) + b) % b }
