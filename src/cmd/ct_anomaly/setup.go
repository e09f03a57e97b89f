package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

func setupAthena() command {
	return setupCommand("setup athena", "make the database and the tables that Athena reads the logs by", `One table an account, partitioned by region and day through partition projection, so that it is made once and never changed.
What is there already stays as it is; a table that is there and other than it should be is an error.`,
		[]string{"ct_anomaly --config config.yml setup athena", "ct_anomaly setup athena --cloudtrail-bucket example-trail --accounts 111122223333 --dry-run"},
		append(tabling(), without(storing(), "dynamo_table_name")...), needsTrail,
		func(ctx context.Context, d *door, o *options, e *estate) error { return d.setAthenaUp(ctx, o, e) })
}

func setupDynamoDB() command {
	return setupCommand("setup dynamodb", "make the table that keeps the baseline", `The table has the keys of the older tools' tables, is paid on demand, and cleans up by its attribute TTL. A table that is there stays as it
is, but for its TTL, which is turned on, and for backups, where it is one that this made.`,
		[]string{"ct_anomaly setup dynamodb --dynamo-table-name cloudtrail_anomaly"},
		append(locating(), storing()...), needsTable,
		func(ctx context.Context, d *door, o *options, e *estate) error { return d.setDynamoUp(ctx, o, e) })
}

func setupAll() command {
	return setupCommand("setup all", "make all that the settings need and that is missing", "setup athena where Athena reads the logs, setup dynamodb where the baseline is in DynamoDB, setup sns where anomalies are sent to a topic, setup alarms where they are counted.",
		[]string{"ct_anomaly --config config.yml setup all --dry-run"},
		append(append(tabling(), storing()...), "sns_topic_arn", "cloudwatch_namespace", "alarm_email", "alarm_topic_arn"),
		func(set *settings.Settings) error {
			if set.DynamoTableName == "" && set.SNSTopicARN == "" && set.CloudWatchNamespace == "" && needsTrail(set) != nil {
				return usagef("setup all: these settings need nothing on AWS: give the trail's bucket as --cloudtrail-bucket BUCKET for tables of Athena, or --dynamo-table-name TABLE " +
					"for a table of the baseline (cloudtrail_bucket and dynamo_table_name; in config.yml aws.athena.cloudtrailBucket and aws.dynamoTableName)")
			}
			return nil
		},
		func(ctx context.Context, d *door, o *options, e *estate) error {
			if err := e.find(ctx); err != nil {
				return err
			}
			var faults []error // of one part, which keep no other from being made
			if e.set.DynamoTableName != "" {
				faults = append(faults, d.setDynamoUp(ctx, o, e))
			}
			if e.set.SNSTopicARN != "" {
				faults = append(faults, d.setTopicUp(ctx, o, e))
			}
			if e.set.CloudWatchNamespace != "" {
				faults = append(faults, d.setAlarmsUp(ctx, o, e))
			}
			if e.set.Engine == settings.EngineAthena && inBucket(e.set) {
				faults = append(faults, d.setAthenaUp(ctx, o, e))
			}
			return errors.Join(faults...)
		})
}

func setupCommand(name, short, long string, examples, used []string, needs func(*settings.Settings) error, make func(context.Context, *door, *options, *estate) error) command {
	return command{
		name: name, short: short, long: long + "\nSafe to repeat: it makes what is missing.", examples: examples,
		settings: used, passed: without(everything(), used...),
		options: func(fs *flag.FlagSet, o *options) {
			fs.BoolVar(&o.dryRun, "dry-run", false, "only print what is to be done")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			set, err := d.settings(o)
			if err != nil {
				return 0, err
			}
			if len(o.args) > 0 {
				return 0, usagef("%q: this command takes no arguments", o.args[0])
			}
			if err := needs(set); err != nil {
				return 0, err
			}
			e, err := d.estate(ctx, set, o)
			if err != nil {
				return 0, err
			}
			return exitDone, withMend(make(ctx, d, o, e))
		},
	}
}

// withMend adds to an error of AWS what to do about it.
func withMend(err error) error {
	if err == nil {
		return nil
	}
	err = explain(err)
	var halt *discern.Halt
	var none *awscall.CredentialsError
	if errors.As(err, &halt) && halt.Next != "" && !errors.As(err, &none) {
		return fmt.Errorf("%w\n  -> %s", err, halt.Next)
	}
	return err
}

func (d *door) setDynamoUp(ctx context.Context, o *options, e *estate) error {
	if err := e.find(ctx); err != nil { // the table is in the region of the bucket, unless another is given
		return err
	}
	if err := e.somewhere("setup dynamodb", "the table is to be"); err != nil {
		return err
	}
	store, err := e.dynamo(ctx, "setup")
	if err != nil {
		return err
	}
	steps, err := store.Setup(ctx, o.dryRun)
	d.steps(o, steps, err, "the DynamoDB table is there, as it should be")
	return err
}

func (d *door) setAthenaUp(ctx context.Context, o *options, e *estate) error {
	if err := e.find(ctx); err != nil {
		return err
	}
	if err := e.muster(ctx); err != nil {
		return err
	}
	d.foundOnAWS(o, e, true)
	var faults []error
	for _, a := range e.accounts {
		steps, err := e.setAthenaUp(ctx, a.ID, o.dryRun)
		d.steps(o, steps, err, "the table of account "+a.ID+" is there, as it should be")
		if err != nil {
			faults = append(faults, fmt.Errorf("account %s: %w", a.ID, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(faults...)
}

func (e *estate) setAthenaUp(ctx context.Context, account string, dryRun bool) ([]string, error) {
	o, err := e.athenaOptions(ctx, account)
	if err != nil {
		return nil, err
	}
	return athena.Setup(ctx, o, dryRun)
}

// would begins what is not done.
const would = "would "

// steps prints what was done, or is to be done.
func (d *door) steps(o *options, steps []string, err error, none string) {
	if len(steps) == 0 && err == nil {
		fmt.Fprintln(d.err, none)
	}
	how := "done: "
	if o.dryRun {
		how = would
	}
	for _, s := range steps {
		fmt.Fprintln(d.out, how+s)
	}
}
