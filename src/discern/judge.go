package discern

// The scopes: how wide an action is new.
const (
	ScopePrincipal    = "principal"
	ScopeAccount      = "account"
	ScopeOrganization = "organization"
)

// The anomaly types.
const (
	NewAction         = "new_action"
	NewPrincipal      = "new_principal"
	DeniedThenSuccess = "denied_then_success"
	RuleMatch         = "rule"
)

// A finding is one anomaly as judged: what it is about, and the changes by which it is claimed.
type finding struct {
	kind      string
	sightings []Sighting // what the event sums up; the first is the one that told
	scope     string
	learning  bool
	first     bool // in the organization, told for that reason though the account learns
	verdict   string
	previous  int64 // last seen of the memory that expired, or 0
	denied    int64 // of denied_then_success: the first denial
	since     int64 // the principal is watched since then; 0 in its own first hour
	actions   int   // how many actions of the principal were known
	adopted   bool  // from an older tool's table
	changes   []Change
}

// tally counts how the sightings of one account were judged.
type tally struct{ sightings, known, learnt, literal int }

// A judge holds sightings against memories. It decides and remembers; it reads and writes nothing.
type judge struct {
	terms     Terms
	risky     func(action string) bool
	memory    shelves
	who       []*shelf                // of each sighting, its principal's memory
	watermark map[string]int64        // by account, as it stood at the run's start
	verdicts  map[InstanceCall]string // of EC2, where it was asked
	outset    *outset
	counts    map[string]*tally
	findings  []finding
}

// all judges a piece's sightings, which come in the order of Before.
func (j *judge) all(sightings []Sighting) {
	for i := range sightings {
		s := &sightings[i]
		if s.Rule != "" {
			j.match(s, j.who[i])
			continue
		}
		j.pair(s, j.who[i], sightings[i:])
	}
}

func (j *judge) count(account string) *tally {
	t := j.counts[account]
	if t == nil {
		t = &tally{}
		j.counts[account] = t
	}
	return t
}

// pair judges one sighting of a pair; rest are the sightings from this one on.
func (j *judge) pair(s *Sighting, who *shelf, rest []Sighting) {
	t := j.count(s.Account)
	t.sightings++
	was, own := who.get(s.Action), who.get("")
	if was.explains(s.First, j.terms.span()) {
		j.known(s, who, was, own, t)
		j.renewOwn(s, who, own)
		return
	}
	learning := j.accountLearns(s, who)
	scope, firstAnywhere := j.scope(s)
	if s.First < j.terms.TellFrom || learning && !j.risky(s.Action) && !firstAnywhere {
		t.learnt++
		j.learn(s, who, was, own)
		return
	}
	f := j.finding(NewAction, s, who, own, learning)
	f.scope, f.first, f.previous = scope, learning && firstAnywhere, lastKnown(was, j.terms.ForgetAfterDays)
	j.learn(s, who, was, own)
	if stranger := own == (Known{}) && !who.adopted; stranger && !learning {
		j.stranger(s, who, rest)
	}
	j.tell(f, who, s)
}

// learn makes an unknown pair known.
func (j *judge) learn(s *Sighting, who *shelf, was, own Known) {
	who.put(s.Action, was.anew(s))
	j.widen(s)
	j.renewOwn(s, who, own)
}

// known keeps a known pair's memory fresh, and tells the first success after denials.
func (j *judge) known(s *Sighting, who *shelf, was, own Known, t *tally) {
	if !j.relents(s, who, was) {
		t.known++
		j.renew(s, who, was)
		return
	}
	f := j.finding(DeniedThenSuccess, s, who, own, j.accountLearns(s, who))
	f.scope, f.denied = ScopePrincipal, was.FirstDenied
	j.renew(s, who, was)
	j.tell(f, who, s)
}

// relents tells whether a known pair's sighting is its first success after denials, and to be told. In an account that still learns only
// that of a risky action is, as for a new pair.
func (j *judge) relents(s *Sighting, who *shelf, was Known) bool {
	if s.Outcome != OK || was.FirstDenied == 0 || s.First <= was.FirstDenied || was.succeeded(s.First) || s.First < j.terms.TellFrom {
		return false
	}
	return !j.accountLearns(s, who) || j.risky(s.Action)
}

func (j *judge) renew(s *Sighting, who *shelf, was Known) {
	now := was.again(s, j.terms.refresh())
	if now != was {
		who.put(s.Action, now)
	}
	if now.LastSeen != was.LastSeen {
		j.widen(s)
	}
}

func (j *judge) renewOwn(s *Sighting, who *shelf, own Known) {
	if now := own.touched(s, j.terms.refresh()); now != own {
		who.put("", now)
	}
}

// finding begins to tell of a pair, by what is known of its principal before this sighting.
func (j *judge) finding(kind string, s *Sighting, who *shelf, own Known, learning bool) finding {
	f := finding{kind: kind, sightings: []Sighting{*s}, actions: who.actions(), adopted: who.adopted, learning: learning || j.principalLearns(s, own, who)}
	if own.FirstSeen < s.Step() { // else it is new, or was until a run that was killed began to tell of it
		f.since = own.FirstSeen
	}
	return f
}

// stranger tells of a principal never seen before, with all that it did in this step.
func (j *judge) stranger(s *Sighting, who *shelf, rest []Sighting) {
	f := finding{kind: NewPrincipal, scope: ScopePrincipal}
	next := s.Step() + Hour
	for i := range rest {
		r := &rest[i]
		if r.First >= next {
			break
		}
		if r.Rule == "" && r.Principal == s.Principal && r.Account == s.Account {
			f.sightings = append(f.sightings, *r)
		}
	}
	if c, ok := who.settle(""); ok {
		f.changes = append(f.changes, c)
	}
	j.findings = append(j.findings, f)
}

// tell makes a finding of a pair's sighting; its claim carries every item that the decision rests on.
func (j *judge) tell(f finding, who *shelf, s *Sighting) {
	account, organization := j.memory.of(Account, s.Account), j.memory.of(Organization, "")
	for _, item := range []struct {
		on     *shelf
		action string
	}{{who, s.Action}, {who, ""}, {account, s.Action}, {organization, s.Action}} {
		if c, ok := item.on.settle(item.action); ok {
			f.changes = append(f.changes, c)
		}
	}
	j.findings = append(j.findings, f)
}

// accountLearns judges by the later of event time and the watermark at the run's start, so that a late record is never learnt in
// silence once its account's learning has ended. A principal that an older tool knew is past it.
func (j *judge) accountLearns(s *Sighting, who *shelf) bool {
	if who.adopted {
		return false
	}
	since := j.memory.of(Account, s.Account).get("").FirstSeen
	return max(s.First, j.watermark[s.Account]) < since+int64(j.terms.LearningDays)*Day
}

func (j *judge) principalLearns(s *Sighting, own Known, who *shelf) bool {
	return !who.adopted && s.First < earlier(own.FirstSeen, s.First)+int64(j.terms.PrincipalLearningDays)*Day
}

// scope says how wide the action is new, and whether it is the first anywhere in an organization past its own learning. An account past its learning is in
// an organization past its own, which is watched no shorter.
func (j *judge) scope(s *Sighting) (scope string, firstAnywhere bool) {
	account, organization := j.memory.of(Account, s.Account), j.memory.of(Organization, "")
	grown := func(own Known) bool {
		return own.FirstSeen != 0 && s.First >= own.FirstSeen+int64(j.terms.LearningDays)*Day
	}
	known := func(k Known) bool { return k.explains(s.First, j.terms.span()) }
	firstHere := !known(account.get(s.Action))
	first := firstHere && !known(j.outset.known(organization, s.Action))
	switch {
	case !firstHere || !grown(account.get("")):
		scope = ScopePrincipal
	case first:
		scope = ScopeOrganization
	default:
		scope = ScopeAccount
	}
	return scope, first && grown(j.outset.known(organization, ""))
}

// widen notes the action in its account's and the organization's memory.
func (j *judge) widen(s *Sighting) {
	for _, h := range []*shelf{j.memory.of(Account, s.Account), j.memory.of(Organization, "")} {
		h.put(s.Action, h.get(s.Action).touched(s, j.terms.refresh()))
	}
}

// lastKnown is when a memory that has expired was last renewed. An adopted item only says until when it held.
func lastKnown(k Known, forgetAfterDays int) int64 {
	if k.LastSeen == 0 && k.Until != 0 {
		return k.Until - int64(forgetAfterDays)*Day
	}
	return k.LastSeen
}
