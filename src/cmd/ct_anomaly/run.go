package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/console"
)

// tell runs a job whose anomalies are printed.
func (d *door) tell(ctx context.Context, set *settings.Settings, o *options, j job) (int, error) {
	table := &console.Table{To: d.out, Width: d.outWidth, Color: d.color}
	var printed discern.Sink = table
	if o.output == outputJSON {
		printed = console.Lines{To: d.out}
	}
	j.table = o.output == outputTable
	j.sinks = []discern.Sink{d.announced(o, printed)}
	done, err := d.runJob(ctx, set, o, j)
	if err != nil {
		return 0, err
	}
	d.summary(o, &done, j)
	if n := table.Learning(); n > 0 {
		fmt.Fprintf(d.err, "%d of them are marked learning: their principal, or their whole account, is not watched for long yet. While an account learns, only risky actions and what is new to the whole organization are told.\n", n)
	}
	return done.code(), nil
}

// A result is what came of a job.
type result struct {
	discern.Coverage
	found    *logs.Found // of a folder
	accounts []string    // what went wrong in single accounts of a muster
}

// heard keeps what the coverage of a muster's accounts says is wrong, for people.
func (r *result) heard(c *discern.Coverage) {
	if c.AccountID == discern.EveryAccount {
		return
	}
	for _, w := range c.Warnings {
		r.accounts = append(r.accounts, fmt.Sprintf("account %s: %s", c.AccountID, w))
	}
	if c.Error != "" {
		r.accounts = append(r.accounts, fmt.Sprintf("account %s: %s; %s", c.AccountID, c.Error, c.NextStep))
	}
}

// runJob wires a job and runs it.
func (d *door) runJob(ctx context.Context, set *settings.Settings, o *options, j job) (done result, err error) {
	if j.estate != nil {
		d = d.at(j.estate.now)
	}
	show := d.progress("reading logs")
	j.read = show.read
	for i := range j.sinks {
		j.sinks[i] = clearing{j.sinks[i], show}
	}
	j.sinks = append(j.sinks, j.far...)
	j.trail = trailOf(set, j.estate)
	if set.RunTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, set.RunTimeout)
		defer cancel()
	}
	if _, j.first, err = discern.Begun(ctx, j.store, j.trail, d.now().Unix()); err != nil {
		return result{}, err
	}
	if j.folder, err = d.stateFolder(o); err != nil {
		return result{}, err
	}
	j.listed = d.consent(set, o)
	st, found, err := d.wire(ctx, set, j)
	if err != nil {
		return result{}, err
	}
	if j.estate != nil {
		d.foundOnAWS(o, j.estate, j.fresh())
	}
	to, closeCoverage, err := d.coverageTo(o)
	if err != nil {
		return result{}, err
	}
	var said bytes.Buffer
	testimony := covered(&said)
	st.Together = j.table && st.Muster != nil && set.DynamoTableName == ""
	st.Covered = func(c discern.Coverage) error {
		if st.Muster != nil {
			done.heard(&c)
		}
		if to == nil && len(j.far) == 0 {
			return nil
		}
		if j.estate != nil && c.AccountID == discern.EveryAccount {
			c.Warnings = slices.Concat(c.Warnings, j.estate.said(j.fresh()))
		}
		if to == nil {
			return testimony(c)
		}
		return errors.Join(to(c), testimony(c))
	}
	done.Coverage, err = st.Run(ctx)
	if unsaid := j.far.testify(ctx, d.now(), linesOf(&said)); unsaid != nil {
		fmt.Fprintf(d.err, "warning: %v\n", unsaid)
	}
	err = errors.Join(err, j.looked(ctx, &done.Coverage))
	show.end()
	if found != nil {
		in := found()
		done.found = &in
	}
	return done, errors.Join(err, closeCoverage())
}

// consent says what there is to be read on AWS, and refuses what costs more than was agreed to. Files in a folder cost nothing.
func (d *door) consent(set *settings.Settings, o *options) func(*discern.History) error {
	if inFolder(set) {
		return nil
	}
	return func(h *discern.History) error {
		if h != nil && o.noisy != "error" {
			fmt.Fprintf(d.err, "To be read first: %s\n", historySaid(set, h))
		}
		return tooMuch(set, h)
	}
}

// foundOnAWS says what was found without being given, in a first run, and in the words of the Netflix tool how many accounts there are.
func (d *door) foundOnAWS(o *options, e *estate, first bool) {
	if o.noisy == "error" {
		return
	}
	if first || o.loud() {
		for _, note := range e.notes {
			fmt.Fprintln(d.err, note)
		}
	}
	if e.roster.Received > 0 {
		fmt.Fprintf(d.err, "Received %d accounts from Organizations\n", e.roster.Received)
	}
	for _, w := range e.warnings {
		fmt.Fprintf(d.err, "warning: %s\n", w)
	}
}

// code is the exit code that a result means.
func (r *result) code() int {
	switch {
	case r.Status == discern.StatusFailed || r.found != nil && r.found.Files == r.found.Others && len(r.Warnings) == 0:
		return exitFailed // there was nothing to look at: most likely the wrong place
	case r.Status == discern.StatusPartial || r.Status == discern.StatusSkipped:
		return exitPartly
	default:
		return exitDone
	}
}
