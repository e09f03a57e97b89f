package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"cloudtrail_anomaly/src/cloudtrail"
)

func showCommand() command {
	return command{
		name:  "show",
		args:  "EVENT_ID",
		short: "print the raw CloudTrail record of an event",
		long: `Prints the record with that eventID from a log file, as CloudTrail wrote it. An anomaly names both: eventID and log_files (s3://… as they
are, others below the folder of logs: --logs says which).`,
		examples: []string{"ct_anomaly show 7d91ac29-614a-4af9-af5c-c5a80e63a0bb --logs ./logs --file AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/x.json.gz",
			"ct_anomaly show 7d91ac29-614a-4af9-af5c-c5a80e63a0bb --file s3://example-trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/x.json.gz",
			"ct_anomaly show 7d91ac29-614a-4af9-af5c-c5a80e63a0bb --file logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/x.json.gz"},
		settings: borrowing(),
		options: func(fs *flag.FlagSet, o *options) {
			fs.StringVar(&o.file, "file", "", "the log file, or a folder (s3://BUCKET/PREFIX) of log files, that holds the record")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			set, err := d.settings(o)
			if err != nil {
				return 0, err
			}
			place, err := below(set.Logs, o.file)
			if err != nil {
				return 0, err
			}
			if len(o.args) != 1 || place == "" {
				return 0, usagef("show: give one event id, and where its record is with --file, --logs or both")
			}
			return d.show(ctx, d.library(set, o), o.args[0], place)
		},
	}
}

func (d *door) show(ctx context.Context, from *library, id, place string) (int, error) {
	files, err := from.list(ctx, place)
	if err != nil {
		return 0, err
	}
	if len(files) == 0 {
		return 0, fmt.Errorf("there is no log file (.json.gz or .json) in %s: give one, or the folder they are in", place)
	}
	reader := cloudtrail.NewReader()
	shown := false
	var bad []func()
	for _, file := range files {
		tally, err := from.scan(ctx, reader, file, func(r *cloudtrail.Record) {
			if shown || r.Text("eventID") != id {
				return
			}
			shown = true
			var nice bytes.Buffer
			if json.Indent(&nice, r.Raw, "", "  ") != nil {
				nice.Reset()
				nice.Write(r.Raw)
			}
			fmt.Fprintln(d.out, nice.String())
		})
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if shown {
			return exitDone, nil
		}
		if err != nil {
			bad = append(bad, func() { d.notRead(file, tally, err) })
		}
	}
	for _, say := range bad {
		say()
	}
	switch {
	case len(bad) == 1 && len(files) == 1 && files[0] == place:
		return 0, fmt.Errorf("%s could not be read to its end, so whether it has the record with eventID %s is not known", place, id)
	case len(bad) > 0:
		return 0, fmt.Errorf("no record with eventID %s was found in what could be read of %s", id, place)
	}
	return 0, fmt.Errorf("no record with eventID %s in %s", id, place)
}
