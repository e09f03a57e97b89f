package muster

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func ids(accounts []Account) []string {
	all := make([]string, 0, len(accounts))
	for _, a := range accounts {
		all = append(all, a.ID)
	}
	return all
}

func TestAllAccounts(t *testing.T) {
	for name, set := range map[string]struct {
		change func(f *fakeOrganizations)
		calls  map[string]int
	}{
		"units by a walk": {func(*fakeOrganizations) {},
			map[string]int{"ListAccounts": 2, "ListRoots": 1, "ListOrganizationalUnitsForParent": 6, "ListAccountsForParent": 6}},
		"paths told": {func(f *fakeOrganizations) { f.paths = true }, map[string]int{"ListAccounts": 2, "ListOrganizationalUnitsForParent": 2}},
		"with empty pages": {func(f *fakeOrganizations) { f.empty, f.paths = true, true },
			map[string]int{"ListAccounts": 3, "ListOrganizationalUnitsForParent": 2}},
		"throttled": {func(f *fakeOrganizations) { f.paths, f.throttle = true, map[string]int{"ListAccounts": 2} },
			map[string]int{"ListAccounts": 2, "ListOrganizationalUnitsForParent": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := someOrganization()
			set.change(f)
			f.start(t)
			r, err := Organized(t.Context(), f.caller.Base(), Choice{})
			require.NoError(t, err)
			require.Len(t, r.Accounts, 25)
			require.True(t, slices.IsSorted(ids(r.Accounts)))
			require.Equal(t, Organization{"o-example111", "111111111111"}, r.Organization)
			require.Equal(t, 26, r.Received)
			require.Empty(t, r.Warnings)
			require.Equal(t, Account{"111111111111", "Management", "Management@example.com", "", true}, r.Accounts[0])
			require.Equal(t, Account{"200000000000", "test-23", "test-23@example.com", "Workloads/Test", true}, r.Accounts[1])
			require.Equal(t, []Other{{Account{"300000000000", "old", "old@example.com", "Suspended", false}, "suspended"}}, r.Others)
			require.Equal(t, set.calls, f.calls())
			for operation, size := range f.sizes {
				require.Equal(t, pageSize, size, operation)
			}
		})
	}
}

func TestChoice(t *testing.T) {
	for name, tc := range map[string]struct {
		choice   Choice
		picked   []string
		others   map[string]int // reason -> accounts
		warnings []string
		tagCalls int
	}{
		"a unit": {Choice{BusinessUnit: []string{"ou:ou-ab12-33333333"}, Exclude: []string{"200000000000"}},
			[]string{"200000000002", "200000000004", "200000000006", "200000000008", "200000000010", "200000000012", "200000000014", "200000000016",
				"200000000018", "200000000020", "200000000022"}, map[string]int{"suspended": 1, "excluded": 1, notInUnit: 13}, nil, 0},
		"a name, whatever its case": {Choice{BusinessUnit: []string{"name:PROD-1?"}},
			[]string{"200000000005", "200000000007", "200000000009", "200000000011", "200000000013"},
			map[string]int{"suspended": 1, notInUnit: 20}, nil, 0},
		"any of two": {Choice{BusinessUnit: []string{"name:management", "tag:owner=payments team"}}, []string{"111111111111", "200000000019"},
			map[string]int{"suspended": 1, notInUnit: 23}, nil, 25},
		"listed": {Choice{Accounts: []string{"200000000019", "111111111111", "111111111111"}}, []string{"111111111111", "200000000019"},
			map[string]int{"suspended": 1, notListed: 23}, nil, 0},
		"listed and excluded": {Choice{Accounts: []string{"200000000019", "111111111111"}, Exclude: []string{"200000000019", "444444444444"}}, []string{"111111111111"},
			map[string]int{"suspended": 1, notListed: 23, "excluded": 1}, nil, 0},
		"listed of a unit": {Choice{Accounts: []string{"200000000019", "111111111111"}, BusinessUnit: []string{"tag:stage=prod"}}, []string{"200000000019"},
			map[string]int{"suspended": 1, notListed: 23, notInUnit: 1}, nil, 2},
		"unknown and suspended": {Choice{Accounts: []string{"555555555555", "300000000000"}}, []string{"555555555555"}, map[string]int{"suspended": 1, notListed: 25},
			[]string{"account 300000000000 is listed but is suspended; it is not looked at",
				"account 555555555555 is listed but the organization does not know it; it is looked at all the same"}, 0},
		"terms that nothing fulfils": {Choice{BusinessUnit: []string{"ou:ou-ab12-55555555", "ou:ou-ab12-77777777", "name:nobody", "tag:stage=", "name:prod-0"}},
			[]string{"200000000023"}, map[string]int{"suspended": 1, notInUnit: 24}, []string{
				"business_unit ou:ou-ab12-55555555: no account that may be looked at is in that organizational unit",
				"business_unit ou:ou-ab12-77777777: no account that may be looked at is in that organizational unit",
				"business_unit name:nobody: no account that may be looked at has such a name", "business_unit tag:stage=: no account that may be looked at has that tag"}, 25},
	} {
		t.Run(name, func(t *testing.T) {
			for _, paths := range []bool{false, true} {
				f := someOrganization()
				f.paths = paths
				f.start(t)
				r, err := Organized(t.Context(), f.caller.Base(), tc.choice)
				require.NoError(t, err)
				require.Equal(t, tc.picked, ids(r.Accounts))
				require.Equal(t, tc.warnings, r.Warnings)
				reasons := make(map[string]int)
				for _, o := range r.Others {
					reasons[o.Reason]++
				}
				require.Equal(t, tc.others, reasons)
				require.Equal(t, tc.tagCalls, f.calls()["ListTagsForResource"])
			}
		})
	}
}

func TestUnitWithItsChildren(t *testing.T) {
	for _, paths := range []bool{false, true} {
		f := someOrganization()
		f.paths = paths
		f.start(t)
		r, err := Organized(t.Context(), f.caller.Base(), Choice{BusinessUnit: []string{"ou:ou-ab12-11111111"}})
		require.NoError(t, err)
		require.Len(t, r.Accounts, 24)
		r, err = Organized(t.Context(), f.caller.Base(), Choice{BusinessUnit: []string{"ou:r-ab12"}})
		require.NoError(t, err)
		require.Len(t, r.Accounts, 25)
	}
}

func TestOwnerByTag(t *testing.T) {
	f := someOrganization().start(t)
	r, err := Organized(t.Context(), f.caller.Base(), Choice{BusinessUnit: []string{"tag:stage=prod"}})
	require.NoError(t, err)
	require.Len(t, r.Accounts, 12)
	owners := make(map[string]string)
	for _, a := range r.Accounts {
		owners[a.ID] = a.Owner
	}
	require.Equal(t, "payments team", owners["200000000019"])
	require.Equal(t, "prod-0@example.com", owners["200000000023"])
}

func TestStates(t *testing.T) {
	f := &fakeOrganizations{paths: true}
	for i, state := range []string{"ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED", "PENDING_ACTIVATION", ""} {
		f.accounts = append(f.accounts, fakeAccount{id: string(rune('1' + i)), state: state, parent: "r-ab12"})
	}
	f.accounts = append(f.accounts, fakeAccount{id: "7", status: "ACTIVE", parent: "r-ab12"}, fakeAccount{id: "8", status: "SUSPENDED", parent: "r-ab12"},
		fakeAccount{id: "9", status: "ACTIVE", state: "CLOSED", parent: "r-ab12"})
	f.start(t)
	r, err := Organized(t.Context(), f.caller.Base(), Choice{})
	require.NoError(t, err)
	require.Equal(t, []string{"1", "7"}, ids(r.Accounts))
	var reasons []string
	for _, o := range r.Others {
		reasons = append(reasons, o.Reason)
	}
	require.Equal(t, []string{"suspended", "pending closure", "closed", "pending activation", "of no known state", "suspended", "closed"}, reasons)
	require.Equal(t, map[string]int{"ListAccounts": 1}, f.calls(), "no unit lies above an account, so none is asked for")
}

func TestZerosLost(t *testing.T) {
	f := &fakeOrganizations{paths: true, accounts: []fakeAccount{{id: "001234567890", state: "ACTIVE", parent: "r-ab12"}}}
	f.start(t)
	r, err := Organized(t.Context(), f.caller.Base(), Choice{Accounts: []string{"1234567890"}})
	require.NoError(t, err)
	require.Equal(t, []string{"1234567890"}, ids(r.Accounts))
	require.Contains(t, r.Warnings[0], "001234567890 exists: write it with its zeros, in quotes")
}

func TestOrganizationsMayNotBeAsked(t *testing.T) {
	for name, code := range map[string]string{"a member account": "AccessDeniedException", "no organization": "AWSOrganizationsNotInUseException"} {
		t.Run(name, func(t *testing.T) {
			f := someOrganization()
			f.refuse = map[string]string{"ListAccounts": code, "DescribeOrganization": code}
			f.start(t)
			_, err := Organized(t.Context(), f.caller.Base(), Choice{})
			var none *NoOrganization
			require.ErrorAs(t, err, &none)
			require.ErrorContains(t, err, "delegated administrator")
			require.NotContains(t, err.Error(), "operation error")
			_, err = Describe(t.Context(), f.caller.Base())
			require.ErrorAs(t, err, &none)
		})
	}
	f := (&fakeOrganizations{}).start(t)
	_, err := Organized(t.Context(), f.caller.Base(), Choice{})
	require.True(t, errors.As(err, new(*NoOrganization)), "no account at all: %v", err)

	f = someOrganization()
	f.refuse = map[string]string{"ListAccounts": "InvalidInputException"}
	f.start(t)
	_, err = Organized(t.Context(), f.caller.Base(), Choice{})
	require.Error(t, err)
	require.False(t, errors.As(err, new(*NoOrganization)), "a fault is no reason to go on with less")
}

func TestPartOfThePermissions(t *testing.T) {
	denied := func(operation string) map[string]string { return map[string]string{operation: "AccessDeniedException"} }
	for name, tc := range map[string]struct {
		refuse  map[string]string
		paths   bool
		units   []string
		says    string // an error
		warning string
	}{
		"no units wanted":          {denied("ListRoots"), false, nil, "", "is refused organizations:ListRoots on *"},
		"units, and paths told":    {denied("ListOrganizationalUnitsForParent"), true, []string{"ou:ou-ab12-11111111"}, "", "ListOrganizationalUnitsForParent"},
		"units, and no paths":      {denied("ListAccountsForParent"), false, []string{"ou:ou-ab12-11111111"}, "is refused organizations:ListAccountsForParent", ""},
		"tags":                     {denied("ListTagsForResource"), true, []string{"tag:stage=prod"}, "is refused organizations:ListTagsForResource on *", ""},
		"tags that nobody needs":   {denied("ListTagsForResource"), true, []string{"name:*"}, "", ""},
		"a fault in between units": {map[string]string{"ListOrganizationalUnitsForParent": "InvalidInputException"}, true, nil, "InvalidInputException", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := someOrganization()
			f.refuse, f.paths = tc.refuse, tc.paths
			f.start(t)
			r, err := Organized(t.Context(), f.caller.Base(), Choice{BusinessUnit: tc.units})
			if tc.says != "" {
				require.ErrorContains(t, err, tc.says)
				require.False(t, errors.As(err, new(*NoOrganization)))
				return
			}
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(r.Accounts), 24)
			if tc.warning == "" {
				require.Empty(t, r.Warnings)
				return
			}
			require.Len(t, r.Warnings, 1)
			require.Contains(t, r.Warnings[0], tc.warning)
		})
	}
}

func TestBadTerms(t *testing.T) {
	f := someOrganization().start(t)
	_, err := Organized(t.Context(), f.caller.Base(), Choice{BusinessUnit: []string{"ou:payments", "ou:ou-ab12-11111111", "tag:team", "tag:=x", "name:", "prod", ""}})
	for _, bad := range []string{"ou:payments", "tag:team", "tag:=x", "name:", "prod", ""} {
		require.ErrorContains(t, err, `business unit "`+bad+`": it `)
	}
	require.NotContains(t, err.Error(), `business unit "ou:ou-ab12-11111111": it`)
	require.Empty(t, f.calls())
}

func TestListed(t *testing.T) {
	found := []string{"333333333333", "111111111111", "222222222222", "111111111111"}
	r := Listed(Choice{Exclude: []string{"222222222222"}}, found)
	require.Equal(t, []string{"111111111111", "333333333333"}, ids(r.Accounts))
	require.Equal(t, []Other{{Account{ID: "222222222222", Active: true}, excluded}}, r.Others)
	require.Empty(t, r.Warnings)

	r = Listed(Choice{Accounts: []string{"444444444444", "111111111111", "222222222222"}, Exclude: []string{"222222222222"}, BusinessUnit: []string{"name:x"}}, found)
	require.Equal(t, []string{"111111111111", "444444444444"}, ids(r.Accounts))
	require.Equal(t, []Other{{Account{ID: "222222222222", Active: true}, excluded}, {Account{ID: "333333333333", Active: true}, notListed}}, r.Others)
	require.Len(t, r.Warnings, 1)
	require.Zero(t, r.Received)
	require.Empty(t, Listed(Choice{}, nil).Accounts)
}

func TestLike(t *testing.T) {
	for glob, names := range map[string]map[string]bool{
		"prod-*":  {"prod-1": true, "PROD-": true, "a-prod-1": false, "prod": false},
		"*":       {"": true, "x": true},
		"*a*b*":   {"xaxbx": true, "ab": true, "ba": false, "aab": true},
		"p?d":     {"pod": true, "pd": false, "pööd": false, "pöd": true},
		"":        {"": true, "a": false},
		"[a]":     {"[a]": true, "a": false},
		"a*b*c":   {"abbbbc": true, "abcbc": true, "ac": false, "abcb": false},
		"ÄPFEL *": {"äpfel & co": true},
		"a/*":     {"a/b/c": true},
	} {
		for name, want := range names {
			require.Equal(t, want, like(glob, name), "%s %s", glob, name)
		}
	}
}

func FuzzTerm(f *testing.F) {
	f.Add("ou:ou-ab12-cdefgh34", "prod")
	f.Add("tag:a=b", "x")
	f.Add("name:*a?*", "bab")
	f.Fuzz(func(t *testing.T, text, name string) {
		parsed, err := parseTerm(text)
		if err == nil {
			parsed.holds(candidate{Account: Account{Name: name}})
		}
		require.True(t, like("*", name))
		require.True(t, like("*"+name+"*", name))
	})
}
