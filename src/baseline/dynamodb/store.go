// Package dynamodb keeps a baseline in a DynamoDB table that any number of collectors share: the table of the older tools, with partition
// key RoleId, sort key Action and the attribute TTL, which it adopts as it is.
//
// It judges nothing: what has expired is given out, and discern says whether it still explains. Nor does it configure calls: roles, endpoints and
// the retries of single calls come with the aws.Config. What those retries can't see is done here: items left unprocessed, transactions that
// met each other, and throttling that lasts. Every change is conditional on what was read, so reads may be eventually consistent, at half the
// price: a stale one costs another look and tells nothing twice.
package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"cloudtrail_anomaly/src/discern"
)

// Format is the number of the layout of our items. A table with a higher one is refused when a run begins.
const Format = 1

// Options say which table it is and who uses it.
type Options struct {
	Config aws.Config
	Table  string // its name or ARN
	Owner  string // the collector: the same for all runs of one input, and nobody else's
	Ledger string // whose list of files looked at: the trail's, where collectors that read the same one share it; default: the owner's
	Now    func() time.Time

	ForgetAfterDays int // of discern.Terms
	RefreshDays     int
	LedgerDays      int // after which a file looked at is dropped from the list; 0: never

	Concurrent int                                                    // calls at once; default 16
	Pause      func(ctx context.Context, d time.Duration) (err error) // default: waits
}

// A Store is a table in use. It is safe for concurrent use.
type Store struct {
	o      Options
	db     *sdk.Client
	meter  meter
	slots  chan struct{}
	recent recent
}

var (
	_ discern.Baseline = (*Store)(nil)
	_ discern.Outbox   = (*Store)(nil)
	_ discern.Ledger   = (*Store)(nil)
	_ discern.Journal  = (*Store)(nil)
)

// Open makes a store of a table. It makes no call: a table that does not exist is found by the first one.
func Open(_ context.Context, o Options) (*Store, error) {
	var faults []error
	if o.Table == "" {
		faults = append(faults, errors.New("a DynamoDB table needs its name: give dynamo_table_name"))
	}
	if o.Owner == "" {
		faults = append(faults, errors.New("a DynamoDB table is shared: say which collector uses it"))
	}
	if o.Now == nil {
		faults = append(faults, errors.New("a DynamoDB table needs a clock"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return connect(o), nil
}

func connect(o Options) *Store {
	if o.Ledger == "" {
		o.Ledger = o.Owner
	}
	if o.Concurrent <= 0 {
		o.Concurrent = 16
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	s := &Store{o: o, slots: make(chan struct{}, o.Concurrent)}
	s.recent.now = o.Now
	s.db = sdk.NewFromConfig(o.Config, func(c *sdk.Options) { c.APIOptions = append(c.APIOptions, s.meter.install) })
	return s
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Owner names the collector.
func (s *Store) Owner() string { return s.o.Owner }

// Table is its name or ARN, as given.
func (s *Store) Table() string { return s.o.Table }

// Path says where the baseline is.
func (s *Store) Path() string {
	return fmt.Sprintf("DynamoDB table %s (%s)", s.o.Table, s.o.Config.Region)
}

// Close does nothing: there is nothing to let go of.
func (s *Store) Close() error { return nil }

// Spent is what the calls so far have cost, in capacity units as DynamoDB counted them, and how many requests were sent, repeated ones too.
func (s *Store) Spent() (reads, writes float64, requests int) { return s.meter.spent() }

// span is how long, in seconds, a pair is known after it was last seen.
func (s *Store) span() int64 { return int64(s.o.ForgetAfterDays+s.o.RefreshDays) * discern.Day }
