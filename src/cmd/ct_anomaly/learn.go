package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

func learnCommand() command {
	return command{
		name:  "learn",
		short: "remember what principals did, without telling",
		long: `Reads log files into the baseline and reports nothing; detect anomaly goes on after it. Learning counts as watching: an account whose
logs of 90 days were learnt is past its learning. With --to, files that hold later records are left for detect anomaly to read again.`,
		examples: []string{
			"ct_anomaly learn --logs /var/log/cloudtrail --state ./state",
			"ct_anomaly learn --logs ./AWSLogs --state ./state --to 2026-11-01",
		},
		settings: without(judging(), "ignored_actions", "ignored_principals", "instance_networks", "iam_role_name", "principal_learning_days"), // they are about what is told
		options: func(fs *flag.FlagSet, o *options) {
			stateFlag(fs, o)
			spanFlags(fs, o)
			fs.StringVar(&o.coverage, "coverage", "", "write what was looked at there, as lines of JSON")
		},
		run: overLogs(func(ctx context.Context, d *door, o *options, set *settings.Settings) (int, error) {
			store, e, err := d.openBoth(ctx, set, o)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			j := job{store: store, estate: e, mode: discern.ModeHistory, from: discern.Never, to: o.to.unix}
			done, err := d.runJob(ctx, set, o, j)
			if err != nil {
				return 0, err
			}
			d.summary(o, &done, j)
			return done.code(), nil
		}),
	}
}

func replayCommand() command {
	return command{
		name:  "replay",
		short: "show what would have been reported, on a scratch baseline",
		long: `Starts from an empty baseline, reads the logs as if they came in one by one, and reports what would have been reported. The baseline
kept in the state folder is neither read nor changed. What lies before --from is learnt without telling.`,
		examples: []string{
			"ct_anomaly replay --logs ./AWSLogs --from 2026-11-15 --to 2026-11-22",
			"ct_anomaly replay --logs ./AWSLogs --learning-days 0 --output json",
		},
		settings: without(judging(), "dynamo_table_name", "lookback_minutes", "sweep_days"), // nothing is looked at again
		options: func(fs *flag.FlagSet, o *options) {
			tellingFlags(fs, o)
			spanFlags(fs, o)
		},
		run: overLogs(func(ctx context.Context, d *door, o *options, set *settings.Settings) (code int, err error) {
			if set.Logs.Kind == settings.Queue {
				return 0, usagef("--logs: a queue gives each message once, and replay is to change nothing; give the bucket: s3://BUCKET")
			}
			var e *estate
			if onAWS(set) {
				if e, err = d.estate(ctx, set, o); err != nil {
					return 0, err
				}
				if err := e.find(ctx); err != nil {
					return 0, err
				}
			}
			scratch, err := os.MkdirTemp("", "ct_anomaly-replay-")
			if err != nil {
				return 0, fmt.Errorf("make a scratch folder: %w", err)
			}
			defer os.RemoveAll(scratch)
			store, err := embedded.Open(filepath.Join(scratch, stateFile))
			if err != nil {
				return 0, err
			}
			defer store.Close()
			return d.tell(ctx, set, o, job{store: store, estate: e, mode: discern.ModeReplay, rules: true, from: o.from.unix, to: o.to.unix})
		}),
	}
}
