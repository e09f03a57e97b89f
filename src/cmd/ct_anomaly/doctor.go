package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"text/tabwriter"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

func doctorCommand() command {
	return command{
		name:  "doctor",
		short: "try all that a run needs, and say how to mend what fails",
		long: `Walks the whole chain: credentials, roles, Organizations, the trail's bucket, a query that reads nothing and its result, then for each account
its folder, its newest delivery, Athena's table and the role that reads IAM; and the DynamoDB table with who else writes to it. Of a folder or a queue
of logs it says what is in it. Nothing is changed. Ends with 3 where something failed; a warning is no failure.`,
		examples: []string{"ct_anomaly --config config.yml doctor", "ct_anomaly doctor --cloudtrail-bucket example-trail --accounts 111122223333"},
		settings: append(everything(), "max_concurrent_accounts", "hec_url"),
		options: func(fs *flag.FlagSet, o *options) {
			fs.StringVar(&o.output, "output", outputTable, "table, or json: one check a line")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			set, err := d.awsSettings(o)
			if err != nil {
				return 0, err
			}
			c := &chart{}
			if set.Logs.Kind == settings.Folder {
				d.examineFolder(ctx, c, set.Logs.At)
			}
			if onAWS(set) || tellsAWS(set) {
				e, err := d.estate(ctx, set, o)
				var u usage
				switch {
				case errors.As(err, &u):
					return 0, err
				case err != nil:
					c.checks = append(c.checks, noCaller(err))
				default:
					c.checks = append(c.checks, e.examine(ctx, examination{accounts: -1, person: true})...)
				}
			}
			if set.HECURL != "" {
				d.examineCollector(ctx, c, set)
			}
			return d.report(o, append(c.checks, untried(set, c.checks)...))
		},
	}
}

// noCaller is the check that all others on AWS wait for.
func noCaller(err error) discern.Check {
	mend := "see whether this host reaches AWS: proxy_url, ca_file, endpoint_url and aws_region"
	if awscall.NoCredentials(err) {
		mend = "give --profile NAME, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run on an instance with an instance profile; of an input in Splunk, set credential"
	}
	return discern.Check{What: "credentials", On: "caller", Result: awscall.Words(err.Error()), Mend: mend}
}

// notTried is the result of a check that waits for another.
const notTried = "not tried: mend first what failed above"

// untried are the checks that settings ask for and that one that failed kept from being tried.
func untried(set *settings.Settings, checks []discern.Check) []discern.Check {
	if !slices.ContainsFunc(checks, func(c discern.Check) bool { return !c.OK }) {
		return nil
	}
	const each = "each account"
	var all []discern.Check
	add := func(when bool, what, on string) {
		if when && !slices.ContainsFunc(checks, func(c discern.Check) bool { return c.What == what }) {
			all = append(all, discern.Check{What: what, On: on, Result: notTried})
		}
	}
	bucket, queries := inBucket(set) && set.Logs.Kind != settings.Queue, set.Engine == settings.EngineAthena
	add(set.Logs.Kind == settings.Queue, "queue", set.Logs.At)
	add(bucket, "trail", "s3://"+either(set.CloudTrailBucket, set.Logs.At))
	add(bucket, "log file", "s3://"+either(set.CloudTrailBucket, set.Logs.At))
	add(bucket, "accounts", either(set.OrgsAccountID, "Organizations"))
	add(bucket && queries, "Athena workgroup", set.AthenaWorkgroup)
	if !slices.ContainsFunc(checks, func(c discern.Check) bool { return c.What == "log files" }) { // else what is missing of an account has its reason there
		add(bucket, "log files", each)
		add(bucket && queries, "Athena table", each)
		add(bucket && set.IAMRoleName != "", "IAM role", each)
	}
	add(set.DynamoTableName != "", "DynamoDB table", set.DynamoTableName)
	return all
}

// report prints checks: what works in a line each, what does not with its mend, and so what works and had better be mended all the same.
func (d *door) report(o *options, checks []discern.Check) (int, error) {
	code := exitDone
	if slices.ContainsFunc(checks, func(c discern.Check) bool { return !c.OK }) {
		code = exitPartly
	}
	if o.output == outputJSON {
		return code, writeLines(d.out, checks)
	}
	t := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CHECK\tON\t\tRESULT")
	for _, c := range checks {
		mark := "ok"
		switch {
		case c.Result == notTried:
			mark = "-"
		case !c.OK:
			mark = "FAILED"
		case c.Mend != "":
			mark = "warning"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", c.What, plain(c.On), mark, plain(c.Result))
	}
	if err := t.Flush(); err != nil {
		return code, fmt.Errorf("write the checks: %w", err)
	}
	for _, c := range checks {
		if c.Mend != "" && c.Result != notTried {
			fmt.Fprintf(d.out, "\n%s %s: %s\n  -> %s\n", c.What, plain(c.On), plain(c.Result), c.Mend)
		}
	}
	return code, nil
}

// An examination says how much is looked at.
type examination struct {
	accounts int  // at most so many of them; negative is all
	person   bool // who asks can wait, and judge: whether another tool writes to the table, which costs a look at a part of it, and who may send to a queue
}

// A chart gathers checks from several goroutines.
type chart struct {
	mu     sync.Mutex
	checks []discern.Check
}

// note takes a check in. Without an error it passed, with the result given.
func (c *chart) note(what, on string, err error, result, mend string) bool {
	check := discern.Check{What: what, On: on, OK: err == nil, Result: result}
	if err != nil {
		var halt *discern.Halt
		if errors.As(explain(err), &halt) && halt.Next != "" {
			mend = halt.Next
		}
		check.Result, check.Mend = awscall.Words(err.Error()), mend
	}
	c.add(check)
	return check.OK
}

// warn takes in what works, and had better be mended all the same.
func (c *chart) warn(what, on, result, mend string) {
	c.add(discern.Check{What: what, On: on, OK: true, Result: result, Mend: mend})
}

func (c *chart) add(check discern.Check) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checks = append(c.checks, check)
}

// examine tries what a run needs, from the credentials on. What can't be tried because something before it failed is left out.
func (e *estate) examine(ctx context.Context, x examination) []discern.Check {
	c := &chart{}
	c.note("credentials", "caller", nil, e.who.ARN, "")
	if e.set.Logs.Kind == settings.Queue {
		e.examineQueue(ctx, c, x)
	} else if inBucket(e.set) {
		e.examineTrail(ctx, c, x)
	}
	if e.set.DynamoTableName != "" {
		store, err := e.dynamo(ctx, "doctor")
		if err != nil {
			c.note("DynamoDB table", e.set.DynamoTableName, err, "", "see dynamo_table_name")
		} else {
			for _, check := range store.Check(ctx, x.person) {
				check.Result = awscall.Words(check.Result)
				c.add(check)
			}
		}
	}
	if x.person { // a run has no right to it
		e.examineSinks(ctx, c)
	}
	return c.checks
}
