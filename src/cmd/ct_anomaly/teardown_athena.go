package main

import (
	"context"
	"fmt"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/settings"
)

// removeTables removes the tables that setup made, and then what queries over them left, the removing itself included; or says what it would.
func (e *estate) removeTables(ctx context.Context, dryRun bool) (steps []string, err error) {
	if err := e.find(ctx); err != nil {
		return nil, err
	}
	if len(e.accounts) == 0 {
		if err := e.muster(ctx); err != nil {
			return nil, err
		}
	}
	var accounts []string
	for _, a := range e.accounts {
		o, err := e.athenaOptions(ctx, a.ID)
		if err != nil {
			return steps, fmt.Errorf("account %s: %w", a.ID, err)
		}
		dropped, err := athena.Drop(ctx, o, dryRun)
		if err != nil {
			return steps, fmt.Errorf("account %s: %w", a.ID, err)
		}
		steps, accounts = append(steps, dropped...), append(accounts, a.ID)
		if e.set.AthenaAccountID == settings.EachAccount {
			if steps, err = e.clearResults(ctx, steps, o, []string{a.ID}, dryRun); err != nil {
				return steps, fmt.Errorf("account %s: %w", a.ID, err)
			}
		}
	}
	if len(accounts) == 0 || e.set.AthenaAccountID == settings.EachAccount {
		return steps, nil
	}
	o, err := e.athenaOptions(ctx, accounts[0])
	if err != nil {
		return steps, err
	}
	return e.clearResults(ctx, steps, o, accounts, dryRun)
}

// clearResults deletes what queries left. That it may not be looked at keeps nothing else from being asked about and removed.
func (e *estate) clearResults(ctx context.Context, steps []string, o athena.Options, accounts []string, dryRun bool) ([]string, error) {
	cleared, notes, err := athena.ClearResults(ctx, o, accounts, dryRun)
	if dryRun { // which comes before, so that each is said once
		e.notes = append(e.notes, notes...)
		if awscall.Denied(err) {
			e.notes, err = append(e.notes, fmt.Sprintf("the results of queries will stay: %v", err)), nil
		}
	}
	return append(steps, cleared...), err
}
