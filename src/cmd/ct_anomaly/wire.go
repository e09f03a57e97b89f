package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/risk"
	"cloudtrail_anomaly/src/rules"
	"cloudtrail_anomaly/src/settings"
)

// A job is one run to be wired: what differs between detect, learn, replay, demo and an input.
type job struct {
	store   store
	estate  *estate       // of logs on AWS, else nil
	trail   string        // names the watermarks
	folder  string        // where the state is kept, and what belongs to it
	runID   string        // made where none is given
	allowed time.Duration // how long the run may take, 0 where nothing waits for it
	mode    string
	sinks   []discern.Sink // where this run prints or writes
	far     far            // and those elsewhere
	from    int64          // what is earlier is learnt without telling
	to      int64          // what is later is not read
	rules   bool
	table   bool                         // what is told is for people: in order of time
	first   bool                         // the store has not begun to look there, or not settled what is history
	since   int64                        // what was delivered before is history; 0: nothing is
	read    func(done, total int64)      // is told how far the reading has come
	listed  func(*discern.History) error // is told what there is to read, before it is read
}

// match is nil where no rules are run.
func (j *job) match() func(*cloudtrail.Record, func(rule, instance, address string)) {
	if !j.rules {
		return nil
	}
	return matcher()
}

// wire puts the rooms together for one run. found counts what was listed in a folder; it is nil where logs are not in one.
func (d *door) wire(ctx context.Context, set *settings.Settings, j job) (st *discern.Study, found func() logs.Found, err error) {
	table, err := risk.Load()
	if err != nil {
		return nil, nil, err
	}
	if j.runID == "" {
		if j.runID, err = newRunID(); err != nil {
			return nil, nil, err
		}
	}
	st = &discern.Study{
		Baseline: j.store, Outbox: j.store, Ledger: j.store, Journal: j.store, Sinks: j.sinks, Risk: table,
		Terms: discern.Terms{
			LearningDays: set.LearningDays, PrincipalLearningDays: set.PrincipalLearningDays,
			ForgetAfterDays: set.ForgetAfterDays, RefreshDays: set.RefreshDays, TellFrom: j.from,
			Suppress: suppressor(set), OwnAddress: rules.NewAddresses(set.InstanceNetworks).Own,
		},
		Now: d.now, Asked: accounts(set), RunID: j.runID, Owner: j.store.Owner(), Trail: j.trail, Engine: set.Engine, Mode: j.mode,
	}
	if j.estate != nil {
		j.estate.wire(st, j)
	}
	if !inFolder(set) {
		return st, nil, j.estate.study(ctx, st, j)
	}
	folder, err := d.folder(set, j)
	if err != nil {
		return nil, nil, err
	}
	st.Engine, st.Activity, st.History, st.Newest = settings.EngineLogs, folder, folder.History, folder.Newest
	return st, folder.Found, nil
}

// folder opens a folder of logs.
func (d *door) folder(set *settings.Settings, j job) (folder *logs.Folder, err error) {
	folder, err = logs.Open(logs.Options{
		Root: set.Logs.At, Ledger: j.store, Now: d.now, Account: accounts(set), Category: categories(set), Match: j.match(),
		To: j.to, HistoryDays: set.HistoryDays, Progress: j.read, Since: j.since,
		First: j.first, Begun: func(ctx context.Context) error { return discern.Settled(ctx, j.store, j.trail, d.now().Unix()) },
		Listed: func() error {
			if j.listed == nil {
				return nil
			}
			return j.listed(folder.History())
		},
	})
	return folder, err
}

// matcher runs all rules on a record.
func matcher() func(*cloudtrail.Record, func(rule, instance, address string)) {
	all := rules.All()
	return func(r *cloudtrail.Record, matched func(rule, instance, address string)) {
		for i := range all {
			if m, ok := all[i].Match(r); ok {
				matched(m.Rule, m.Instance, m.Address)
			}
		}
	}
}

// accounts says whose records are judged; nil is everybody's.
func accounts(set *settings.Settings) func(string) bool {
	if len(set.Accounts) == 0 && len(set.ExcludeAccounts) == 0 {
		return nil
	}
	return func(id string) bool {
		return (len(set.Accounts) == 0 || slices.Contains(set.Accounts, id)) && !slices.Contains(set.ExcludeAccounts, id)
	}
}

func categories(set *settings.Settings) func(string) bool {
	if len(set.EventCategories) == 0 {
		return nil
	}
	return func(name string) bool { return slices.Contains(set.EventCategories, name) }
}

// suppressor says which events are written as suppressed, and by which setting.
func suppressor(set *settings.Settings) func(*discern.Event) (string, bool) {
	return func(e *discern.Event) (string, bool) {
		if strings.Contains(e.PrincipalARN, "/aws-service-role/") {
			return "service-linked role", true
		}
		if pattern, ok := set.IgnoredActions.Match(e.Action); ok && e.Action != "" {
			return "ignored_actions " + pattern, true
		}
		for _, name := range []string{e.PrincipalID, e.PrincipalARN, e.PrincipalName} {
			if pattern, ok := set.IgnoredPrincipals.Match(name); ok && name != "" {
				return "ignored_principals " + pattern, true
			}
		}
		return "", false
	}
}

func newRunID() (string, error) {
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return "", fmt.Errorf("make a run id: %w", err)
	}
	return hex.EncodeToString(id), nil
}

// stateHome is where the system keeps what programs remember of their work.
func stateHome() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" && runtime.GOOS == "linux" {
		return filepath.Join(dir, "ct_anomaly"), nil
	}
	if runtime.GOOS == "linux" {
		home, err := os.UserHomeDir()
		return filepath.Join(home, ".local", "state", "ct_anomaly"), err
	}
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "ct_anomaly"), err
}

// covered writes each coverage as a line of JSON.
func covered(to io.Writer) func(discern.Coverage) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	return func(c discern.Coverage) error {
		c.EstimatedCost = math.Round(c.EstimatedCost*1e6) / 1e6 // a request is a fraction of a millionth
		if err := enc.Encode(c); err != nil {
			return fmt.Errorf("write coverage: %w", err)
		}
		return nil
	}
}

// coverageTo opens where coverage goes: --coverage FILE, standard error with --output json, else nowhere.
func (d *door) coverageTo(o *options) (to func(discern.Coverage) error, done func() error, err error) {
	o.covered = true
	switch {
	case o.coverage != "":
		file, err := os.Create(o.coverage)
		if err != nil {
			return nil, nil, fmt.Errorf("open the file for coverage: %w", err)
		}
		return covered(file), file.Close, nil
	case o.output == outputJSON:
		return covered(d.err), func() error { return nil }, nil
	default:
		return nil, func() error { return nil }, nil
	}
}
