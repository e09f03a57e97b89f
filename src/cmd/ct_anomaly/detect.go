package main

import (
	"context"
	"flag"
	"fmt"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/console"
)

// The forms of output.
const (
	outputTable = "table"
	outputJSON  = "json"
)

// judging are the settings of every command that holds logs against a baseline.
func judging() []string {
	return []string{"logs", "accounts", "exclude_accounts", "history_days", "learning_days", "principal_learning_days", "forget_after_days", "refresh_days",
		"ignored_actions", "ignored_principals", "event_categories", "instance_networks"}
}

func stateFlag(fs *flag.FlagSet, o *options) {
	fs.StringVar(&o.state, "state", "", "the folder that keeps the baseline (default: the user's own place for state)")
}

func tellingFlags(fs *flag.FlagSet, o *options) {
	fs.StringVar(&o.output, "output", outputTable, "table, or json: one event a line")
	fs.StringVar(&o.coverage, "coverage", "", "write what was looked at there, as lines of JSON")
}

func spanFlags(fs *flag.FlagSet, o *options) {
	fs.Var(&o.from, "from", "what happened before this time is learnt without telling")
	fs.Var(&o.to, "to", "what happened after this time is left unread")
}

func detectAnomaly() command {
	return command{
		name:  "detect anomaly",
		short: "report what principals did for the first time",
		long: `Reads the log files that were not looked at before, and reports each action that its principal has not done within memory.
The first run learns: an account's first 90 days of logs (--learning-days) are only remembered; what is new after them is reported.
What is found is kept in the state folder, so that nothing is reported twice and the next run reads only new files.`,
		examples: []string{
			"ct_anomaly detect anomaly --logs /var/log/cloudtrail --state ./state",
			"ct_anomaly detect anomaly --logs ./AWSLogs --state ./state --output json --coverage coverage.jsonl",
			"ct_anomaly --config config.yml detect anomaly --accounts 111122223333,444455556666 --logs ./logs",
		},
		settings: judging(),
		options: func(fs *flag.FlagSet, o *options) {
			stateFlag(fs, o)
			tellingFlags(fs, o)
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			set, err := d.logSettings(o)
			if err != nil {
				return 0, err
			}
			store, err := d.openState(o)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			return d.tell(ctx, set, o, job{store: store, mode: "live", rules: true})
		},
	}
}

// tell runs a job whose anomalies are printed.
func (d *door) tell(ctx context.Context, set *settings.Settings, o *options, j job) (int, error) {
	var printed discern.Sink = &console.Table{To: d.out, Width: d.outWidth, Color: d.color}
	if o.output == outputJSON {
		printed = console.Lines{To: d.out}
	}
	j.sinks = []discern.Sink{d.announced(o, printed)}
	whole, err := d.runJob(ctx, set, o, j)
	if err != nil {
		return 0, err
	}
	d.summary(o, &whole, j.store.Path())
	return codeOf(&whole), nil
}

// runJob wires a job and runs it.
func (d *door) runJob(ctx context.Context, set *settings.Settings, o *options, j job) (discern.Coverage, error) {
	j.show = d.progress("reading logs")
	for i := range j.sinks {
		j.sinks[i] = clearing{j.sinks[i], j.show}
	}
	st, err := d.wire(set, j)
	if err != nil {
		return discern.Coverage{}, err
	}
	to, done, err := d.coverageTo(o)
	if err != nil {
		return discern.Coverage{}, err
	}
	st.Covered = to
	return finish(ctx, st, j.show, done)
}

// codeOf is the exit code that a run's coverage means.
func codeOf(whole *discern.Coverage) int {
	switch whole.Status {
	case discern.StatusFailed:
		return exitFailed
	case discern.StatusPartial:
		return exitPartly
	default:
		return exitDone
	}
}

// summary says on standard error what a run looked at: no anomaly is not the same as not looked.
func (d *door) summary(o *options, c *discern.Coverage, state string) {
	for _, w := range c.Warnings {
		fmt.Fprintf(d.err, "warning: %s\n", w)
	}
	if c.Pending > 0 {
		fmt.Fprintf(d.err, "%s; %s.\n", c.Error, c.NextStep)
	}
	if c.Files == 0 && len(c.Warnings) == 0 {
		fmt.Fprintln(d.err, "No log file that was not looked at before.")
		return
	}
	if o.output == outputJSON {
		return
	}
	fmt.Fprintf(d.err, "Looked at %s in %s (%s) in %.1f s: %s",
		count(c.Records.Read+c.Records.Write+c.Records.Data, "record"), count(c.Files, "file"), size(c.BytesScanned), float64(c.DurationMS)/1000, count(c.Anomalies, "anomaly"))
	if c.Suppressed > 0 {
		fmt.Fprintf(d.err, " (%d suppressed)", c.Suppressed)
	}
	fmt.Fprintf(d.err, ", %d sightings known, %d learnt.\n", c.Known, c.Learnt)
	if c.BaselineStarted {
		fmt.Fprintf(d.err, "A new baseline was started in %s.\n", state)
	}
}
