package athena

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"cloudtrail_anomaly/src/discern"
)

// Options say which account's log is looked at, what of it, and where queries run.
type Options struct {
	Config        aws.Config // of Athena's account and region
	Role          string     // who that is, for what Athena is refused on its behalf; may be empty
	Workgroup     string     // "" is primary
	Bucket        string     // for results where the workgroup does not say; "" has the workgroup say
	Prefix        string     // above the results in that bucket
	Place         *Place     // instead of these three: shared by accounts, so that the workgroup is looked up once
	Database      string     // "" is default
	DeleteResults bool       // results are deleted once what they told is put away

	Trail     Trail
	AccountID string
	Files     Files

	Account  func(id string) bool   // whose records are judged; nil is everybody
	Category func(name string) bool // which event categories are judged; nil is all
	Rules    bool

	// Delivery times, Unix seconds, and a stretch of them.
	After    int64 // up to where was looked at before; 0: nothing was
	From     int64 // a first look begins there; 0: with the first file
	Since    int64 // what was delivered before is history, and no piece holds both; 0: nothing is
	Lookback int64 // what was delivered so long before After is looked at again
	Sweep    int64 // from there on all is looked at again; 0: not this time
	Swept    int64 // up to where earlier runs have come with that

	Now      func() time.Time
	Pause    func(ctx context.Context, wait time.Duration) error             // nil waits
	May      func(ctx context.Context, bytes int64) (over func(), err error) // is asked before a query; bytes are what it will scan, 0 where nobody knows; over is called when it has ended
	Spent    func(bytes int64)                                               // is told what a query scanned
	Progress func(done, total int64)                                         // bytes of the log files, as far as they were listed
}

func (o Options) table() Table {
	return Table{Database: cmp.Or(o.Database, "default"), Account: o.AccountID, Trail: o.Trail}
}

// check refuses what is no name. All names are quoted all the same.
func (o Options) check() error {
	switch {
	case !accountForm.MatchString(o.AccountID):
		return fmt.Errorf("athena: %q is no account id: 1 to 12 digits", o.AccountID)
	case o.Database != "" && !databaseForm.MatchString(o.Database):
		return fmt.Errorf("athena_database: %q is no name of a database: letters, digits and _", o.Database)
	}
	if err := o.Trail.check(); err != nil {
		return fmt.Errorf("athena: %w", err)
	}
	return nil
}

// A Log is an Activity over one account's log files, seen through Athena. It is not safe for concurrent use; several accounts' are, side by
// side.
type Log struct {
	Options
	desk
	t        Table
	regions  []string
	strange  int  // folders beside those of the regions
	said     bool // that there are
	planned  bool
	windows  []window // still to be looked at, oldest first
	newest   int64    // the latest day with files that was listed, Unix seconds
	most     int64    // bytes of a piece
	total    int64
	done     int64
	again    bool  // a live window was repeated, because a query of an earlier run had answered for it
	reached  int64 // by the pieces that were given
	given    *tally
	direct   discern.Activity // reads on without Athena; nil while nothing is kept from that
	finished []*execution     // whose results are deleted once the piece is put away
}

var _ discern.Activity = (*Log)(nil)

// Open asks nothing of AWS yet.
func Open(_ context.Context, o Options) (*Log, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Log{Options: o, desk: o.desk(), t: o.table()}, nil
}

// A desk is where queries are handed in.
type desk struct {
	athena   *athena.Client
	s3       *s3.Client
	place    *Place
	database string
	now      func() time.Time
	opened   int64 // when this run began, Unix seconds
	pause    func(ctx context.Context, wait time.Duration) error
	role     string
	may      func(ctx context.Context, bytes int64) (over func(), err error)
	spent    func(bytes int64)
}

func (o Options) desk() desk {
	d := desk{
		athena: athena.NewFromConfig(o.Config), s3: s3.NewFromConfig(o.Config), place: o.Place, database: o.table().Database,
		now: o.Now, pause: o.Pause, role: cmp.Or(o.Role, "the role that asks Athena"), may: o.May, spent: o.Spent,
	}
	if d.place == nil {
		d.place = NewPlace(o.Config, o.Workgroup, o.Bucket, o.Prefix)
	}
	if d.now == nil {
		d.now = time.Now
	}
	d.opened = d.now().Unix()
	if d.pause == nil {
		d.pause = wait
	}
	if d.may == nil {
		d.may = func(context.Context, int64) (func(), error) { return func() {}, nil }
	}
	if d.spent == nil {
		d.spent = func(int64) {}
	}
	return d
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// judged are the categories, of those that CloudTrail has, whose records are judged; nil is all, also of categories that it has tomorrow.
func (o Options) judged() []string {
	if o.Category == nil {
		return nil
	}
	judged := []string{}
	for _, name := range [...]string{"Management", "Data", "NetworkActivity", "Aggregated"} {
		if o.Category(name) {
			judged = append(judged, name)
		}
	}
	return judged
}

// folder is a prefix in a bucket as an address that ends with a slash.
func folder(bucket, prefix string) string {
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	return "s3://" + bucket + "/" + prefix
}
