package main

import (
	"context"
	"fmt"
	"strings"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
	"cloudtrail_anomaly/src/settings"
)

// examineTrail tries a trail's bucket, who its accounts are, where queries run, and each account.
func (e *estate) examineTrail(ctx context.Context, c *chart, x examination) {
	bucket, _, _ := e.bucket()
	if e.set.AthenaAccountID != "" {
		_, err := e.reader(ctx, e.who.Account)
		if !c.note("reading role", e.readerName(e.who.Account), err, "it can be assumed", "see athena_account_id, athena_role_name and role_external_id") {
			return
		}
	}
	if !c.note("trail", "s3://"+bucket, e.find(ctx), "", "correct "+e.bucketGiven()+", or organization_id") {
		return
	}
	c.checks[len(c.checks)-1].Result = fmt.Sprintf("%s in %s", e.trailName(), e.trail.Region)
	cfg, err := e.bucketReader(ctx, e.who.Account)
	var tasted logs.Taste
	if err == nil {
		tasted, err = logs.ProbeBucket(ctx, cfg, e.trail)
	}
	c.tasted("s3://"+bucket, tasted, err, "see the trail, and who may read its bucket and use its key: ct_anomaly policy prints the statements")
	err = e.muster(ctx)
	c.note("accounts", either(e.set.OrgsAccountID, "Organizations"), err, fmt.Sprintf("%s to look at", count(len(e.accounts), "account")), "see organizations_account_id, accounts and business_unit")
	for _, note := range e.notes {
		if strings.HasPrefix(note, notAsked) { // there is none
			c.note("organization", "Organizations", nil, note, "")
		}
	}
	for _, warning := range e.warnings {
		if strings.HasPrefix(warning, notAsked) {
			short, _, _ := strings.Cut(warning, ": ")
			c.warn("organization", "Organizations", short, "give organizations_account_id, the management account or a delegated administrator, and let its role list the accounts (ct_anomaly policy prints that); "+
				"else list them in accounts")
		}
	}
	if err != nil {
		return
	}
	if e.set.Engine == settings.EngineAthena && e.set.AthenaAccountID != settings.EachAccount {
		e.examineQueries(ctx, c, e.set.AthenaWorkgroup, e.who.Account)
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

// bucketGiven names the settings that say where the trail delivers.
func (e *estate) bucketGiven() string {
	if e.set.Logs.Kind == settings.Bucket {
		return "bucket and prefix in logs (--logs s3://BUCKET/PREFIX)"
	}
	return "cloudtrail_bucket (--cloudtrail-bucket) and cloudtrail_prefix"
}

// examineQueries runs a query that reads nothing where those of an account run.
func (e *estate) examineQueries(ctx context.Context, c *chart, on, account string) {
	results := ""
	o, err := e.athenaOptions(ctx, account)
	if err == nil {
		results, err = athena.CheckQueries(ctx, o)
	}
	c.note("Athena workgroup", on, err, "a query ran in it, and its result was written to "+results+" and read", "see athena_workgroup, athena_bucket and athena_account_id")
}

// fresh is how many days back doctor looks for log files.
const fresh = 2

// examineAccount tries an account: its folder and how fresh it is, its table, and the role that reads IAM.
func (e *estate) examineAccount(ctx context.Context, c *chart, id string) {
	cfg, err := e.bucketReader(ctx, id)
	if own := e.set.AthenaAccountID == settings.EachAccount && id != e.who.Account; (own || err != nil) &&
		!c.note("reading role", id, err, "it can be assumed", "see athena_account_id and athena_role_name") {
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
		"see in CloudTrail whether the trail logs, and whether "+e.bucketGiven()+" and organization_id are right; an account without any activity is quiet too")
	if e.set.Engine == settings.EngineAthena {
		if e.set.AthenaAccountID == settings.EachAccount {
			e.examineQueries(ctx, c, e.set.AthenaWorkgroup+" of "+id, id)
		}
		cfg, err := e.reader(ctx, id)
		if err == nil {
			err = athena.CheckTable(ctx, cfg, e.set.AthenaDatabase, e.tableTrail(), id)
		}
		c.note("Athena table", id, err, "it is as it should be", "ct_anomaly setup athena --accounts "+id)
	}
	if e.set.IAMRoleName != "" && id != e.who.Account { // in its own account the caller asks IAM itself
		_, err := e.reads(ctx, id)
		c.note("IAM role", id, err, e.set.IAMRoleName+" can be assumed", "make the role in the account, or empty iam_role_name: only what IAM says of roles is missing then")
	}
}
