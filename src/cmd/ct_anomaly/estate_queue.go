package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
)

// queued gives a study the queue that tells of files of all accounts, and who these are.
func (e *estate) queued(ctx context.Context, st *discern.Study, j job) error {
	var p *people
	if roster, err := e.organization(ctx); err != nil {
		said := fmt.Sprintf("%s: accounts have no names here, and nothing is said of those whose log never came, or stopped long ago: %v", notAsked, err)
		if none := (*muster.NoOrganization)(nil); errors.As(err, &none) && !awscall.Denied(err) {
			e.notes = append(e.notes, said)
		} else {
			e.warnings = append(e.warnings, said)
		}
		st.Asked = accounts(e.set)
	} else {
		p = newPeople(roster, e.now, func() (muster.Roster, error) { return e.organization(ctx) })
		e.roster, e.accounts = roster, roster.Accounts
		st.Asked, st.Member = p.asked, p.member
		for _, a := range roster.Accounts {
			st.Members = append(st.Members, a.ID)
		}
	}
	queue, err := logs.OpenQueue(logs.QueueOptions{
		Config: e.caller.Base(), URL: e.set.Logs.At, Ledger: j.store, Now: e.now, Account: st.Asked, Category: categories(e.set), Match: j.match(), To: j.to, Since: j.since, Progress: j.read,
		Wait: j.allowed, // as long as what comes can still be judged: docs/operations.md says how soon an anomaly is told
	})
	if err != nil {
		return err
	}
	st.Activity = queue
	context.AfterFunc(ctx, func() { _ = queue.Close() })
	return nil
}

// People are the accounts of the organization while a run waits at a queue, for hours maybe: the files of one that joins meanwhile are named on it,
// and what is read off a queue is not told of again. So of an account that is not known Organizations is asked anew. They are safe for concurrent use.
type people struct {
	now func() time.Time
	ask func() (muster.Roster, error)

	mu      sync.Mutex
	in      map[string]bool // of those known, whether they are looked at
	members func(id string) discern.Member
	strange map[string]time.Time // when the organization was asked in vain
}

// strangers is for how long an account that the organization does not know stays unknown.
const strangers = 10 * time.Minute

func newPeople(roster muster.Roster, now func() time.Time, ask func() (muster.Roster, error)) *people {
	p := &people{now: now, ask: ask, strange: map[string]time.Time{}}
	p.learn(roster)
	return p
}

func (p *people) learn(roster muster.Roster) {
	p.in = map[string]bool{"": true} // a record may name no account
	for _, o := range roster.Others {
		p.in[o.ID] = false
	}
	for _, a := range roster.Accounts {
		p.in[a.ID] = true
	}
	p.members = membersOf(roster)
}

// asked tells whether an account's records are judged. Where that can't be found out they are.
func (p *people) asked(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	in, known := p.in[id]
	if at, there := p.strange[id]; known || there && p.now().Sub(at) < strangers {
		return in
	}
	roster, err := p.ask()
	if err != nil {
		p.in[id] = true
		return true
	}
	p.learn(roster)
	if in, known = p.in[id]; !known {
		p.strange[id] = p.now()
	}
	return in
}

func (p *people) member(id string) discern.Member {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.members(id)
}
