package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"

	"cloudtrail_anomaly/src/baseline"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

func baselineShow() command {
	return command{
		name:  "baseline show",
		args:  "[PRINCIPAL]",
		short: "say what the baseline holds, or what it knows of a principal",
		long: `Without an argument: how many principals and pairs are known, since when each account is watched, what is pending. With a principal's
key (principal_id of an event; * and ? match any part): all its actions with first and last seen.`,
		examples: []string{"ct_anomaly baseline show --state ./state", "ct_anomaly baseline show 'AROAEXAMPLE*' --state ./state"},
		settings: storing(),
		options:  stateFlag,
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			store, err := d.storeOf(ctx, o, false)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			if len(o.args) > 0 {
				return d.showPrincipals(ctx, store, o.args)
			}
			return d.showBaseline(ctx, store)
		},
	}
}

func (d *door) showBaseline(ctx context.Context, store store) (int, error) {
	var principals, pairs int
	var accounts [][]string
	var last discern.Holder
	kinds := []discern.Kind{discern.Principal, discern.Account}
	err := store.Walk(ctx, kinds, func(h discern.Holder, action string, k discern.Known) error {
		switch {
		case h.Kind == discern.Account && action == "":
			accounts = append(accounts, []string{h.ID, discern.Stamp(k.FirstSeen)})
		case h.Kind == discern.Principal && action != "":
			pairs++
			if h != last {
				principals++
				last = h
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	pending, err := store.Waiting(ctx)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(d.out, "%s\n%s, %s, %s, %s pending\n", store.Path(), count(principals, "principal"), count(pairs, "pair"), count(len(accounts), "account"), count(pending, "anomaly"))
	t := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, a := range accounts {
		fmt.Fprintf(t, "account %s\twatched since %s\n", plain(a[0]), a[1])
	}
	return exitDone, t.Flush()
}

func (d *door) showPrincipals(ctx context.Context, store store, patterns []string) (int, error) {
	wanted, err := settings.PrincipalGlobs(patterns...)
	if err != nil {
		return 0, usage{err}
	}
	var rows [][]string
	err = store.Walk(ctx, []discern.Kind{discern.Principal}, func(h discern.Holder, action string, k discern.Known) error {
		if _, ok := wanted.Match(h.ID); ok && action != "" {
			rows = append(rows, []string{h.ID, action, moment{k.FirstSeen}.text(), moment{k.LastSeen}.text(), outcomes(k)})
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, errors.New("no such principal in the baseline: give the key that events have as principal_id (* and ? match any part); ct_anomaly baseline export lists all")
	}
	slices.SortFunc(rows, func(a, b []string) int { return slices.Compare(a, b) })
	t := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PRINCIPAL\tACTION\tFIRST SEEN\tLAST SEEN\tOUTCOMES")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", plain(r[0]), plain(r[1]), r[2], r[3], r[4])
	}
	if err := t.Flush(); err != nil {
		return exitDone, err
	}
	fmt.Fprintln(d.err, "Last seen is rewritten when it is more than refresh_days (7, unless set) behind: a pair may have been seen as much later.")
	return exitDone, nil
}

func outcomes(k discern.Known) string {
	switch {
	case k.FirstOK != 0 && k.FirstDenied != 0:
		return "ok, denied"
	case k.FirstDenied != 0:
		return "denied"
	case k.FirstOK != 0:
		return "ok"
	case k.Until != 0:
		return "adopted"
	default:
		return "error"
	}
}

func baselineExport() command {
	return command{
		name:  "baseline export",
		short: "write the baseline as lines of JSON",
		long: `Writes each known pair as one JSON object a line, sorted, expired ones too. With --all the bookkeeping as well, which is what moving a baseline to
another place needs, and a last line by which import sees whether any is missing.`,
		examples: []string{"ct_anomaly baseline export --state ./state > pairs.jsonl", "ct_anomaly baseline export --all --state ./state > baseline.jsonl"},
		settings: storing(),
		options: func(fs *flag.FlagSet, o *options) {
			stateFlag(fs, o)
			fs.BoolVar(&o.all, "all", false, "write the bookkeeping too")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			if len(o.args) > 0 {
				return 0, usagef("baseline export: takes no arguments; it writes to standard output")
			}
			store, err := d.storeOf(ctx, o, false)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			n, err := baseline.Export(ctx, store, d.out, o.all)
			if err != nil {
				return 0, err
			}
			fmt.Fprintf(d.err, "%s written.\n", count(n, "line"))
			return exitDone, nil
		},
	}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
