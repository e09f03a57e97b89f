package muster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// pageSize is the most that Organizations gives at once.
const pageSize = 20

// A candidate is an account with what the terms of a business unit ask about.
type candidate struct {
	Account
	state string            // ACTIVE and its kind, as Organizations writes them
	units []string          // ids of the units it lies in, the root first
	tags  map[string]string // nil where they were not read
}

// Organized asks Organizations for all accounts and picks those of the choice. The calls are one per 20 accounts, one or two per organizational
// unit, and with a tag: term one per account left. Where Organizations may not be asked the error is a *NoOrganization; units or tags that
// may not be read are an error only where a term needs them, else a warning.
func Organized(ctx context.Context, cfg aws.Config, c Choice) (Roster, error) {
	terms, err := parseTerms(c.BusinessUnit)
	if err != nil {
		return Roster{}, err
	}
	api := organizations.NewFromConfig(cfg)
	var r Roster
	all, err := list(ctx, api, &r)
	if err != nil {
		return Roster{}, err
	}
	r.Received = len(all)
	if err := r.place(ctx, api, all, terms); err != nil {
		return Roster{}, err
	}
	left := r.sieve(all, c)
	if err := tag(ctx, api, left, terms); err != nil {
		return Roster{}, err
	}
	r.pick(left, terms)
	r.missing(all, c)
	r.sort()
	return r, nil
}

// list is every account of the organization. An answer without any is that of an account which may not ask: the management account is one.
func list(ctx context.Context, api *organizations.Client, r *Roster) ([]candidate, error) {
	var all []candidate
	pages := organizations.NewListAccountsPaginator(api, &organizations.ListAccountsInput{MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() { // a page may be empty and not the last
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, absent(err)
		}
		for _, a := range page.Accounts {
			if r.Organization.ID == "" {
				r.Organization = organizationOf(aws.ToString(a.Arn))
			}
			all = append(all, candidateOf(a))
		}
	}
	if len(all) == 0 {
		return nil, &NoOrganization{errors.New("ListAccounts gave no account")}
	}
	slices.SortFunc(all, func(a, b candidate) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b candidate) bool { return a.ID == b.ID }), nil
}

func candidateOf(a types.Account) candidate {
	state := string(a.State)
	if state == "" {
		state = string(a.Status) // what came before State
	}
	c := candidate{state: state, Account: Account{ID: aws.ToString(a.Id), Name: aws.ToString(a.Name), Owner: aws.ToString(a.Email),
		Active: state == string(types.AccountStateActive)}}
	if len(a.Paths) > 0 {
		c.units = unitsOf(a.Paths[0])
	}
	return c
}

// said is the state in words: pending closure.
func (c candidate) said() string {
	if c.state == "" {
		return "of no known state"
	}
	return strings.ToLower(strings.ReplaceAll(c.state, "_", " "))
}

// organizationOf reads arn:aws:organizations::<management account>:account/<organization>/<account>, which spares a call.
func organizationOf(name string) Organization {
	a, err := arn.Parse(name)
	parts := strings.Split(a.Resource, "/")
	if err != nil || len(parts) != 3 {
		return Organization{}
	}
	return Organization{ID: parts[1], Management: a.AccountID}
}

// sieve leaves those that are active and of the ids chosen.
func (r *Roster) sieve(all []candidate, c Choice) []candidate {
	var left []candidate
	for _, a := range all {
		switch {
		case c.excludes(a.ID):
			r.leave(a.Account, excluded)
		case !a.Active:
			r.leave(a.Account, a.said())
		case !c.listed(a.ID):
			r.leave(a.Account, notListed)
		default:
			left = append(left, a)
		}
	}
	return left
}

// pick takes those for which a term holds, and says which terms held for none.
func (r *Roster) pick(left []candidate, terms []term) {
	held := make([]bool, len(terms))
	for _, a := range left {
		in := len(terms) == 0
		for i, t := range terms {
			if t.holds(a) {
				in, held[i] = true, true
			}
		}
		if !in {
			r.leave(a.Account, notInUnit)
			continue
		}
		r.Accounts = append(r.Accounts, a.Account)
	}
	for i, t := range terms {
		if !held[i] {
			r.Warnings = append(r.Warnings, fmt.Sprintf("business_unit %s: %s", t.text, t.none()))
		}
	}
}

func (t term) none() string {
	switch t.kind {
	case byUnit:
		return "no account that may be looked at is in that organizational unit"
	case byTag:
		return "no account that may be looked at has that tag"
	}
	return "no account that may be looked at has such a name"
}

// missing takes the listed accounts that the organization does not know, and says so; also of those it knows but that are not active.
func (r *Roster) missing(all []candidate, c Choice) {
	known := func(id string) *candidate {
		if i := slices.IndexFunc(all, func(a candidate) bool { return a.ID == id }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	for _, id := range distinct(c.Accounts) {
		a := known(id)
		switch {
		case c.excludes(id):
		case a == nil:
			warning := fmt.Sprintf("account %s is listed but the organization does not know it; it is looked at all the same", id)
			if padded := strings.Repeat("0", max(0, 12-len(id))) + id; padded != id && known(padded) != nil {
				warning += "; " + padded + " exists: write it with its zeros, in quotes"
			}
			r.Warnings = append(r.Warnings, warning)
			r.Accounts = append(r.Accounts, Account{ID: id, Active: true})
		case !a.Active:
			r.Warnings = append(r.Warnings, fmt.Sprintf("account %s is listed but is %s; it is not looked at", id, a.said()))
		}
	}
}
