package discern

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// The verdicts on credentials of an instance.
const (
	VerdictLiteral        = "literal"          // the record fits the rule's letter; the instance itself may have made the call
	VerdictSecondAddress  = "second_address"   // EC2 was not asked, and the instance has another address of its own
	VerdictForeignAddress = "foreign_address"  // EC2 says that the address is neither the instance's nor its VPC's
	VerdictNoInstance     = "no_such_instance" // EC2 says that the account has no such instance
)

// sessionLife bounds how long an instance's own address stays its own without being seen. Credentials of an instance live for about six
// hours; one that was silent for a day has been stopped, and starts again under a new address.
const sessionLife = Day

// match judges a rule's sighting: told once for its key, unless it is an instance's credentials used where they belong.
func (j *judge) match(s *Sighting, who *shelf) {
	f := finding{kind: RuleMatch, scope: ScopePrincipal, sightings: []Sighting{*s}}
	if s.Instance != "" {
		f.verdict = j.instance(s)
		if f.verdict == VerdictLiteral {
			j.count(s.Account).literal++
			return
		}
	}
	taken, key := j.memory.of(Rule, s.Account), ruleKey(s)
	if taken.get(key) != (Known{}) {
		return
	}
	taken.put(key, Known{FirstSeen: s.First, LastSeen: s.Last})
	if s.First < j.terms.TellFrom {
		return // learnt without telling, like a pair
	}
	if c, ok := taken.settle(key); ok {
		f.changes = append(f.changes, c)
	}
	f.since, f.actions = who.get("").FirstSeen, who.actions()
	j.findings = append(j.findings, f)
}

// instance says whether an address is the instance's own: the first one seen of it is.
func (j *judge) instance(s *Sighting) string {
	if s.Address == "" || j.terms.OwnAddress(s.Address) {
		return VerdictLiteral
	}
	addresses := j.memory.of(Instance, InstanceID(s.Account, s.Principal, s.Instance))
	switch verdict := j.verdicts[callOf(s)]; verdict {
	case "":
	case VerdictLiteral:
		addresses.put(s.Address, addresses.get(s.Address).touched(s, sessionLife/4))
		return VerdictLiteral
	default:
		return verdict
	}
	known := addresses.get(s.Address)
	stays := known != (Known{}) && s.First-known.LastSeen <= sessionLife
	for address, own := range addresses.now {
		if !stays && address != s.Address && s.First-own.LastSeen <= sessionLife {
			return VerdictSecondAddress
		}
	}
	addresses.put(s.Address, addresses.get(s.Address).touched(s, sessionLife/4))
	return VerdictLiteral
}

// callOf is a sighting as EC2 is asked of it: once an hour and address.
func callOf(s *Sighting) InstanceCall {
	return InstanceCall{Account: s.Account, Instance: s.Instance, Address: s.Address, Time: s.Last}
}

// askInstances asks EC2 of the calls that came from an address not known to be the instance's. Where it can't be asked, or has no say, the
// addresses alone are judged; that it can't be asked is said in coverage.
func (r *part) askInstances(ctx context.Context, j *judge, sightings []Sighting) {
	if r.Instances == nil {
		return
	}
	for i := range sightings {
		s := &sightings[i]
		visitor := strings.HasSuffix(s.Principal, "@"+s.Account) // its instance is in an account of its own
		if s.Instance == "" || s.Address == "" || visitor || j.terms.OwnAddress(s.Address) {
			continue
		}
		if j.memory.of(Instance, InstanceID(s.Account, s.Principal, s.Instance)).get(s.Address) != (Known{}) {
			continue
		}
		call := callOf(s)
		if _, asked := j.verdicts[call]; asked {
			continue
		}
		verdict, err := r.Instances.Verdict(ctx, call)
		if err != nil {
			r.warn(s.Account, err.Error())
		}
		j.verdicts[call] = verdict
	}
}

// ruleKey is what a rule is told once for: all but the times.
func ruleKey(s *Sighting) string {
	return digest(s.Principal, s.Action, s.Rule, s.Outcome.String(), s.Instance, s.Address, strconv.FormatInt(s.Step(), 10))
}

// digest is the first 32 hexadecimal digits of the SHA-256 of parts joined by U+001F.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return hex.EncodeToString(sum[:16])
}
