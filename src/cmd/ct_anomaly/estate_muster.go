package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
)

// muster finds the accounts to look at: those of the organization, and where that can't be asked the listed ones, or those in the bucket.
func (e *estate) muster(ctx context.Context) error {
	roster, err := e.organization(ctx)
	if err == nil {
		e.roster = roster
		e.warnings = append(e.warnings, roster.Warnings...)
		e.accounts = roster.Accounts
		if len(e.set.Accounts) == 0 {
			e.notes = append(e.notes, fmt.Sprintf("found: %s of the organization to look at", count(len(e.accounts), "account")))
		}
		return e.anybody()
	}
	var none *muster.NoOrganization
	if len(e.set.BusinessUnit) > 0 {
		return fmt.Errorf("business_unit: only Organizations knows the units: %w", err)
	}
	if !errors.As(err, &none) {
		return err
	}
	var found []string
	if len(e.set.Accounts) == 0 {
		cfg, err := e.bucketReader(ctx, e.who.Account)
		if err != nil {
			return err
		}
		if found, err = logs.Accounts(ctx, cfg, e.trail); err != nil {
			return err
		}
	}
	e.roster = muster.Listed(e.choice(), found)
	e.accounts = e.roster.Accounts
	how := "the listed ones"
	if len(e.set.Accounts) == 0 {
		how = fmt.Sprintf("the %d that have a folder in the bucket", len(found))
	}
	said := &e.notes
	if awscall.Denied(err) { // where there is an organization, it is a fault that it can't be asked
		said = &e.warnings
	}
	*said = append(*said, fmt.Sprintf("%s, so the accounts are %s, without names: %v", notAsked, how, awscall.Plain(err)))
	return e.anybody()
}

// notAsked begins what is said where Organizations does not tell the accounts.
const notAsked = "Organizations could not be asked"

// anybody refuses to take an empty muster for silence.
func (e *estate) anybody() error {
	if len(e.accounts) > 0 {
		return nil
	}
	return &discern.Halt{Status: discern.StatusFailed, Code: discern.CodeNoFiles, Next: "change them, or make an account active",
		Err: errors.New("there is no account to look at: accounts, exclude_accounts and business_unit (flags --accounts, --exclude-accounts, --business-unit) together leave no active one")}
}

// strangers warns of accounts that have log files in the bucket and that the organization does not know: nobody asked for them, so they are not
// looked at. Where the bucket can't be listed, that is said when it is an account's turn.
func (e *estate) strangers(ctx context.Context) {
	cfg, err := e.bucketReader(ctx, e.who.Account)
	if err != nil || e.roster.Received == 0 {
		return
	}
	found, err := logs.Accounts(ctx, cfg, e.trail)
	if err != nil {
		return
	}
	known := map[string]bool{}
	for _, a := range e.roster.Accounts {
		known[a.ID] = true
	}
	for _, o := range e.roster.Others {
		known[o.ID] = true
	}
	found = slices.DeleteFunc(found, func(id string) bool { return known[id] })
	if len(found) == 0 {
		return
	}
	const most = 20
	e.warnings = append(e.warnings, fmt.Sprintf("not looked at: %s with log files in the bucket that the organization does not know (%s); to have them looked at, list them in the accounts of another input (--accounts of another run)",
		count(len(found), "account"), strings.Join(found[:min(len(found), most)], " ")))
}

// asked says whose records are judged: of an organization those of the accounts that are looked at, else of all that settings do not leave out.
func (e *estate) asked() func(string) bool {
	if e.roster.Received == 0 {
		return accounts(e.set)
	}
	in := map[string]bool{"": true} // a record may name no account
	for _, a := range e.accounts {
		in[a.ID] = true
	}
	return func(id string) bool { return in[id] }
}

// organization asks Organizations as the role in the management account, where that is given or can be found, else as the caller.
func (e *estate) organization(ctx context.Context) (muster.Roster, error) {
	management := e.set.OrgsAccountID
	if management == "" {
		var err error
		if management, err = e.management(ctx); err != nil {
			return muster.Roster{}, err
		}
	}
	ask := func(cfg aws.Config) (muster.Roster, error) { return muster.Organized(ctx, cfg, e.choice()) }
	cfg, err := e.caller.For(ctx, management, e.set.OrgsRoleName, e.set.OrgsAccountID != "")
	if err != nil {
		if e.set.OrgsAccountID != "" {
			return muster.Roster{}, fmt.Errorf("list the accounts of the organization: %w", err)
		}
		// A delegated administrator may list accounts itself.
		if roster, own := ask(e.caller.Base()); own == nil {
			return roster, nil
		}
		return muster.Roster{}, &muster.NoOrganization{Err: err}
	}
	return ask(cfg)
}

// management finds the management account, and says who is asked for the accounts.
func (e *estate) management(ctx context.Context) (string, error) {
	organization, err := muster.Describe(ctx, e.caller.Base())
	if err != nil {
		return "", err
	}
	asked := "its role " + e.set.OrgsRoleName
	if organization.Management == e.who.Account {
		asked = principalOf(e.who.ARN)
	}
	e.notes = append(e.notes, fmt.Sprintf("found: the management account is %s; %s is asked for the accounts", organization.Management, asked))
	return organization.Management, nil
}

func (e *estate) choice() muster.Choice {
	return muster.Choice{BusinessUnit: e.set.BusinessUnit, Accounts: e.set.Accounts, Exclude: e.set.ExcludeAccounts}
}

// membersOf are what is known of accounts besides their logs.
func membersOf(roster muster.Roster) func(id string) discern.Member {
	members := make(map[string]discern.Member, len(roster.Accounts)+len(roster.Others))
	for _, a := range roster.Accounts {
		members[a.ID] = discern.Member{Name: a.Name, Owner: a.Owner, Unit: a.Unit}
	}
	for _, o := range roster.Others {
		members[o.ID] = discern.Member{Name: o.Name, Owner: o.Owner, Unit: o.Unit, Aside: o.Reason}
	}
	return func(id string) discern.Member { return members[id] }
}

// A roll hands the accounts of a run out, at a pace.
type roll struct {
	accounts []muster.Account
	pace     muster.Pace
	ready    func(context.Context) error // is asked before the first is handed out; its error ends the run
}

var _ discern.Muster = roll{}

// Each implements discern.Muster.
func (r roll) Each(ctx context.Context, look func(ctx context.Context, account string)) ([]string, error) {
	if err := r.ready(ctx); err != nil {
		return idsOf(r.accounts), err
	}
	left := muster.Each(ctx, r.accounts, r.pace, func(ctx context.Context, a muster.Account) { look(ctx, a.ID) })
	return idsOf(left), nil
}

func idsOf(accounts []muster.Account) []string {
	ids := make([]string, len(accounts))
	for i := range accounts {
		ids[i] = accounts[i].ID
	}
	return ids
}

// pace is that of a run that may take so long: with a muster of thousands the first third of it is spent handing out.
func (e *estate) pace(allowed time.Duration) muster.Pace {
	return muster.Pace{Concurrent: e.set.MaxConcurrentAccounts, Over: allowed / 3, Seed: uint64(e.now().UnixNano()), Now: e.now}
}

// ahead puts accounts that are watched live before those whose history is still to be read, and of each those first that were not looked at
// for longest: what a run has no time or budget for is not the same ones each time. Those of ten minutes are in order of their ids.
func ahead(accounts []muster.Account, began, reached map[string]int64) []muster.Account {
	behind := func(a muster.Account) bool { _, ok := began[a.ID]; return ok }
	sorted := slices.Clone(accounts)
	slices.SortStableFunc(sorted, func(a, b muster.Account) int {
		if behind(a) != behind(b) {
			if behind(a) {
				return 1
			}
			return -1
		}
		const alike = 10 * 60
		return cmp.Or(cmp.Compare(reached[a.ID]/alike, reached[b.ID]/alike), strings.Compare(a.ID, b.ID))
	})
	return sorted
}
