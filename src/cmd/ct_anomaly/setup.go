package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

func setupAthena() command {
	return setupCommand("setup athena", "make the database and the tables that Athena reads the logs by", `One table an account, partitioned by region and day through partition projection, so that it is made once and never changed.
What is there already stays as it is; a table that is there and other than it should be is an error.`,
		[]string{"ct_anomaly --config config.yml setup athena", "ct_anomaly setup athena --cloudtrail-bucket example-trail --accounts 111122223333 --dry-run"},
		func(ctx context.Context, d *door, o *options, e *estate) error { return d.setAthenaUp(ctx, o, e) })
}

func setupDynamoDB() command {
	return setupCommand("setup dynamodb", "make the table that keeps the baseline", `The table has the keys of the older tools' tables, is paid on demand, and cleans up by its attribute TTL. A table that is there stays as it
is, but for its TTL, which is turned on.`,
		[]string{"ct_anomaly setup dynamodb --dynamo-table-name cloudtrail_anomaly"},
		func(ctx context.Context, d *door, o *options, e *estate) error { return d.setDynamoUp(ctx, o, e) })
}

func setupAll() command {
	return setupCommand("setup all", "make all that the settings need and that is missing", "setup athena where Athena reads the logs, and setup dynamodb where the baseline is in DynamoDB.",
		[]string{"ct_anomaly --config config.yml setup all --dry-run"},
		func(ctx context.Context, d *door, o *options, e *estate) error {
			if e.set.DynamoTableName != "" {
				if err := d.setDynamoUp(ctx, o, e); err != nil {
					return err
				}
			}
			if e.set.Engine == settings.EngineAthena && inBucket(e.set) {
				return d.setAthenaUp(ctx, o, e)
			}
			return nil
		})
}

func setupCommand(name, short, long string, examples []string, make func(context.Context, *door, *options, *estate) error) command {
	return command{
		name: name, short: short, long: long + "\nSafe to repeat: it makes what is missing.", examples: examples,
		settings: append([]string{"logs", "engine", "accounts", "exclude_accounts", "business_unit"}, reaching()...),
		options: func(fs *flag.FlagSet, o *options) {
			fs.BoolVar(&o.dryRun, "dry-run", false, "only print what would be made")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			e, err := d.reach(ctx, o)
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
	var halt *discern.Halt
	if explained := explain(err); errors.As(explained, &halt) && halt.Next != "" {
		return fmt.Errorf("%w\n  -> %s", err, halt.Next)
	}
	return err
}

func (d *door) setDynamoUp(ctx context.Context, o *options, e *estate) error {
	if e.set.DynamoTableName == "" {
		return usagef("setup dynamodb: give the table's name with --dynamo-table-name")
	}
	if err := e.find(ctx); err != nil { // the table is in the region of the bucket, unless another is given
		return err
	}
	store, err := e.dynamo(ctx, "setup")
	if err != nil {
		return err
	}
	steps, err := store.Setup(ctx, o.dryRun)
	d.steps(steps, err, "the DynamoDB table is there, as it should be")
	return err
}

func (d *door) setAthenaUp(ctx context.Context, o *options, e *estate) error {
	if !inBucket(e.set) {
		return usagef("setup athena: say where the trail delivers with --cloudtrail-bucket")
	}
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
		d.steps(steps, err, "the table of account "+a.ID+" is there, as it should be")
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

// steps prints what was done, or would be.
func (d *door) steps(steps []string, err error, none string) {
	if len(steps) == 0 && err == nil {
		fmt.Fprintln(d.err, none)
	}
	for _, s := range steps {
		fmt.Fprintln(d.out, s)
	}
}

// writeLines writes each as one line of JSON.
func writeLines[T any](to io.Writer, all []T) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	for i := range all {
		if err := enc.Encode(&all[i]); err != nil {
			return fmt.Errorf("write as JSON: %w", err)
		}
	}
	return nil
}
