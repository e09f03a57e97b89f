package main

import "fmt"

// summary says on standard error what a run looked at: no anomaly is not the same as not looked.
func (d *door) summary(o *options, r *result, j job) {
	for _, w := range r.Warnings {
		fmt.Fprintf(d.err, "warning: %s\n", w)
	}
	const most = 50
	for _, w := range r.accounts[:min(most, len(r.accounts))] {
		fmt.Fprintf(d.err, "warning: %s\n", w)
	}
	if more := len(r.accounts) - most; more > 0 {
		fmt.Fprintf(d.err, "and %d warnings more: --coverage FILE has them all\n", more)
	}
	if r.Pending > 0 || r.found == nil && r.Files > 0 && r.Error != "" {
		fmt.Fprintf(d.err, "%s; %s.\n", r.Error, r.NextStep)
	}
	if r.Resent > 0 {
		fmt.Fprintf(d.err, "%s of an earlier run that did not come to its end went out first.\n", count(r.Resent, "anomaly"))
	}
	if r.Files == 0 {
		d.nothing(r)
		return
	}
	if o.output == outputJSON || o.noisy == "error" {
		return
	}
	fmt.Fprintf(d.err, "Looked at %s in %s (%s) in %.1f s: %s",
		count(r.Records.Read+r.Records.Write+r.Records.Data, "record"), count(r.Files, "file"), size(r.BytesScanned), float64(r.DurationMS)/1000, count(r.Anomalies, "anomaly"))
	if r.Suppressed > 0 {
		fmt.Fprintf(d.err, " (%d suppressed)", r.Suppressed)
	}
	fmt.Fprintf(d.err, ". Of all sightings %d were known and %d were learnt without telling.\n", r.Known, r.Learnt)
	if r.BaselineStarted && j.mode != "replay" {
		fmt.Fprintf(d.err, "A new baseline was started in %s.\n", j.store.Path())
	}
}

// nothing says why no file was read.
func (d *door) nothing(r *result) {
	f := r.found
	switch {
	case len(r.Warnings) > 0:
	case f == nil && r.Error != "":
		fmt.Fprintf(d.err, "%s; %s.\n", r.Error, r.NextStep)
	case f == nil:
		fmt.Fprintln(d.err, "No log file was delivered since the last look.")
	case f.Files == 0:
		fmt.Fprintln(d.err, "There is no log file (.json.gz or .json) there: check --logs.")
	case f.Files == f.Others:
		fmt.Fprintf(d.err, "There are %s, none of them of an account asked for.\n", count(f.Files, "log file"))
	default:
		fmt.Fprintf(d.err, "No log file that was not looked at before: all %d were.\n", f.Known)
	}
}
