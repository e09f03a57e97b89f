package muster

import (
	"slices"
)

// Listed is the roster where Organizations can't be asked: the accounts that the choice lists or, where it lists none, those found in the
// bucket; less those excluded. A business unit can't be judged then, which is a warning.
func Listed(c Choice, found []string) Roster {
	var r Roster
	ids := c.Accounts
	if len(ids) == 0 {
		ids = found
	}
	for _, id := range distinct(ids) {
		a := Account{ID: id, Active: true}
		if c.excludes(id) {
			r.leave(a, excluded)
			continue
		}
		r.Accounts = append(r.Accounts, a)
	}
	for _, id := range distinct(found) {
		switch {
		case slices.Contains(ids, id):
		case c.excludes(id):
			r.leave(Account{ID: id, Active: true}, excluded)
		default:
			r.leave(Account{ID: id, Active: true}, notListed)
		}
	}
	if len(c.BusinessUnit) > 0 {
		r.Warnings = append(r.Warnings, "business_unit needs AWS Organizations, which could not be asked: the accounts are not narrowed by it")
	}
	r.sort()
	return r
}

func distinct(ids []string) []string {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
