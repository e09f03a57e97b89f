// Package demo writes the CloudTrail logs of an invented organization, and the story of the intrusion that ends them.
//
// It reads nothing and judges nothing: it stands before the house, where CloudTrail itself would. The same seed and end give the
// same bytes. Life is drawn from who people and machines are (org.go, jobs.go) and when they work (rhythm.go, life.go), never from
// what a detector finds in it. All ids are made up, all accounts are those of documentation, and so are all addresses.
package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Span is how many days the organization is written for by default.
const Span = 100

// Options say what is written and where.
type Options struct {
	Dir      string                // is made where it is missing; below it comes AWSLogs/
	Seed     int64                 // another seed is another life of the same organization
	End      time.Time             // its UTC day is the last one written, and the intrusion's
	Days     int                   // how many days are written, End's included; 0 = Span
	Until    time.Time             // what is delivered later is left out, as if it were still to come; zero leaves out nothing
	Progress func(done, total int) // is told after each day; may be nil
}

// A Story is what was written.
type Story struct {
	Files, Records int   // log files with all their repetitions, and the records in them; the broken ones are not counted
	Bytes          int64 // compressed, of the same files
	ToCome         int   // files left out by Until
	Accounts       []AccountInfo
	Steps          []Step   // the intrusion, in order of time
	Broken         []string // files that are no good, by path below Dir, with slashes
	Other          []string // files that CloudTrail writes beside its logs, likewise
}

// AccountInfo names an account of the organization.
type AccountInfo struct{ ID, Name string }

// A Step is one call of the intruder.
type Step struct {
	Time                       time.Time
	Account, Principal, Action string // Principal is the baseline's key, Action eventSource:eventName
	Denied                     bool
	What                       string // one clause for people
	Expect                     string // what a first-seen detector says of it: new_action, new_principal, denied_then_success or rule
	Rule                       string // the rule that must match it as well, or "" where none does
}

// Write writes the organization's logs below o.Dir. What it wrote stays there when it fails or ctx ends.
func Write(ctx context.Context, o Options) (Story, error) {
	if o.Dir == "" {
		return Story{}, errors.New("write the demo's logs: no folder given")
	}
	if o.End.IsZero() {
		return Story{}, errors.New("write the demo's logs: no last day given")
	}
	if o.Days == 0 {
		o.Days = Span
	}
	if o.Days < 1 {
		return Story{}, fmt.Errorf("write the demo's logs: %d days are too few", o.Days)
	}
	l, err := newLife(o.Seed)
	if err != nil {
		return Story{}, err
	}
	night, steps, err := l.intrusion(dayOf(o.End, lastAge))
	if err != nil {
		return Story{}, err
	}
	p := newPost(o.Dir, o.Until, l)
	for done := range o.Days {
		d := dayOf(o.End, lastAge-o.Days+1+done)
		day := l.day(d)
		if d.age == lastAge {
			day = append(day, night...)
		}
		slices.SortStableFunc(day, inOrder)
		if err := p.deliver(ctx, d, day); err != nil {
			return p.story, fmt.Errorf("write the demo's logs: %w", err)
		}
		if o.Progress != nil {
			o.Progress(done+1, o.Days)
		}
	}
	for _, a := range accounts {
		p.story.Accounts = append(p.story.Accounts, AccountInfo{a.id, a.name})
	}
	p.story.Steps = steps
	return p.story, nil
}
