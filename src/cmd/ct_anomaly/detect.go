package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"cloudtrail_anomaly/src/activity/logs"
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
	own := []string{"logs", "engine", "accounts", "exclude_accounts", "business_unit", "history_days", "learning_days", "principal_learning_days", "forget_after_days", "refresh_days",
		"lookback_minutes", "sweep_days", "ignored_actions", "ignored_principals", "event_categories", "instance_networks", "max_concurrent_accounts",
		"daily_scan_gigabytes", "history_consent_gigabytes", "run_timeout"}
	return append(own, reaching()...)
}

// reaching are the settings of every command that works with AWS.
func reaching() []string {
	return append(storing(), "cloudtrail_bucket", "cloudtrail_prefix", "organization_id", "organizations_account_id", "organizations_role_name", "iam_role_name",
		"athena_account_id", "athena_role_name", "athena_workgroup", "athena_bucket", "athena_prefix", "athena_database", "delete_results")
}

// storing are the settings of every command that works with a baseline, which may be in DynamoDB.
func storing() []string {
	return []string{"dynamo_table_name", "credential", "role_external_id", "aws_region", "endpoint_url", "proxy_url", "ca_file"}
}

func stateFlag(fs *flag.FlagSet, o *options) {
	fs.StringVar(&o.state, "state", "", "the folder that keeps the baseline (default: ~/.local/state/ct_anomaly, or where this system keeps such things)")
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
The first run learns: an account's first 90 days of logs (--learning-days) are remembered and not told, but for risky actions and what is
new to the whole organization; what is new after them is reported. All that lies there is read unless --history-days says how much,
counted back from the newest file.
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
			store, e, err := d.openBoth(ctx, set, o)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			return d.tell(ctx, set, o, job{store: store, estate: e, mode: discern.ModeLive, rules: true})
		},
	}
}

// tell runs a job whose anomalies are printed.
func (d *door) tell(ctx context.Context, set *settings.Settings, o *options, j job) (int, error) {
	table := &console.Table{To: d.out, Width: d.outWidth, Color: d.color}
	var printed discern.Sink = table
	if o.output == outputJSON {
		printed = console.Lines{To: d.out}
	}
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
func (d *door) runJob(ctx context.Context, set *settings.Settings, o *options, j job) (result, error) {
	show := d.progress("reading logs")
	j.read = show.read
	for i := range j.sinks {
		j.sinks[i] = clearing{j.sinks[i], show}
	}
	j.trail = trailOf(set, j.estate)
	if set.RunTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, set.RunTimeout)
		defer cancel()
	}
	var err error
	if _, j.first, err = discern.Begun(ctx, j.store, j.trail, d.now().Unix()); err != nil {
		return result{}, err
	}
	if j.folder, err = d.stateFolder(o); err != nil {
		return result{}, err
	}
	j.listed = d.consent(set)
	st, found, err := d.wire(ctx, set, j)
	if err != nil {
		return result{}, err
	}
	if j.estate != nil {
		d.foundOnAWS(o, j.estate)
	}
	to, closeCoverage, err := d.coverageTo(o)
	if err != nil {
		return result{}, err
	}
	done := result{}
	st.Covered = func(c discern.Coverage) error {
		if st.Muster != nil {
			done.heard(&c)
		}
		if to == nil {
			return nil
		}
		return to(c)
	}
	done.Coverage, err = st.Run(ctx)
	show.end()
	if found != nil {
		in := found()
		done.found = &in
	}
	return done, errors.Join(err, closeCoverage())
}

// consent refuses a history on AWS that costs more to read than was agreed to. Files in a folder cost nothing.
func (d *door) consent(set *settings.Settings) func(*discern.History) error {
	if inFolder(set) {
		return nil
	}
	return func(h *discern.History) error { return tooMuch(set, h) }
}

// foundOnAWS says what was found without being given, and in the words of the Netflix tool how many accounts there are.
func (d *door) foundOnAWS(o *options, e *estate) {
	if o.loud() && e.roster.Received > 0 {
		fmt.Fprintf(d.err, "Received %d accounts from Organizations\n", e.roster.Received)
	}
	if o.noisy == "error" {
		return
	}
	for _, note := range e.notes {
		fmt.Fprintf(d.err, "%s\n", note)
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
