package muster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"cloudtrail_anomaly/src/awscall"
)

// asking is how many questions of the same kind are put to Organizations at once; its rates are low.
const asking = 4

// A unit is a root or an organizational unit with where it lies.
type unit struct {
	id   string
	ids  []string // of all units down to this one, the root first
	path string   // their names, without the root's
}

// place says in which units the accounts lie. Where Organizations gave the paths, only units that hold accounts are asked for their names.
func (r *Roster) place(ctx context.Context, api *organizations.Client, all []candidate, terms []term) error {
	at := make(map[string]int, len(all)) // by account id
	told := true
	holds := make(map[string]bool) // units with a unit in them that holds accounts
	for i, a := range all {
		at[a.ID] = i
		told = told && len(a.units) > 0
		for _, above := range a.units[:max(0, len(a.units)-1)] {
			holds[above] = true
		}
	}
	known := make(map[string]unit)
	level, err := roots(ctx, api, told, all)
	for err == nil && len(level) > 0 {
		below := make([]branch, len(level))
		err = together(ctx, len(level), func(ctx context.Context, i int) error {
			var err error
			below[i], err = grow(ctx, api, level[i], !told, !told || holds[level[i].id])
			return err
		})
		var next []unit
		for i, b := range below {
			known[level[i].id] = level[i]
			next = append(next, b.units...)
			for _, id := range b.accounts {
				if i, ok := at[id]; ok {
					all[i].units = b.ids
				}
			}
		}
		level = next
	}
	if err != nil {
		return r.placeless(err, told, terms)
	}
	for i, a := range all {
		if len(a.units) > 0 {
			all[i].Unit = known[a.units[len(a.units)-1]].path
		}
	}
	return nil
}

// placeless goes on without units where they may not be read and nothing hangs on them. Paths told are enough for the ou: terms.
func (r *Roster) placeless(err error, told bool, terms []term) error {
	if !awscall.Denied(err) || !told && slices.ContainsFunc(terms, func(t term) bool { return t.kind == byUnit }) {
		return fmt.Errorf("organizational units: %w", err)
	}
	r.Warnings = append(r.Warnings, fmt.Sprintf("the organizational units of the accounts are not known: %v", awscall.Plain(err)))
	return nil
}

// roots are the first level. Where the paths are told they name it.
func roots(ctx context.Context, api *organizations.Client, told bool, all []candidate) ([]unit, error) {
	var ids []string
	if told {
		for _, a := range all {
			ids = append(ids, a.units[0])
		}
	} else {
		pages := organizations.NewListRootsPaginator(api, &organizations.ListRootsInput{MaxResults: aws.Int32(pageSize)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, root := range page.Roots {
				ids = append(ids, aws.ToString(root.Id))
			}
		}
	}
	var level []unit
	for _, id := range distinct(ids) {
		level = append(level, unit{id: id, ids: []string{id}})
	}
	return level, nil
}

// A branch is what lies right in a unit.
type branch struct {
	unit
	units    []unit
	accounts []string // ids
}

// grow asks for the units and accounts in a unit.
func grow(ctx context.Context, api *organizations.Client, in unit, wantAccounts, wantUnits bool) (branch, error) {
	b := branch{unit: in}
	units := organizations.NewListOrganizationalUnitsForParentPaginator(api, &organizations.ListOrganizationalUnitsForParentInput{
		ParentId: aws.String(in.id), MaxResults: aws.Int32(pageSize)})
	for wantUnits && units.HasMorePages() {
		page, err := units.NextPage(ctx)
		if err != nil {
			return b, err
		}
		for _, u := range page.OrganizationalUnits {
			id := aws.ToString(u.Id)
			b.units = append(b.units, unit{id: id, ids: append(slices.Clone(in.ids), id), path: strings.TrimPrefix(in.path+"/"+aws.ToString(u.Name), "/")})
		}
	}
	accounts := organizations.NewListAccountsForParentPaginator(api, &organizations.ListAccountsForParentInput{
		ParentId: aws.String(in.id), MaxResults: aws.Int32(pageSize)})
	for wantAccounts && accounts.HasMorePages() {
		page, err := accounts.NextPage(ctx)
		if err != nil {
			return b, err
		}
		for _, a := range page.Accounts {
			b.accounts = append(b.accounts, aws.ToString(a.Id))
		}
	}
	return b, nil
}

// unitsOf reads o-example/r-ab12/ou-ab12-11111111/ou-ab12-22222222/123456789012/, the path of an account.
func unitsOf(path string) []string {
	var ids []string
	for part := range strings.SplitSeq(path, "/") {
		if unitID.MatchString(part) {
			ids = append(ids, part)
		}
	}
	return ids
}
