package cost

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
	"cloudtrail_anomaly/src/risk"
	"cloudtrail_anomaly/src/rules"
)

// The settings that decide what is called, at their defaults: src/settings/table.go.
const (
	learningDays, principalLearningDays, forgetAfterDays, refreshDays = 90, 7, 90, 7
	historyDays                                                       = learningDays + 7
	lookback                                                          = 60 * 60 // seconds
	sweepDays                                                         = 2
	ledgerMargin                                                      = 30 // days
	concurrentAccounts                                                = 8
	runAllowed                                                        = 9 * time.Minute
)

const (
	engineAthena = "athena"
	engineLogs   = "logs"
	baseTable    = "cloudtrail_anomaly"
	trailName    = "s3://" + trailBucket + "/" // as the program names the watermarks
	sweepAction  = trailName + "\x1fsweep"
)

// A run is one run of ours, wired as src/cmd/ct_anomaly wires that of an input which has looked at the trail for long.
type run struct {
	*cloud
	engine string
	now    func() time.Time

	trail  logs.Trail
	reader aws.Config // the role that reads the bucket and asks Athena
	store  store
	since  int64
}

// A store is a baseline with the books that belong to it.
type store interface {
	discern.Baseline
	discern.Outbox
	discern.Ledger
	discern.Journal
	Owner() string
}

// opened is the baseline of a run: the local file, or the table.
func (c *cloud) opened(cfg aws.Config, now func() time.Time) store {
	c.t.Helper()
	if c.file != nil {
		return c.file
	}
	table, err := dynamodb.Open(c.t.Context(), dynamodb.Options{
		Config: cfg, Table: baseTable, Owner: "collector", Ledger: trailName, Now: now,
		ForgetAfterDays: forgetAfterDays, RefreshDays: refreshDays, LedgerDays: sweepDays + ledgerMargin,
	})
	require.NoError(c.t, err)
	return table
}

// look does a run and gives its coverage.
func (r run) look(ctx context.Context) discern.Coverage {
	r.t.Helper()
	caller := r.caller()
	_, err := caller.Who(ctx)
	require.NoError(r.t, err)
	r.reader, err = caller.For(ctx, home, "CT_AthenaRole", true)
	require.NoError(r.t, err)
	r.trail, err = logs.Find(ctx, r.reader, logs.Trail{Bucket: trailBucket})
	require.NoError(r.t, err)
	r.store = r.opened(caller.Base(), r.now)
	var first bool
	r.since, first, err = discern.Begun(ctx, r.store, trailName, r.now().Unix())
	require.NoError(r.t, err)
	require.False(r.t, first, "the measured day is not the first")
	organization, err := caller.For(ctx, management, "CT_OrgsRole", true)
	require.NoError(r.t, err)
	roster, err := muster.Organized(ctx, organization, muster.Choice{})
	require.NoError(r.t, err)

	table, err := risk.Load()
	require.NoError(r.t, err)
	place := athena.NewPlace(r.reader, "", "", "")
	study := discern.Study{
		Muster: roll(roster.Accounts),
		Open: func(ctx context.Context, account string, reached int64) (discern.Activity, error) {
			return r.open(ctx, place, account, reached)
		},
		Baseline: r.store, Outbox: r.store, Ledger: r.store, Journal: r.store, Sinks: []discern.Sink{stream{}}, Risk: table,
		Terms: discern.Terms{LearningDays: learningDays, PrincipalLearningDays: principalLearningDays, ForgetAfterDays: forgetAfterDays, RefreshDays: refreshDays,
			OwnAddress: rules.NewAddresses(nil).Own},
		Now: r.now, RunID: fmt.Sprint(r.now().Unix()), Owner: r.store.Owner(), Trail: trailName, Engine: r.engine, Mode: discern.ModeLive,
	}
	ctx, cancel := context.WithTimeout(ctx, runAllowed)
	defer cancel()
	covered, err := study.Run(ctx)
	require.NoError(r.t, err)
	require.Equal(r.t, discern.StatusOK, covered.Status, "%s: %s %v", r.now(), covered.Error, covered.Warnings)
	return covered
}

// open opens the log of one account.
func (r run) open(ctx context.Context, place *athena.Place, account string, reached int64) (discern.Activity, error) {
	sweep, err := r.sweepFrom(ctx, account)
	if err != nil {
		return nil, err
	}
	remember := r.now().Unix() - sweepDays*discern.Day - lookback
	from := r.since - historyDays*discern.Day
	bucket, err := logs.OpenBucket(logs.BucketOptions{
		Config: r.reader, Trail: r.trail, AccountID: account, Ledger: r.store, Now: r.now, Match: match,
		After: reached, From: from, Since: r.since, Lookback: lookback, Sweep: sweep, Remember: remember,
	})
	if err != nil {
		return nil, err
	}
	var activity discern.Activity = bucket
	if r.engine == engineAthena {
		activity, err = athena.Open(ctx, athena.Options{
			Config: r.reader, Place: place, DeleteResults: true, Trail: athena.Trail{Bucket: r.trail.Bucket, Prefix: r.trail.Prefix, Organization: r.trail.Organization},
			AccountID: account, Files: tableFiles{bucket}, Rules: true, After: reached, From: from, Since: r.since, Lookback: lookback, Sweep: sweep, Now: r.now,
			Pause: func(ctx context.Context, _ time.Duration) error {
				time.Sleep(2 * time.Millisecond)
				return ctx.Err()
			},
		})
		if err != nil {
			return nil, err
		}
	}
	if sweep == 0 {
		return activity, nil
	}
	return swept{activity, func(ctx context.Context) error { return r.noteSweep(ctx, account) }}, nil
}

// sweepFrom is from when on all is looked at again, 0 where that was done within a day.
func (r run) sweepFrom(ctx context.Context, account string) (int64, error) {
	was, err := r.sweep(ctx, account)
	if now := r.now().Unix(); err == nil && now-was.LastSeen >= discern.Day {
		return now - sweepDays*discern.Day, nil
	}
	return 0, err
}

func (r run) sweep(ctx context.Context, account string) (discern.Known, error) {
	holder := discern.Holder{Kind: discern.Watermark, ID: account}
	memory, err := r.store.Recall(ctx, []discern.Question{{Holder: holder, Actions: []string{sweepAction}}})
	return memory[holder][sweepAction], err
}

func (r run) noteSweep(ctx context.Context, account string) error {
	was, err := r.sweep(ctx, account)
	if err != nil {
		return err
	}
	change := discern.Change{Holder: discern.Holder{Kind: discern.Watermark, ID: account}, Action: sweepAction, Was: was, Now: discern.Known{FirstSeen: was.FirstSeen, LastSeen: r.now().Unix()}}
	_, err = r.store.Write(ctx, []discern.Deed{{Changes: []discern.Change{change}}})
	return err
}

// swept notes a sweep at its end.
type swept struct {
	discern.Activity
	note func(context.Context) error
}

func (s swept) Next(ctx context.Context) (*discern.Piece, error) {
	p, err := s.Activity.Next(ctx)
	if err == io.EOF {
		if err := s.note(ctx); err != nil {
			return nil, err
		}
	}
	return p, err
}

// tableFiles are an account's log files as Athena's room asks for them.
type tableFiles struct{ *logs.Bucket }

func (f tableFiles) Days(ctx context.Context, from, to int64) ([]athena.Day, error) {
	found, err := f.Bucket.Days(ctx, from, to)
	days := make([]athena.Day, len(found))
	for i, d := range found {
		days[i] = athena.Day(d)
	}
	return days, err
}

// roll hands the accounts out.
type roll []muster.Account

func (r roll) Each(ctx context.Context, look func(ctx context.Context, account string)) ([]string, error) {
	left := muster.Each(ctx, r, muster.Pace{Concurrent: concurrentAccounts}, func(ctx context.Context, a muster.Account) { look(ctx, a.ID) })
	if len(left) > 0 {
		return nil, fmt.Errorf("%d accounts were not looked at", len(left))
	}
	return nil, nil
}

func match(r *cloudtrail.Record, matched func(rule, instance, address string)) {
	for _, rule := range rules.All() {
		if m, ok := rule.Match(r); ok {
			matched(m.Rule, m.Instance, m.Address)
		}
	}
}

// stream takes all, as the pipe to Splunk does.
type stream struct{}

func (stream) Name() string                                  { return "stream" }
func (stream) Send(context.Context, []discern.Pending) error { return nil }
