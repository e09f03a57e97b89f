package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/sns"
)

func teardownCommand() command {
	return command{
		name:  "teardown",
		short: "remove what setup made, after asking",
		long: `Removes the Athena tables, the DynamoDB table, the topic and the alarms that setup made, and nothing that it did not: a table that was there before, such as that of an
older tool, stays. Of the results of queries its own go, as far as Athena still tells whose they are, and no other objects. The logs and roles are left alone.
Asks first, on a terminal, and waits for the word yes; --yes answers for it.`,
		examples: []string{"ct_anomaly --config config.yml teardown --dry-run", "ct_anomaly --config config.yml teardown"},
		settings: removed(), passed: without(everything(), removed()...),
		options: func(fs *flag.FlagSet, o *options) {
			fs.BoolVar(&o.dryRun, "dry-run", false, "only print what would be removed")
			fs.BoolVar(&o.yes, "yes", false, "do not ask")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			e, err := d.reach(ctx, o)
			if err != nil {
				return 0, err
			}
			return d.tearDown(ctx, o, e)
		},
	}
}

// removed are the settings that name what setup makes.
func removed() []string {
	return append(append(tabling(), storing()...), "sns_topic_arn", "cloudwatch_namespace", "alarm_email", "alarm_topic_arn")
}

func (d *door) tearDown(ctx context.Context, o *options, e *estate) (int, error) {
	steps, err := e.remove(ctx, true)
	for _, note := range e.notes {
		fmt.Fprintln(d.err, note)
	}
	if err != nil {
		return 0, withMend(err)
	}
	const none = "There is nothing that setup made."
	if o.dryRun || len(steps) == 0 {
		d.steps(o, steps, nil, none)
		return exitDone, nil
	}
	if !o.yes {
		for _, s := range steps {
			fmt.Fprintln(d.err, would+s)
		}
		fmt.Fprint(d.err, "Remove all this? Type yes: ")
		answer, err := bufio.NewReader(d.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("read the answer: %w", err)
		}
		if strings.TrimSpace(answer) != "yes" {
			return 0, errors.New("nothing was removed: the answer was not yes")
		}
	}
	steps, err = e.remove(ctx, false)
	d.steps(o, steps, err, none)
	return exitDone, withMend(err)
}

// remove removes what setup made, or says what it would.
func (e *estate) remove(ctx context.Context, dryRun bool) (steps []string, err error) {
	if e.set.DynamoTableName != "" {
		if err := e.find(ctx); err != nil {
			return nil, err
		}
		store, err := e.dynamo(ctx, "teardown")
		if err != nil {
			return nil, err
		}
		step, err := store.Drop(ctx, dryRun)
		switch {
		case errors.Is(err, dynamodb.ErrNotOurs):
			e.notes = append(e.notes, err.Error())
		case err != nil:
			return nil, err
		case step != "":
			steps = append(steps, step)
		}
	}
	if e.set.SNSTopicARN != "" {
		step, err := e.topic().Drop(ctx, dryRun)
		switch {
		case errors.Is(err, sns.ErrNotOurs):
			e.notes = append(e.notes, err.Error())
		case err != nil:
			return steps, err
		case step != "":
			steps = append(steps, step)
		}
	}
	if e.set.CloudWatchNamespace != "" {
		if err := e.find(ctx); err != nil {
			return steps, err
		}
		if err := e.somewhere("teardown", "the alarms are"); err != nil { // elsewhere there are none, and that would be said of them
			return steps, err
		}
		dropped, notes, err := e.alarms().Drop(ctx, dryRun)
		steps, e.notes = append(steps, dropped...), append(e.notes, notes...)
		if err != nil {
			return steps, err
		}
	}
	if !inBucket(e.set) || e.set.Engine != settings.EngineAthena {
		return steps, nil
	}
	dropped, err := e.removeTables(ctx, dryRun)
	return append(steps, dropped...), err
}
