package muster

import (
	"cmp"
	"slices"
)

// An Account as an event or a coverage event tells of it. Name, Owner and Unit are empty where Organizations did not say.
type Account struct {
	ID     string // as Organizations, or the settings, or the bucket have it
	Name   string
	Owner  string // the account's tag owner where tags were read, else its e-mail
	Unit   string // the names of the units it lies in, outermost first: "Workloads/Prod"; empty right under the root
	Active bool   // as far as is known: true where only the settings or the bucket name it
}

// An Other is an account that is known and not picked. Activity of one that is seen anyway belongs into coverage.
type Other struct {
	Account
	Reason string // "suspended", "pending closure", "excluded", "not listed", "not in the business unit", …
}

// A Roster is the accounts of a run.
type Roster struct {
	Organization Organization
	Accounts     []Account // picked, by id
	Others       []Other   // by id
	Received     int       // how many Organizations told of, picked or not
	Warnings     []string  // one sentence each, for coverage
}

// Organization is what an account belongs to.
type Organization struct {
	ID         string // o-…
	Management string // id of the management account
}

// The reasons of an Other that come from the settings; the others are Organizations' words for an account's state.
const (
	excluded  = "excluded"
	notListed = "not listed"
	notInUnit = "not in the business unit"
)

func (r *Roster) sort() {
	slices.SortFunc(r.Accounts, func(a, b Account) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Others, func(a, b Other) int { return cmp.Compare(a.ID, b.ID) })
}

func (r *Roster) leave(a Account, reason string) { r.Others = append(r.Others, Other{a, reason}) }
