package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

const day = int64(24 * 60 * 60)

// A sight is one record of a pair.
type sight struct {
	at, visible int64
	denied      bool
}

// A pair is who did what, in whose account.
type pair struct{ account, principal, action string }

type file struct {
	account        string
	named, visible int64
	read           int64 // when it was read whole for the first time; 0: never
}

type run struct {
	collector, id string
	began, ended  int64
	killed, mute  bool
	covered       map[string]coverage // by account
}

// A book holds all that was read.
type book struct {
	forget, learning int64
	only             string
	members          map[string][2]int64
	sights           map[pair][]sight
	files            map[string]*file
	told             map[string][]string // the contents of an anomaly, by its id
	events           []event
	runs             []*run
	learns           map[string]int64 // until when an account learns
	began            map[string]int64 // an account's earliest record
}

func newBook() *book {
	return &book{members: map[string][2]int64{}, sights: map[pair][]sight{}, files: map[string]*file{}, told: map[string][]string{}, learns: map[string]int64{}, began: map[string]int64{}}
}

func (b *book) take(l *line) error {
	switch l.Kind {
	case "terms":
		b.forget, b.learning, b.only = l.ForgetDays*day, l.LearningDays*day, l.Only
	case "account":
		b.members[l.Account] = [2]int64{l.At, l.Until}
	case "file":
		return b.file(l)
	case "read":
		if f := b.files[l.Key]; f != nil && f.read == 0 {
			f.read = l.At
		}
	case "told":
		return b.tell(l.Event)
	case "run":
		b.runs = append(b.runs, &run{collector: l.Collector, id: l.Run, began: l.At, ended: l.Until, killed: l.Killed, mute: l.Mute, covered: map[string]coverage{}})
	case "covered":
		return b.cover(l)
	default:
		return fmt.Errorf("%q is no kind of line", l.Kind)
	}
	return nil
}

func (b *book) file(l *line) error {
	if !l.Whole {
		return nil
	}
	b.files[l.Key] = &file{account: l.Account, named: l.Named, visible: l.At}
	for _, raw := range l.Records {
		var r record
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("%s: %w", l.Key, err)
		}
		at, err := time.Parse(time.RFC3339, r.EventTime)
		if err != nil {
			return fmt.Errorf("%s: %w", l.Key, err)
		}
		p := pair{r.RecipientAccountID, principalOf(&r), r.EventSource + ":" + r.EventName}
		b.sights[p] = append(b.sights[p], sight{at.Unix(), l.At, r.ErrorCode != ""})
		b.began[p.account] = cmp.Or(min(b.began[p.account], at.Unix()), at.Unix())
	}
	return nil
}

// principalOf is the rule for the kinds of callers that the simulator has.
func principalOf(r *record) string {
	id := &r.UserIdentity
	switch id.Type {
	case "AssumedRole":
		return id.SessionContext.SessionIssuer.PrincipalID
	case "AWSService":
		return "service:" + r.RecipientAccountID + "/" + id.InvokedBy
	default:
		return id.PrincipalID
	}
}

func (b *book) tell(raw json.RawMessage) error {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	if !slices.Contains(b.told[e.AnomalyID], string(raw)) {
		b.told[e.AnomalyID] = append(b.told[e.AnomalyID], string(raw))
		if len(b.told[e.AnomalyID]) == 1 {
			b.events = append(b.events, e)
		}
	}
	return nil
}

func (b *book) cover(l *line) error {
	var c coverage
	if err := json.Unmarshal(l.Coverage, &c); err != nil {
		return err
	}
	if c.AccountID == everyAccount && strings.HasPrefix(c.NextStep, "history to be read first") {
		return nil // the estimate, which a run begins with
	}
	if len(b.runs) == 0 {
		return fmt.Errorf("coverage of %s before any run", c.AccountID)
	}
	b.runs[len(b.runs)-1].covered[c.AccountID] = c
	if until, err := time.Parse(time.RFC3339, c.LearningUntil); err == nil {
		b.learns[c.AccountID] = until.Unix()
	}
	return nil
}
