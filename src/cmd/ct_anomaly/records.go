package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/rules"
)

func detectRecords() command {
	return command{
		name:  "detect records",
		args:  "FILE…",
		short: "run the rules over every record of log files, without a baseline",
		long: `Reads log files, or all log files of folders or below s3://BUCKET/PREFIX, and prints one line of JSON for each record that a
rule matches: log deletion, StopLogging, instance credentials (with a verdict), root activity, console login without MFA. With
--s3-event the files are those that an S3 notification names, found below --logs or the current folder, or with --logs s3://BUCKET
in the bucket itself: any notification of S3, also by SNS or EventBridge, or the S3-put test event of the workshop SID341. --print shows
every record short, before the matches. With --cloudwatch-namespace each match is counted in the metric AnomaliesDetected, which the
alarms of setup alarms watch, rule by rule. Nothing is remembered: what is read twice is counted twice.`,
		examples: []string{
			"ct_anomaly detect records ./AWSLogs",
			"ct_anomaly detect records --print 111122223333_CloudTrail_us-east-1_20261121T0910Z_Mu0KsOhtH1ar15ZZ.json.gz",
			"ct_anomaly detect records --s3-event s3-put.json --logs ./bucket",
			"ct_anomaly detect records s3://example-trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/",
			"ct_anomaly detect records --s3-event s3-put.json --logs s3://example-trail --cloudwatch-namespace reInvent2017/SID341",
		},
		settings: append(borrowing(), "instance_networks", "cloudwatch_namespace"),
		options: func(fs *flag.FlagSet, o *options) {
			fs.BoolVar(&o.print, "print", false, "show every record short as well")
			fs.StringVar(&o.s3Event, "s3-event", "", "read the files that this S3 notification (JSON) names")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) { return d.records(ctx, o) },
	}
}

// A found is a record that a rule matches, as it is printed.
type found struct {
	Rule      string `json:"rule"`
	EventID   string `json:"eventID"`
	Time      string `json:"time"`
	Principal string `json:"principal_id"`
	Action    string `json:"action"`
	Verdict   string `json:"verdict,omitempty"`
	Outcome   string `json:"outcome"`
	Account   string `json:"account_id,omitempty"`
	Instance  string `json:"instance,omitempty"`
	Address   string `json:"sourceIPAddress,omitempty"`
	File      string `json:"file"`
}

func (d *door) records(ctx context.Context, o *options) (int, error) {
	set, err := d.settings(o)
	if err != nil {
		return 0, err
	}
	from := d.library(set, o)
	files, others, err := from.recordFiles(ctx, o, set.Logs)
	if err != nil {
		return 0, err
	}
	for _, other := range others {
		fmt.Fprintf(d.err, "passed over, as it is no log file: %s\n", plain(other))
	}
	counter, err := d.counter(ctx, set, o)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriter(d.out)
	reader := cloudtrail.NewReader()
	var matches []found
	bad := 0
	show := d.progress("reading logs")
	for i, file := range files {
		tally, err := from.scan(ctx, reader, file, func(r *cloudtrail.Record) {
			if o.print {
				printShort(out, r)
			}
			matches = append(matches, matchesOf(r, file)...)
		})
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		show.of(i+1, len(files))
		if err != nil || tally.BadRecords > 0 {
			bad++
			show.end()
			d.notRead(file, tally, err)
		}
	}
	show.end()
	judge(matches, rules.NewAddresses(set.InstanceNetworks))
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range matches {
		if err := enc.Encode(&matches[i]); err != nil {
			return 0, fmt.Errorf("print matches: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return 0, fmt.Errorf("print matches: %w", err)
	}
	fmt.Fprintf(d.err, "%s of rules in %s.\n", count(len(matches), "match"), count(len(files), "file"))
	counted, err := counter.count(ctx, matches)
	if err != nil {
		return 0, err
	}
	fmt.Fprint(d.err, counted)
	if bad > 0 {
		return exitPartly, nil
	}
	return exitDone, nil
}

func (d *door) notRead(file string, tally cloudtrail.Tally, err error) {
	if err != nil {
		before := ""
		if tally.Records > 0 {
			before = fmt.Sprintf("; %s before that were read", count(tally.Records, "record"))
		}
		fmt.Fprintf(d.err, "not read: %s: %v%s\n", file, cause(err), before)
		return
	}
	fmt.Fprintf(d.err, "not read: %s: %d bad records, the first %s; the others were read\n", file, tally.BadRecords, tally.Bad[0])
}

// cause leaves out of a file's error the path that the message has already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (l *library) scan(ctx context.Context, reader *cloudtrail.Reader, path string, each func(*cloudtrail.Record)) (cloudtrail.Tally, error) {
	file, err := l.open(ctx, path)
	if err != nil {
		return cloudtrail.Tally{}, err
	}
	defer file.Close()
	return reader.Read(ctx, file, func(r *cloudtrail.Record) error {
		each(r)
		return nil
	})
}

func matchesOf(r *cloudtrail.Record, file string) []found {
	var matches []found
	for _, rule := range rules.All() {
		m, ok := rule.Match(r)
		if !ok {
			continue
		}
		t, _ := r.Time() // a reader's record has one
		matches = append(matches, found{
			Rule: m.Rule, EventID: r.Text("eventID"), Time: discern.Stamp(t), Principal: r.Principal(), Action: r.Action(), Outcome: r.Outcome().String(),
			Account: r.Account(), Instance: m.Instance, Address: string(r.SourceIPAddress), Verdict: m.Verdict, File: filepath.ToSlash(file),
		})
	}
	return matches
}

// judge sorts the matches by time and says of an instance's credentials whether they are used where the instance is.
func judge(matches []found, addresses *rules.Addresses) {
	slices.SortStableFunc(matches, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.EventID, b.EventID), cmp.Compare(a.Rule, b.Rule))
	})
	for i := range matches {
		if m := &matches[i]; m.Instance != "" {
			m.Verdict = addresses.Verdict(discern.InstanceID(m.Account, m.Principal, m.Instance), m.Address)
		}
	}
}
