package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/baseline"
	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// stateFile is the baseline's name in a state folder.
const stateFile = "baseline.db"

// A store is a baseline with the books that belong to it.
type store interface {
	discern.Baseline
	discern.Outbox
	discern.Ledger
	discern.Journal
	baseline.Walker
	Owner() string // the collector, the same for all its runs
	Waiting(ctx context.Context) (pending int, err error)
	Path() string // where it is, for people
	Close() error
}

// openStore opens the baseline of a command: the table that is named, or the file in --state, or one in the user's own place for such things.
func (d *door) openStore(ctx context.Context, set *settings.Settings, o *options, e *estate) (store, error) {
	path, err := d.statePath(o)
	if err != nil {
		return nil, err
	}
	if set.DynamoTableName != "" {
		return e.locked(ctx, path)
	}
	return embedded.Open(path)
}

// look warns of what is amiss with a table and keeps nobody from working, such as a clean-up that is off. What does, the first call that meets it says.
func (e *estate) look(ctx context.Context, table *dynamodb.Store) {
	for _, c := range table.Check(ctx, false) {
		if !c.OK {
			e.warnings = append(e.warnings, fmt.Sprintf("%s %s: %s; %s", c.What, c.On, awscall.Words(c.Result), c.Mend))
		}
	}
}

// lockFile keeps a second command from being the same collector at the same time: both would send what is pending.
const lockFile = "in-use.db"

// locked opens the table for this command alone of all that have this state.
func (e *estate) locked(ctx context.Context, state string) (lockedTable, error) {
	lock, err := embedded.Open(filepath.Join(filepath.Dir(state), lockFile))
	if err != nil {
		return lockedTable{}, err
	}
	table, err := e.dynamo(ctx, collector(state))
	if err != nil {
		return lockedTable{}, errors.Join(err, lock.Close())
	}
	return lockedTable{table, lock}, nil
}

type lockedTable struct {
	*dynamodb.Store
	lock *embedded.Store
}

func (t lockedTable) Close() error { return errors.Join(t.Store.Close(), t.lock.Close()) }

// openBoth opens the baseline of a command that reads logs, and the estate where one of the two is on AWS.
func (d *door) openBoth(ctx context.Context, set *settings.Settings, o *options) (s store, e *estate, err error) {
	if onAWS(set) {
		if e, err = d.estate(ctx, set, o); err != nil {
			return nil, nil, err
		}
		if err := e.find(ctx); err != nil {
			return nil, nil, err
		}
	}
	path, err := d.statePath(o)
	if err != nil {
		return nil, nil, err
	}
	first := !exists(filepath.Join(filepath.Dir(path), lockFile))
	s, err = d.openStore(ctx, set, o, e)
	if table, ok := s.(lockedTable); ok && first && err == nil {
		e.look(ctx, table.Store)
	}
	return s, e, err
}

// stored are the settings of a command that works with a baseline, and the estate where that is in DynamoDB.
func (d *door) stored(ctx context.Context, o *options) (*settings.Settings, *estate, error) {
	set, err := d.settings(o)
	if err != nil || set.DynamoTableName == "" {
		return set, nil, err
	}
	e, err := d.estate(ctx, set, o)
	return set, e, err
}

// storeOf opens a baseline that must exist, to read only where nothing will change.
func (d *door) storeOf(ctx context.Context, o *options, change bool) (store, error) {
	_, e, err := d.stored(ctx, o)
	if err != nil {
		return nil, err
	}
	path, err := d.statePath(o)
	if err != nil {
		return nil, err
	}
	if e != nil {
		return e.locked(ctx, path)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no baseline at %s yet: ct_anomaly learn or detect anomaly makes one, --state says where it is kept, and --dynamo-table-name that it is in DynamoDB", path)
	}
	if change {
		return embedded.Open(path)
	}
	return embedded.OpenToRead(path)
}

// dynamo opens the baseline in DynamoDB. The collector is known by its host and what it is there, so that each of its runs is the same one's.
func (e *estate) dynamo(ctx context.Context, collector string) (*dynamodb.Store, error) {
	o := dynamodb.Options{
		Config: awscall.In(e.caller.Base(), either(e.set.AWSRegion, e.trail.Region)), Table: e.set.DynamoTableName, Owner: collector, Now: e.now,
		ForgetAfterDays: e.set.ForgetAfterDays, RefreshDays: e.set.RefreshDays,
	}
	if e.trail.Bucket != "" { // names older than the sweep are told by the watermark
		o.Ledger, o.LedgerDays = e.trailName(), e.set.SweepDays+ledgerMargin
	}
	return dynamodb.Open(ctx, o)
}

// ledgerMargin is how many days files are remembered beyond the sweep.
const ledgerMargin = 30

// collector is what a command on this host with this state is called.
func collector(state string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return host + " " + state
}

func (d *door) statePath(o *options) (string, error) {
	folder, err := d.stateFolder(o)
	return filepath.Join(folder, stateFile), err
}

func (d *door) stateFolder(o *options) (string, error) {
	if o.state != "" {
		return o.state, nil
	}
	home, err := d.home()
	if err != nil {
		return "", fmt.Errorf("find a place for the state: %w; give --state DIR", err)
	}
	return home, nil
}
