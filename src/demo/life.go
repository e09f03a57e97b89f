package demo

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A call is one call of the AWS API, as far as its record depends on who made it and when.
type call struct {
	at      int64 // Unix seconds
	by      *principal
	id      string // the principal's at that time
	session session
	account string // whose log it is
	region  string
	action  string
	args    []string
	via     string // the service that made it on the principal's behalf
	code    string // of the error, or ""
	message string
	story   bool // the intruder made it
}

// A session is a member at work.
type session struct {
	*member
	name    string
	key     string
	created int64 // Unix seconds
}

// A life is all that the organization does, drawn from one seed. A day can be had without those before it.
type life struct {
	ids    identities
	roster []*principal
	plans  map[*principal][]plan
	seldom plan
}

func newLife(seed int64) (*life, error) {
	l := &life{ids: identities{seed}, plans: map[*principal][]plan{}}
	l.roster = roster(l.ids)
	for _, p := range l.roster {
		for _, r := range p.job {
			plan, err := prepare(r)
			if err != nil {
				return nil, err
			}
			l.plans[p] = append(l.plans[p], plan)
		}
	}
	var err error
	l.seldom, err = prepare(routine{when: office(0.6), some: seldom, least: 1, most: 1})
	return l, err
}

// source is randomness of its own for each purpose and day, so that one more job changes nothing of the others.
func (l *life) source(age int, purpose ...string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(append(purpose, strconv.Itoa(age), strconv.FormatInt(l.ids.seed, 10)), "\x1f")))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(age)))
}

// day is what is done on an ordinary day, in no order.
func (l *life) day(d day) []call {
	var calls []call
	for _, p := range l.roster {
		if d.age < p.from {
			continue
		}
		for i := range l.plans[p] {
			calls = l.work(calls, d, p, &l.plans[p][i], strconv.Itoa(i))
		}
	}
	return l.curiosity(calls, d)
}

// curiosity is what people look at for the first time, once or twice a week.
func (l *life) curiosity(calls []call, d day) []call {
	people := slices.DeleteFunc(slices.Clone(l.roster), func(p *principal) bool { return !strings.HasPrefix(p.path, "/aws-reserved/") })
	p := people[l.source(d.age, "curiosity").IntN(len(people))]
	return l.work(calls, d, p, &l.seldom, "curiosity")
}

// work adds what one plan of a principal brings about on a day.
func (l *life) work(calls []call, d day, p *principal, plan *plan, name string) []call {
	purpose := []string{p.account, strconv.Itoa(int(p.kind)), p.name, name}
	r := l.source(d.age, purpose...)
	clock := l.source(d.age, append(purpose, "clock")...)
	if plan.shared != "" {
		clock = l.source(d.age, plan.shared)
	}
	members := slices.DeleteFunc(slices.Clone(p.members), func(m member) bool {
		return d.age < m.from || plan.who != "" && m.name != plan.who
	})
	for _, moment := range plan.when.on(d, clock) {
		if plan.each {
			for i := range members {
				calls = l.run(calls, d, p, plan, &members[i], moment, r)
			}
			continue
		}
		calls = l.run(calls, d, p, plan, &members[r.IntN(len(members))], moment, r)
	}
	return calls
}

// run adds the calls of one member at one moment. What would reach into the next day is not done.
func (l *life) run(calls []call, d day, p *principal, plan *plan, m *member, moment int, r *rand.Rand) []call {
	at, pace := d.start+int64(moment+plan.lag), 2
	if plan.when.local {
		at -= int64(m.zone) * 60
		pace = 24
	}
	s := l.session(d, p, m, moment, at)
	for _, a := range plan.acts(r) {
		at += int64(r.IntN(pace))
		if at >= d.start+24*3600 {
			break
		}
		c := l.call(d, p, s, a, at)
		c.region, c.via = region(p.account, plan.region, a.action), plan.via
		for i, arg := range a.args {
			c.args[i] = strings.Replace(arg, "#", number(d.age, moment), 1)
		}
		if c.code == "" && c.session.key != "" && r.IntN(160) == 0 {
			c.code, c.message = "ThrottlingException", "Rate exceeded"
		}
		calls = append(calls, c)
	}
	return calls
}

// call is an act at its time.
func (l *life) call(d day, p *principal, s session, a act, at int64) call {
	c := call{at: at, by: p, id: l.ids.of(p, d.age), session: s, account: p.account,
		region: region(p.account, "", a.action), action: a.action, args: slices.Clone(a.args)}
	if a.denied {
		c.code, c.message = refusal(a.action)
	}
	if strings.HasPrefix(a.action, "signin:") {
		c.session.key = "" // there is none yet
	}
	return c
}

// session is the one that a member works in at a moment: an instance gets new credentials every six hours, others for each time.
func (l *life) session(d day, p *principal, m *member, moment int, at int64) session {
	s := session{member: m, name: strings.Replace(m.name, "#", number(d.age, moment), 1), created: at - 40}
	if p.instance {
		s.name = l.ids.instance(p, m.slot, d.age)
		s.created = at - at%(6*3600) + int64(m.slot)*71
		if s.created > at {
			s.created -= 6 * 3600
		}
	}
	switch p.kind {
	case user:
		s.key = l.ids.id("AKIA", p.account, p.name)
	case role, consoleUser, root, federated:
		s.key = l.ids.id("ASIA", p.account, p.name, s.name, s.created)
	}
	return s
}

// region is where an action is logged: what is global is so in us-east-1.
func region(account, wanted, action string) string {
	switch source, _, _ := strings.Cut(action, ":"); source {
	case "iam", "organizations", "signin", "ce", "cur", "cloudfront", "route53", "support", "account", "health":
		return "us-east-1"
	}
	return cmp.Or(wanted, homeOf(account))
}

// refusal is the error that a refused call gets.
func refusal(action string) (code, message string) {
	if strings.HasPrefix(action, "ec2:") {
		return "Client.UnauthorizedOperation", "You are not authorized to perform this operation."
	}
	return "AccessDenied", "User is not authorized to perform: " + action + " because no identity-based policy allows the " + action + " action"
}

// inOrder is the order of delivery: by log, then by time.
func inOrder(a, b call) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.region, b.region), cmp.Compare(a.at, b.at))
}
