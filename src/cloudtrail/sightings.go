package cloudtrail

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// Sightings gives all that is held, in the order of discern's Sighting.Before. The sightings' files are sorted and distinct.
func (g *Gather) Sightings() iter.Seq[discern.Sighting] {
	return func(yield func(discern.Sighting) bool) {
		for _, number := range g.order() {
			if !yield(g.sighting(&g.rows.list[number])) {
				return
			}
		}
	}
}

func (g *Gather) sighting(r *row) discern.Sighting {
	caller, match := g.callers.list[r.caller], g.matches.list[r.match]
	files := g.rows.filesOf(r, nil)
	slices.Sort(files)
	start := int64(r.hour) * discern.Hour
	return discern.Sighting{
		Account: g.accounts.list[caller.account], Principal: g.principals.list[caller.principal],
		Action: g.actions.list[r.action], Outcome: r.outcome,
		Rule: match.rule, Instance: match.instance, Address: match.address,
		First: start + int64(r.first), Last: start + int64(r.last), Count: int(r.count), Files: slices.Compact(files),
	}
}

// order sorts the numbers of the rows. Names are compared once each, not once for each pair of rows.
func (g *Gather) order() []uint32 {
	accounts, principals, actions := g.accounts.ranks(), g.principals.ranks(), g.actions.ranks()
	callers := g.callers.ranks(func(a, b callerKey) int {
		return cmp.Or(cmp.Compare(accounts[a.account], accounts[b.account]), cmp.Compare(principals[a.principal], principals[b.principal]))
	})
	matches := g.matches.ranks(matchKey.compare)
	order := make([]uint32, len(g.rows.list))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(i, j uint32) int {
		a, b := &g.rows.list[i], &g.rows.list[j]
		switch {
		case a.hour != b.hour:
			return cmp.Compare(a.hour, b.hour)
		case a.first != b.first:
			return cmp.Compare(a.first, b.first)
		case a.caller != b.caller:
			return cmp.Compare(callers[a.caller], callers[b.caller])
		case a.action != b.action:
			return cmp.Compare(actions[a.action], actions[b.action])
		case a.outcome != b.outcome:
			return cmp.Compare(a.outcome, b.outcome)
		default:
			return cmp.Compare(matches[a.match], matches[b.match])
		}
	})
	return order
}

func (m matchKey) compare(o matchKey) int {
	return cmp.Or(strings.Compare(m.rule, o.rule), strings.Compare(m.instance, o.instance), strings.Compare(m.address, o.address))
}

func (m matchKey) clone() matchKey {
	return matchKey{strings.Clone(m.rule), strings.Clone(m.instance), strings.Clone(m.address)}
}
