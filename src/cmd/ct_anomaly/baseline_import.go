package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/baseline"
	"cloudtrail_anomaly/src/baseline/dynamodb"
)

func baselineImport() command {
	return command{
		name:  "baseline import",
		args:  "[FILE]",
		short: "join an exported baseline with this one",
		long: `Reads what baseline export wrote, from a file or standard input, and joins it with what is known: the earliest first times, the latest last seen.
A faulty line is named, and a file that was cut is refused; then nothing is imported.`,
		examples: []string{"ct_anomaly baseline import baseline.jsonl --state ./state", "ct_anomaly baseline import --from-dynamodb cloudtrail-anomaly --dynamo-table-name cloudtrail_anomaly"},
		settings: storing(),
		options: func(fs *flag.FlagSet, o *options) {
			stateFlag(fs, o)
			fs.StringVar(&o.fromTable, "from-dynamodb", "", "copy the pairs of this DynamoDB table of an older tool instead; it is left as it is")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			if o.fromTable != "" {
				return d.adopt(ctx, o)
			}
			from := d.in
			if len(o.args) > 1 {
				return 0, usagef("baseline import: give one file, or none to read standard input")
			}
			if len(o.args) == 1 && o.args[0] != "-" {
				file, err := os.Open(o.args[0])
				if err != nil {
					return 0, fmt.Errorf("open the baseline to import: %w", err)
				}
				defer file.Close()
				from = file
			}
			set, e, err := d.stored(ctx, o)
			if err != nil {
				return 0, err
			}
			store, err := d.openStore(ctx, set, o, e)
			if err != nil {
				return 0, err
			}
			defer store.Close()
			done, err := baseline.Import(ctx, store, from)
			if err != nil {
				return 0, err
			}
			if done.News == done.Lines {
				fmt.Fprintf(d.err, "%s imported.\n", count(done.Lines, "line"))
			} else {
				fmt.Fprintf(d.err, "%s read: %d were imported, the others are known already.\n", count(done.Lines, "line"), done.News)
			}
			if done.Unended {
				fmt.Fprintln(d.err, "No last line said how many there were: this was cut, or is of an older version. Export it again to be sure.")
			}
			if done.Accounts == 0 && done.Lines > 0 {
				fmt.Fprintln(d.err, "No account was among them: accounts that this baseline does not watch yet will learn anew. Export with --all to take that along.")
			}
			return exitDone, nil
		},
	}
}

// adopt copies the pairs of an older tool's table.
func (d *door) adopt(ctx context.Context, o *options) (int, error) {
	if len(o.args) > 0 {
		return 0, usagef("baseline import: give a file or --from-dynamodb, not both")
	}
	set, err := d.settings(o)
	if err != nil {
		return 0, err
	}
	if o.fromTable == set.DynamoTableName {
		return 0, usagef("baseline import: the table is the baseline's own; ct_anomaly uses it as it is, and there is nothing to copy")
	}
	e, err := d.estate(ctx, set, o)
	if err != nil {
		return 0, err
	}
	to, err := d.openStore(ctx, set, o, e)
	if err != nil {
		return 0, err
	}
	defer to.Close()
	pairs, news, err := baseline.Adopt(ctx, to, func(each func(principal, action string, ttl int64) error) error {
		return dynamodb.ReadOld(ctx, awscall.In(e.caller.Base(), set.AWSRegion), o.fromTable, each)
	})
	switch {
	case pairs == 0 && err == nil:
		fmt.Fprintf(d.err, "There is no pair in %s: nothing to copy.\n", o.fromTable)
	case pairs > 0 && news == pairs:
		fmt.Fprintf(d.err, "%s copied from %s.\n", count(pairs, "pair"), o.fromTable)
	case pairs > 0:
		fmt.Fprintf(d.err, "%s read from %s: %d were copied, the others are known already.\n", count(pairs, "pair"), o.fromTable, news)
	}
	if err != nil {
		return 0, withMend(err)
	}
	return exitDone, nil
}
