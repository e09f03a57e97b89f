package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

func baselineForget() command {
	return command{
		name:     "baseline forget",
		short:    "forget pairs, so that they are reported when they are seen again",
		long:     "Deletes the known pairs of the principals (and, if given, of the actions) that the globs match. Log files already looked at are not read again: a forgotten pair is reported at its next use.",
		examples: []string{"ct_anomaly baseline forget --principal AROAEXAMPLE123 --action 'iam.amazonaws.com:*' --dry-run --state ./state"},
		settings: storing(),
		options: func(fs *flag.FlagSet, o *options) {
			stateFlag(fs, o)
			fs.StringVar(&o.principal, "principal", "", "whose pairs: a principal's key, * and ? match any part")
			fs.StringVar(&o.action, "action", "", "which pairs: eventSource:eventName, * and ? match any part (default: all)")
			fs.BoolVar(&o.dryRun, "dry-run", false, "only say what would be forgotten")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			if o.principal == "" || len(o.args) > 0 {
				return 0, usagef("baseline forget: say whose pairs with --principal, for example --principal 'AROAEXAMPLE*'")
			}
			return d.forget(ctx, o)
		},
	}
}

func (d *door) forget(ctx context.Context, o *options) (int, error) {
	whose, err := settings.PrincipalGlobs(o.principal)
	if err != nil {
		return 0, usage{err}
	}
	which, err := settings.ActionGlobs(either(o.action, "*"))
	if err != nil {
		return 0, usage{err}
	}
	store, err := d.storeOf(ctx, o, true)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	var deeds []discern.Deed
	var gone []string
	err = store.Walk(ctx, []discern.Kind{discern.Principal}, func(h discern.Holder, action string, k discern.Known) error {
		_, his := whose.Match(h.ID)
		_, it := which.Match(action)
		if his && it && (action != "" || o.action == "") {
			deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: h, Action: action, Was: k}}})
			if action != "" {
				gone = append(gone, plain(h.ID)+" "+plain(action))
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if len(gone) == 0 {
		return 0, errors.New("no known pair matches; ct_anomaly baseline show PRINCIPAL lists what is known")
	}
	slices.Sort(gone)
	for _, pair := range gone {
		fmt.Fprintln(d.out, pair)
	}
	if o.dryRun {
		fmt.Fprintf(d.err, "%s would be forgotten.\n", count(len(gone), "pair"))
		return exitDone, nil
	}
	if _, err := store.Write(ctx, deeds); err != nil {
		return 0, err
	}
	fmt.Fprintf(d.err, "%s forgotten.\n", count(len(gone), "pair"))
	return exitDone, nil
}
