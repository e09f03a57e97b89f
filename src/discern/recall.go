package discern

import (
	"context"
	"fmt"
	"strings"
)

// recall fetches what a judge needs to know for these sightings: the memory of every principal in them, and of their accounts and
// the organization only what new or stale pairs are held against.
func (r *part) recall(ctx context.Context, p *Piece, sightings []Sighting) (*judge, error) {
	j := &judge{
		terms: r.Terms, risky: r.Risk.Risky, memory: shelves{}, who: make([]*shelf, len(sightings)),
		watermark: r.watermark, verdicts: map[InstanceCall]string{}, outset: &r.outset, counts: map[string]*tally{},
	}
	questions := append(r.holders(j, p, sightings), Question{Holder{Organization, ""}, []string{""}})
	if err := r.ask(ctx, j, questions); err != nil {
		return nil, err
	}
	j.adopt()
	r.askInstances(ctx, j, sightings)
	r.watch(j, p)
	if err := r.ask(ctx, j, j.widths(sightings)); err != nil {
		return nil, err
	}
	return j, nil
}

func (r *part) ask(ctx context.Context, j *judge, questions []Question) error {
	if len(questions) == 0 {
		return nil
	}
	answer, err := r.Baseline.Recall(ctx, questions)
	if err != nil {
		return fmt.Errorf("recall what is known of %d holders: %w", len(questions), err)
	}
	j.memory.fill(answer)
	for _, q := range questions {
		if q.Holder.Kind == Organization {
			r.outset.met(j.memory.of(Organization, ""), q.Actions)
		}
	}
	return nil
}

// holders asks for the principals whole, and for the own items of the accounts, the rules' items and the instances. It makes each of
// them a shelf, and notes whose each sighting is.
func (r *part) holders(j *judge, p *Piece, sightings []Sighting) []Question {
	var questions []Question
	ask := func(kind Kind, id string, actions []string) (on *shelf, first bool) {
		h := Holder{kind, id}
		if on = j.memory[h]; on != nil {
			return on, false
		}
		questions = append(questions, Question{h, actions})
		return j.memory.of(kind, id), true
	}
	for account := range p.Looks {
		ask(Account, account, []string{""})
		ask(Watermark, account, []string{r.Trail})
	}
	matches := map[string][]string{}
	for i := range sightings {
		s := &sightings[i]
		who, first := ask(Principal, s.Principal, nil)
		if bare, ok := bareRole(s.Principal); first && ok {
			ask(Principal, bare, nil)
		}
		j.who[i] = who
		if s.Rule != "" {
			matches[s.Account] = append(matches[s.Account], ruleKey(s))
		}
		if s.Instance != "" {
			ask(Instance, InstanceID(s.Account, s.Principal, s.Instance), nil)
		}
	}
	for account, keys := range matches {
		questions = append(questions, Question{Holder{Rule, account}, keys})
	}
	return questions
}

// widths asks for the account's and the organization's item of every action whose pair is unknown, or so far behind that it will be refreshed.
func (j *judge) widths(sightings []Sighting) []Question {
	byAccount := map[string]map[string]bool{}
	anywhere := map[string]bool{}
	for i := range sightings {
		s := &sightings[i]
		if s.Rule != "" {
			continue
		}
		k := j.who[i].get(s.Action)
		if k.LastSeen != 0 && s.Last-k.LastSeen <= j.terms.refresh() && j.terms.RefreshDays > 0 {
			continue
		}
		if byAccount[s.Account] == nil {
			byAccount[s.Account] = map[string]bool{}
		}
		byAccount[s.Account][s.Action], anywhere[s.Action] = true, true
	}
	var questions []Question
	for account, actions := range byAccount {
		questions = append(questions, Question{Holder{Account, account}, keys(actions)})
	}
	if len(anywhere) > 0 {
		questions = append(questions, Question{Holder{Organization, ""}, keys(anywhere)})
	}
	return questions
}

// adopt lets what an older tool's table remembers of a role under its bare id explain the role where it is a visitor: that tool knew no visitors.
func (j *judge) adopt() {
	for h, s := range j.memory {
		bare, visitor := bareRole(h.ID)
		if h.Kind != Principal || !visitor {
			continue
		}
		if old := j.memory[Holder{Principal, bare}]; old != nil && old.adopted {
			s.base, s.adopted = old.now, true
		}
	}
}

// bareRole is the role id in a visiting role's key (AROA…@account).
func bareRole(principal string) (string, bool) {
	bare, _, visitor := strings.Cut(principal, "@")
	return bare, visitor && strings.HasPrefix(bare, "AROA")
}

// watch notes since when the accounts of a piece, and with them the organization, are watched: the earliest event time read. The watermark of the
// account is taken as it stood when this run first met it.
func (r *part) watch(j *judge, p *Piece) {
	organization := j.memory.of(Organization, "")
	if organization.get("") == (Known{}) && !j.remembers() {
		r.startedAnew()
	}
	for account, look := range p.Looks {
		if look.Earliest == 0 {
			continue
		}
		if _, met := r.watermark[account]; !met {
			r.reached[account] = j.memory.of(Watermark, account).get(r.Trail)
			r.watermark[account] = r.reached[account].LastSeen
		}
		for _, h := range []*shelf{j.memory.of(Account, account), organization} {
			own := h.get("")
			own.FirstSeen = earlier(own.FirstSeen, look.Earliest)
			h.put("", own)
		}
	}
}

// remembers tells whether anything is known of any principal: pairs alone may have been imported.
func (j *judge) remembers() bool {
	for h, s := range j.memory {
		if h.Kind == Principal && s.actions() > 0 {
			return true
		}
	}
	return false
}

func keys(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for k := range set {
		list = append(list, k)
	}
	return list
}
