package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// wire gives a study what AWS says besides the logs.
func (e *estate) wire(st *discern.Study, j job) {
	st.Explain = explain
	st.Spent = e.spent(j.store)
	if e.set.IAMRoleName != "" {
		st.Roles, st.Instances = e.trusts(), e.ec2()
	}
}

// study gives a study the accounts of the muster, or the queue that tells of files of all of them.
func (e *estate) study(ctx context.Context, st *discern.Study, j job) error {
	if e.set.Logs.Kind == settings.Queue {
		return e.queued(ctx, st, j)
	}
	var err error
	if err := e.muster(ctx); err != nil {
		return err
	}
	e.strangers(ctx)
	if e.budget, err = newBudget(j.folder, e.set.DailyScanGigabytes, e.now); err != nil {
		return err
	}
	if err := e.measure(ctx, j); err != nil {
		return err
	}
	st.Muster = roll{ahead(e.accounts, e.past.began, e.past.reached), e.pace(j.allowed), func(ctx context.Context) error {
		if j.listed == nil || e.past.unknown {
			return nil
		}
		return j.listed(e.behind(ctx, j.store))
	}}
	st.Open = func(ctx context.Context, account string, reached int64) (discern.Activity, error) {
		return e.open(ctx, j, account, reached)
	}
	st.Member = membersOf(e.roster)
	st.History = func() *discern.History { return e.history(context.WithoutCancel(ctx), j.store) }
	return nil
}

// aheadOfTime is by how much, in seconds, a watermark may be ahead of a clock that is right.
const aheadOfTime = 10 * 60

// open opens the log of one account, read by Athena or from the bucket itself. reached is up to where it was looked at.
func (e *estate) open(ctx context.Context, j job, account string, reached int64) (discern.Activity, error) {
	cfg, err := e.bucketReader(ctx, account)
	if err != nil {
		return nil, err
	}
	w, err := e.sweepOf(ctx, j.store, account)
	if err != nil {
		return nil, err
	}
	if now := e.now().Unix(); reached > now+aheadOfTime { // this host's clock was wrong: up to where was looked at is not known, and the watermark never goes back
		reached, w = now, sweep{from: now - max(int64(e.set.SweepDays), 1)*discern.Day, began: now}
	}
	bucket, err := logs.OpenBucket(logs.BucketOptions{
		Config: cfg, Trail: e.trail, AccountID: account, Ledger: j.store, Now: e.now, Account: e.asked(), Category: categories(e.set), Match: j.match(), To: j.to,
		After: reached, From: e.past.oldest(reached), Since: e.past.since, Lookback: e.lookback(), Sweep: max(w.from, w.come), Remember: e.remember(), Progress: j.read,
	})
	if err != nil {
		return nil, err
	}
	var activity discern.Activity = bucket
	if e.set.Engine == settings.EngineAthena {
		if activity, err = e.query(ctx, j, account, reached, w, tableFiles{bucket}); err != nil {
			return nil, err
		}
	}
	if w.from == 0 {
		return activity, nil
	}
	return &swept{Activity: activity, live: reached - e.lookback(), note: func(ctx context.Context, come int64) error {
		return e.noteSweep(ctx, j.store, account, w, come)
	}}, nil
}

func (e *estate) query(ctx context.Context, j job, account string, reached int64, w sweep, files athena.Files) (discern.Activity, error) {
	o, err := e.athenaOptions(ctx, account)
	if err != nil {
		return nil, err
	}
	o.Files, o.Account, o.Category, o.Rules = files, e.asked(), categories(e.set), j.rules
	o.After, o.From, o.Since, o.Lookback, o.Sweep = reached, e.past.oldest(reached), e.past.since, e.lookback(), w.from
	o.Swept = w.come
	o.Now, o.May, o.Spent = e.now, e.budget.may, e.budget.spent
	return athena.Open(ctx, o)
}

// tableFiles are an account's log files as Athena's room asks for them.
type tableFiles struct{ *logs.Bucket }

var _ athena.Files = tableFiles{}

// Days implements athena.Files.
func (f tableFiles) Days(ctx context.Context, from, to int64) ([]athena.Day, error) {
	found, err := f.Bucket.Days(ctx, from, to)
	days := make([]athena.Day, len(found))
	for i, d := range found {
		days[i] = athena.Day(d)
	}
	return days, err
}

// athenaOptions say where the table of an account is and where its queries run.
func (e *estate) athenaOptions(ctx context.Context, account string) (athena.Options, error) {
	cfg, err := e.reader(ctx, account)
	return athena.Options{
		Config: cfg, Role: e.readerName(account), Place: e.place(cfg), Workgroup: e.set.AthenaWorkgroup, Bucket: e.set.AthenaBucket, Prefix: e.set.AthenaPrefix, Database: e.set.AthenaDatabase, DeleteResults: e.set.DeleteResults,
		Trail: e.tableTrail(), AccountID: account,
	}, err
}

// place is where queries run: the same for all accounts, unless each has its own Athena.
func (e *estate) place(cfg aws.Config) *athena.Place {
	if e.set.AthenaAccountID == settings.EachAccount {
		return nil
	}
	e.placing.Lock()
	defer e.placing.Unlock()
	if e.queries == nil {
		e.queries = athena.NewPlace(cfg, e.set.AthenaWorkgroup, e.set.AthenaBucket, e.set.AthenaPrefix)
	}
	return e.queries
}

// readerName says who asks Athena on behalf of an account.
func (e *estate) readerName(account string) string {
	switch e.set.AthenaAccountID {
	case "":
		return principalOf(e.who.ARN)
	case settings.EachAccount:
	default:
		account = e.set.AthenaAccountID
	}
	return fmt.Sprintf("arn:%s:iam::%s:role/%s", e.who.Partition, account, e.set.AthenaRoleName)
}

func (e *estate) tableTrail() athena.Trail {
	return athena.Trail{Bucket: e.trail.Bucket, Prefix: e.trail.Prefix, Organization: e.trail.Organization}
}

// lookback is the overlap with what was looked at before, in seconds.
func (e *estate) lookback() int64 { return int64(e.set.LookbackMinutes) * 60 }

// remember is from when on, by delivery, a later run may list a file again.
func (e *estate) remember() int64 {
	return e.now().Unix() - int64(e.set.SweepDays)*discern.Day - e.lookback()
}

// trailName names the watermarks: the same for all engines and collectors that read this trail.
func (e *estate) trailName() string {
	return "s3://" + e.trail.Bucket + "/" + e.trail.Prefix
}
