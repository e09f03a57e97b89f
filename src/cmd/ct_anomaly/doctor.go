package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
	"cloudtrail_anomaly/src/settings"
)

func doctorCommand() command {
	return command{
		name:  "doctor",
		short: "try all that a run on AWS needs, and say how to mend what fails",
		long: `Walks the whole chain: credentials, roles, Organizations, the trail's bucket, then for each account its folder, its newest delivery, Athena's
table and the role that reads IAM; and the DynamoDB table with who else writes to it. Nothing is changed. Ends with 3 where something failed.`,
		examples: []string{"ct_anomaly --config config.yml doctor", "ct_anomaly doctor --cloudtrail-bucket example-trail --accounts 111122223333"},
		settings: append([]string{"logs", "engine", "accounts", "exclude_accounts", "business_unit", "max_concurrent_accounts"}, reaching()...),
		options: func(fs *flag.FlagSet, o *options) {
			fs.StringVar(&o.output, "output", outputTable, "table, or json: one check a line")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			e, err := d.reach(ctx, o)
			if err != nil {
				return 0, err
			}
			return d.report(o, e.examine(ctx, examination{accounts: -1, sample: true}))
		},
	}
}

// report prints checks: what works in a line each, what does not with its mend.
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
		if !c.OK {
			mark = "FAILED"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", c.What, plain(c.On), mark, plain(c.Result))
	}
	if err := t.Flush(); err != nil {
		return code, fmt.Errorf("write the checks: %w", err)
	}
	for _, c := range checks {
		if !c.OK {
			fmt.Fprintf(d.out, "\n%s %s: %s\n  -> %s\n", c.What, plain(c.On), plain(c.Result), c.Mend)
		}
	}
	return code, nil
}

// An examination says how much is looked at.
type examination struct {
	accounts int  // at most so many of them; negative is all
	sample   bool // whether another tool writes to the table, which costs a look at a part of it
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
		check.Result, check.Mend = err.Error(), mend
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checks = append(c.checks, check)
	return check.OK
}

// examine tries what a run needs, from the credentials on. What can't be tried because something before it failed is left out.
func (e *estate) examine(ctx context.Context, x examination) []discern.Check {
	c := &chart{}
	c.note("credentials", "caller", nil, e.who.ARN, "")
	if e.set.Logs.Kind == settings.Queue {
		c.note("queue", e.set.Logs.At, logs.ProbeQueue(ctx, e.caller.Base(), e.set.Logs.At), "it can be read", "see sqs:ReceiveMessage, DeleteMessage, ChangeMessageVisibility and GetQueueAttributes: ct_anomaly policy prints them")
	} else if inBucket(e.set) {
		e.examineTrail(ctx, c, x)
	}
	if e.set.DynamoTableName != "" {
		store, err := e.dynamo(ctx, "doctor")
		if err != nil {
			c.note("DynamoDB table", e.set.DynamoTableName, err, "", "see dynamo_table_name")
		} else {
			c.checks = append(c.checks, store.Check(ctx, x.sample)...)
		}
	}
	return c.checks
}

func (e *estate) examineTrail(ctx context.Context, c *chart, x examination) {
	bucket, _, _ := e.bucket()
	if _, err := e.reader(ctx, e.who.Account); err != nil {
		c.note("reading role", e.readerName(e.who.Account), err, "", "see athena_account_id, athena_role_name and role_external_id")
		return
	}
	if !c.note("trail", "s3://"+bucket, e.find(ctx), "", "see cloudtrail_bucket, cloudtrail_prefix and organization_id") {
		return
	}
	c.checks[len(c.checks)-1].Result = fmt.Sprintf("%s in %s", e.trailName(), e.trail.Region)
	cfg, err := e.bucketReader(ctx, e.who.Account)
	if err == nil {
		err = logs.ProbeBucket(ctx, cfg, e.trail)
	}
	c.note("log file", "s3://"+bucket, err, "one was opened", "see the trail, and who may read its bucket and use its key: ct_anomaly policy prints the statements")
	err = e.muster(ctx)
	c.note("accounts", either(e.set.OrgsAccountID, "Organizations"), err, fmt.Sprintf("%s to look at", count(len(e.accounts), "account")), "see organizations_account_id, accounts and business_unit")
	for _, note := range slices.Concat(e.notes, e.warnings) {
		if strings.HasPrefix(note, notAsked) {
			c.note("organization", "Organizations", nil, note, "")
		}
	}
	if err != nil {
		return
	}
	if e.set.Engine == settings.EngineAthena {
		cfg, err := e.reader(ctx, e.who.Account)
		if err == nil {
			err = athena.CheckWorkgroup(ctx, cfg, e.set.AthenaWorkgroup, e.set.AthenaBucket)
		}
		c.note("Athena workgroup", e.set.AthenaWorkgroup, err, "queries can run in it", "see athena_workgroup, athena_bucket and athena_account_id")
	}
	looked := e.accounts
	if x.accounts >= 0 {
		looked = looked[:min(x.accounts, len(looked))]
	}
	each := make([]chart, len(looked))
	at := map[string]int{}
	for i, a := range looked {
		at[a.ID] = i
	}
	muster.Each(ctx, looked, muster.Pace{Concurrent: e.set.MaxConcurrentAccounts}, func(ctx context.Context, a muster.Account) {
		e.examineAccount(ctx, &each[at[a.ID]], a.ID)
	})
	for i := range each {
		c.checks = append(c.checks, each[i].checks...)
	}
}

// fresh is how many days back doctor looks for log files.
const fresh = 2

// examineAccount tries an account: its folder and how fresh it is, its table, and the role that reads IAM.
func (e *estate) examineAccount(ctx context.Context, c *chart, id string) {
	cfg, err := e.bucketReader(ctx, id)
	if !c.note("reading role", id, err, "it is there", "see athena_account_id and athena_role_name") {
		return
	}
	days, err := logs.Days(ctx, cfg, e.trail, id, e.now().Unix()-fresh*discern.Day, 0)
	files := 0
	for _, d := range days {
		files += d.Files
	}
	if err == nil && files == 0 {
		err = fmt.Errorf("no log file was delivered in the last %d days", fresh)
	}
	c.note("log files", id, err, fmt.Sprintf("%s delivered in the last %d days", count(files, "file"), fresh),
		"see in CloudTrail whether the trail logs, and whether cloudtrail_prefix and organization_id are right; an account without any activity is quiet too")
	if e.set.Engine == settings.EngineAthena {
		cfg, err := e.reader(ctx, id)
		if err == nil {
			err = athena.CheckTable(ctx, cfg, e.set.AthenaDatabase, e.tableTrail(), id)
		}
		c.note("Athena table", id, err, "it is as it should be", "ct_anomaly setup athena --accounts "+id)
	}
	if e.set.IAMRoleName != "" {
		_, err := e.reads(ctx, id)
		c.note("IAM role", id, err, e.set.IAMRoleName+" can be assumed", "make the role in the account, or empty iam_role_name: only what IAM says of roles is missing then")
	}
}
