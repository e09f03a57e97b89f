package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A verdict is what is wrong, in words, and how much was right.
type verdict struct {
	Expected int // anomalies that had to be told
	Told     int // of these
	Lost     []string
	Doubled  []string // told under two ids, in two ways, or without a reason
	Unseen   []string // gaps that no coverage reports
}

// doubt is how near to the end of its learning, in seconds, an account's records may be learnt or told: what is judged first depends then on
// which run came by.
const doubt = 2 * day

// A spell is a time in which a pair is known without a break.
type spell struct {
	first, last int64 // of its records
	shown       int64 // when the first of its files was visible
	early       int64 // the time of the record that was visible first
}

func (b *book) verdict() verdict {
	v := verdict{}
	events := map[string]map[pair][]event{} // by type
	for _, e := range b.events {
		p := pair{e.AccountID, e.PrincipalID, e.Action}
		if events[e.AnomalyType] == nil {
			events[e.AnomalyType] = map[pair][]event{}
		}
		events[e.AnomalyType][p] = append(events[e.AnomalyType][p], e)
	}
	for id, contents := range b.told {
		if len(contents) > 1 {
			v.Doubled = append(v.Doubled, fmt.Sprintf("%s has %d contents", id, len(contents)))
		}
	}
	b.pairs(&v, events["new_action"])
	if b.only != "" {
		return v
	}
	b.principals(&v, events["new_principal"])
	b.matches(&v, events["rule"])
	b.seen(&v)
	for _, list := range [][]string{v.Lost, v.Doubled, v.Unseen} {
		slices.Sort(list)
	}
	return v
}

// spells cuts a pair's records where it was forgotten.
func (b *book) spells(p pair) []spell {
	sights := b.sights[p]
	slices.SortFunc(sights, func(x, y sight) int { return cmp.Compare(x.at, y.at) })
	var all []spell
	for _, s := range sights {
		n := len(all) - 1
		if n < 0 || s.at-all[n].last > b.forget {
			all = append(all, spell{s.at, s.at, s.visible, s.at})
			continue
		}
		all[n].last = s.at
		if s.visible < all[n].shown {
			all[n].shown, all[n].early = s.visible, s.at
		}
	}
	return all
}

// must and may tell whether something first seen so has to be told, and whether it can be.
func (b *book) must(account string, s spell) bool { return s.early > b.learns[account]+doubt }
func (b *book) may(account string, s spell) bool {
	return s.early > b.learns[account]-doubt || s.shown > b.learns[account]-doubt
}

func (b *book) pairs(v *verdict, events map[pair][]event) {
	for p := range b.sights {
		if !strings.HasPrefix(p.principal, b.only) {
			continue
		}
		told := events[p]
		for _, s := range b.spells(p) {
			var of []event
			told = slices.DeleteFunc(slices.Clone(told), func(e event) bool {
				at, err := time.Parse(time.RFC3339, e.FirstTime)
				in := err == nil && s.first <= at.Unix() && at.Unix() <= s.last
				if in {
					of = append(of, e)
				}
				return in
			})
			what := fmt.Sprintf("%s %s in %s, first at %s", p.principal, p.action, p.account, stamp(s.first))
			if b.must(p.account, s) {
				v.Expected++
				if len(of) == 0 {
					v.Lost = append(v.Lost, what)
				} else {
					v.Told++
				}
			}
			if len(of) > 1 {
				v.Doubled = append(v.Doubled, fmt.Sprintf("%s: %d ids", what, len(of)))
			}
			if len(of) > 0 && !of[0].Learning && !b.may(p.account, s) {
				v.Doubled = append(v.Doubled, what+": told as if it had not been learnt")
			}
		}
		for _, e := range told {
			v.Doubled = append(v.Doubled, fmt.Sprintf("%s %s in %s at %s: no record of it is of that time", p.principal, p.action, p.account, e.FirstTime))
		}
	}
	for p, told := range events {
		if b.sights[p] == nil {
			v.Doubled = append(v.Doubled, fmt.Sprintf("%v: never happened (%s)", p, told[0].AnomalyID))
		}
	}
}

// principals are told of once, when the first of what they do is.
func (b *book) principals(v *verdict, events map[pair][]event) {
	first := map[pair]spell{}
	for p := range b.sights {
		who := pair{p.account, p.principal, ""}
		for _, s := range b.spells(p)[:1] {
			have, ok := first[who]
			if !ok || s.shown < have.shown {
				first[who] = s
			}
		}
	}
	for who, s := range first {
		told := events[who]
		what := fmt.Sprintf("new principal %s in %s, first at %s", who.principal, who.account, stamp(s.first))
		if b.must(who.account, s) {
			v.Expected++
			if len(told) == 0 {
				v.Lost = append(v.Lost, what)
			} else {
				v.Told++
			}
		}
		if len(told) > 1 {
			v.Doubled = append(v.Doubled, fmt.Sprintf("%s: %d ids", what, len(told)))
		}
	}
}

// matches are those of the one rule that the simulator's records match: one for each hour and outcome.
func (b *book) matches(v *verdict, events map[pair][]event) {
	type match struct {
		pair
		hour   int64
		denied bool
	}
	expected := map[match]int64{}
	for p, sights := range b.sights {
		if p.action != "cloudtrail.amazonaws.com:StopLogging" {
			continue
		}
		for _, s := range sights {
			m := match{p, s.at / 3600, s.denied}
			expected[m] = cmp.Or(min(expected[m], s.at), s.at)
		}
	}
	hours := map[pair]map[int64]int{} // by how many events
	for p, told := range events {
		hours[p] = map[int64]int{}
		for _, e := range told {
			if at, err := time.Parse(time.RFC3339, e.FirstTime); err == nil && e.Rule == "stop_logging" {
				hours[p][at.Unix()/3600]++
			}
		}
	}
	both := map[match]int{}
	for m := range expected {
		both[match{m.pair, m.hour, false}]++
	}
	for m, at := range expected {
		if at < b.learns[m.account]-b.learning {
			continue // before the history that is read
		}
		v.Expected++
		switch n := hours[m.pair][m.hour]; {
		case n == 0:
			v.Lost = append(v.Lost, fmt.Sprintf("rule stop_logging of %s in %s at %s", m.principal, m.account, stamp(at)))
		case n > both[match{m.pair, m.hour, false}]:
			v.Doubled = append(v.Doubled, fmt.Sprintf("rule stop_logging of %s in %s at %s: %d ids", m.principal, m.account, stamp(at), n))
		default:
			v.Told++
		}
	}
}

func stamp(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }
