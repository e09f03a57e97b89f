package main

import (
	"context"
	"flag"
	"slices"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
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

func without(names []string, unused ...string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(unused, name) })
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
counted back from now, and in a folder from its newest file.
What is found is kept in the state folder, or in a DynamoDB table, so that nothing is reported twice and the next run reads only new files.
Of an organization's trail in a bucket every active account is looked at, by reading its files or by asking Athena; --accounts,
--exclude-accounts and --business-unit choose among them. --accounts looks at one that Organizations does not know as well.`,
		examples: []string{
			"ct_anomaly detect anomaly --logs /var/log/cloudtrail --state ./state",
			"ct_anomaly detect anomaly --logs ./AWSLogs --state ./state --output json --coverage coverage.jsonl",
			"ct_anomaly detect anomaly --logs s3://example-trail --business-unit ou:ou-ab12-34567890 --dynamo-table-name cloudtrail_anomaly",
			"ct_anomaly detect anomaly --cloudtrail-bucket example-trail --athena-workgroup security --exclude-accounts 111122223333",
			"ct_anomaly --config config.yml detect anomaly --accounts 111122223333,444455556666 --logs ./logs",
		},
		settings: append(judging(), telling()...),
		options: func(fs *flag.FlagSet, o *options) {
			stateFlag(fs, o)
			tellingFlags(fs, o)
		},
		run: overLogs(func(ctx context.Context, d *door, o *options, set *settings.Settings) (int, error) {
			store, e, err := d.openBoth(ctx, set, o)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			sinks, err := d.sinks(ctx, set, e, program, nil)
			if err != nil {
				return 0, err
			}
			return d.tell(ctx, set, o, job{store: store, estate: e, mode: discern.ModeLive, rules: true, far: sinks})
		}),
	}
}
