package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/risk"
	"cloudtrail_anomaly/src/rules"
	"cloudtrail_anomaly/src/settings"
)

// stateFile is the baseline's name in a state folder.
const stateFile = "baseline.db"

// A job is one run to be wired: what differs between detect, learn, replay and demo.
type job struct {
	store  *embedded.Store
	runID  string // made where none is given
	mode   string
	sinks  []discern.Sink
	from   int64 // what is earlier is learnt without telling
	to     int64 // what is later is not read
	rules  bool
	first  bool                         // the store has not begun to look there
	since  int64                        // what was delivered before is history; 0: nothing is
	read   func(done, total int64)      // is told how far the reading has come
	listed func(*discern.History) error // is told what there is to read, before it is read
}

// wire puts the rooms together for one run over a folder of logs.
func (d *door) wire(set *settings.Settings, j job) (*discern.Study, *logs.Folder, error) {
	table, err := risk.Load()
	if err != nil {
		return nil, nil, err
	}
	var match func(*cloudtrail.Record, func(rule, instance, address string))
	if j.rules {
		match = matcher()
	}
	var folder *logs.Folder
	folder, err = logs.Open(logs.Options{
		Root: set.Logs.At, Ledger: j.store, Now: d.now, Account: accounts(set), Category: categories(set), Match: match,
		To: j.to, HistoryDays: set.HistoryDays, Progress: j.read, Since: j.since,
		First: j.first, Begun: func(ctx context.Context) error { return discern.Settled(ctx, j.store, trail, d.now().Unix()) },
		Listed: func() error {
			if j.listed == nil {
				return nil
			}
			return j.listed(folder.History())
		},
	})
	if err != nil {
		return nil, nil, err
	}
	runID := j.runID
	if runID == "" {
		if runID, err = newRunID(); err != nil {
			return nil, nil, err
		}
	}
	return &discern.Study{
		Activity: folder, Baseline: j.store, Outbox: j.store, Ledger: j.store, Journal: j.store, Sinks: j.sinks, Risk: table,
		Terms: discern.Terms{
			LearningDays: set.LearningDays, PrincipalLearningDays: set.PrincipalLearningDays,
			ForgetAfterDays: set.ForgetAfterDays, RefreshDays: set.RefreshDays, TellFrom: j.from,
			Suppress: suppressor(set), OwnAddress: rules.NewAddresses(set.InstanceNetworks).Own,
		},
		Now: d.now, RunID: runID, Owner: j.store.Owner(), Trail: trail, History: folder.History, Newest: folder.Newest, Engine: settings.EngineLogs, Mode: j.mode,
	}, folder, nil
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

// openState opens the baseline of a command. The folder is --state, or one in the user's own place for such things.
func (d *door) openState(o *options) (*embedded.Store, error) {
	path, err := d.statePath(o)
	if err != nil {
		return nil, err
	}
	return embedded.Open(path)
}

// readState opens a baseline that must exist, to read only; changeState to change it.
func (d *door) readState(o *options) (*embedded.Store, error) {
	return d.existing(o, embedded.OpenToRead)
}
func (d *door) changeState(o *options) (*embedded.Store, error) { return d.existing(o, embedded.Open) }

func (d *door) existing(o *options, open func(string) (*embedded.Store, error)) (*embedded.Store, error) {
	path, err := d.statePath(o)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no baseline at %s yet: ct_anomaly learn or detect anomaly makes one, and --state says where it is kept", path)
	}
	return open(path)
}

func (d *door) statePath(o *options) (string, error) {
	if o.state != "" {
		return filepath.Join(o.state, stateFile), nil
	}
	home, err := d.home()
	if err != nil {
		return "", fmt.Errorf("find a place for the state: %w; give --state DIR", err)
	}
	return filepath.Join(home, stateFile), nil
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
		if err := enc.Encode(c); err != nil {
			return fmt.Errorf("write coverage: %w", err)
		}
		return nil
	}
}

// coverageTo opens where coverage goes: --coverage FILE, standard error with --output json, else nowhere.
func (d *door) coverageTo(o *options) (to func(discern.Coverage) error, done func() error, err error) {
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
