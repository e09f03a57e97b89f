package discern

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// leaseSeconds is how long another collector leaves a pending anomaly to its owner: longer than any delivery takes, shorter than
// anybody would wait for an alert.
const leaseSeconds = 15 * 60

// batchFindings bounds how many anomalies are held with their evidence at once.
const batchFindings = 2000

// claimAttempts bounds how often the same principals are judged again because another collector changed them meanwhile.
const claimAttempts = 10

// A Study is what a run needs: an activity to hold against a baseline. Of Activity and Muster one is set; the fields from Input on, but for RunID to
// Mode, may be left empty, and Sinks where nothing is told.
type Study struct {
	Activity Activity                                                                   // of all accounts at once
	Muster   Muster                                                                     // or: hands out the accounts, whose activities
	Open     func(ctx context.Context, account string, reached int64) (Activity, error) // are opened one by one; reached is the account's watermark, 0 where there is none
	Baseline Baseline
	Outbox   Outbox
	Ledger   Ledger
	Journal  Journal
	Sinks    []Sink
	Risk     Risk
	Terms    Terms
	Now      func() time.Time

	RunID  string
	Owner  string // who claims: the same for all runs of one collector
	Trail  string // names the watermark: the place the logs come from
	Engine string
	Mode   string // live, replay or demo; of live pieces that are history it is told

	Input     string
	Together  bool                        // what is found is delivered at the end of the run, in order of time; for a Baseline that nobody shares
	Asked     func(account string) bool   // whose records are judged; nil is everybody's
	Members   []string                    // of Activity: accounts that are there, whether their log comes or not
	Notes     []string                    // what the run's coverage says besides, as warnings
	Roles     Roles                       // says more of roles that have an anomaly
	Instances Instances                   // says more of instances whose credentials are used
	Member    func(account string) Member // what is known of an account besides its log
	Explain   func(error) error           // gives an error of an activity as a Halt, where there are words for it
	Newest    func() int64                // the newest delivery that is known of, looked at or not, Unix seconds; 0 where none is
	History   func() *History             // how far the reading of history has come; nil where there is none
	Spent     func() Spent                // what the run has cost so far, besides its queries
	Covered   func(Coverage) error        // is given the coverage of each account, then that of the run
}

// A run is a Study at work.
type run struct {
	*Study
	books

	sending     chan struct{} // holds one while sinks take a delivery: they take one at a time
	held        []Pending     // Together: until the end
	outset      outset
	has         map[string]bool            // what this run delivered of the pending, by id and sink
	waiting     map[string]map[string]bool // by account, the ids of what was not delivered
	undelivered error                      // of sinks that did not take all they were given
}

// Run does all that is to be done, piece by piece, and returns the run's coverage. For each piece: what is known is recalled, the
// sightings are judged, each anomaly is claimed together with its finished event, delivered, confirmed, and only then are the
// files noted as looked at. So whatever happens in between, the next run finds an anomaly either still unknown, and judges it
// again to the same id, or pending, and sends the stored event.
//
// The error is one that ended the run early; what was claimed until then stays claimed or pending. What ends the look at one account of a
// muster stands in that account's coverage, and ends nothing else.
func (st *Study) Run(ctx context.Context) (Coverage, error) {
	r := &run{Study: st, has: map[string]bool{}, waiting: map[string]map[string]bool{}, sending: make(chan struct{}, 1)}
	if st.Muster != nil {
		r.outset.of = map[string]Known{}
	}
	r.books.open(st)
	err := r.all(ctx)
	r.deliver(context.WithoutCancel(ctx), inTime(r.held), every)
	c, unsaid := r.close(err)
	if unsaid != nil {
		return c, errors.Join(err, unsaid) // the next run names this one as unfinished: of it, nothing else was to be heard
	}
	if end := r.end(ctx); end != nil {
		err = errors.Join(err, fmt.Errorf("note the run's end: %w", end))
	}
	return c, err
}

// endTime is what noting the end of a run may take, whatever time the run had left.
const endTime = 15 * time.Second

func (r *run) end(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	return r.Journal.End(ctx, r.RunID)
}

// begin notes the run's begin, and sends what is pending.
func (r *run) begin(ctx context.Context) error {
	unfinished, err := r.Journal.Begin(ctx, r.RunID)
	r.whole.UnfinishedRunID = unfinished // also with an error: what was noted of this run may have taken its place
	if err != nil {
		return fmt.Errorf("note the run's begin: %w", err)
	}
	return r.sendPending(ctx)
}

func (r *run) all(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		r.none(ctx, err)
		return err
	}
	if r.Muster == nil {
		all := r.newPart("")
		if err := all.callRoll(ctx); err != nil {
			return err
		}
		return all.all(ctx, r.Activity)
	}
	left, err := r.Muster.Each(ctx, func(ctx context.Context, account string) { r.account(ctx, account) })
	if err != nil { // none was looked at
		for _, account := range left {
			r.ended(account, err)
		}
		return err
	}
	if len(left) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		err = r.newPart("").meet(ctx, 0, left...)
	}
	for _, account := range left {
		r.ended(account, &Halt{Status: StatusSkipped, Code: CodeDeadline, Err: errors.New("the time of this run was over before it was this account's turn"), Next: goesOn})
	}
	return err
}

// none says of each account of the muster that it was not looked at.
func (r *run) none(ctx context.Context, err error) {
	if r.Muster == nil {
		return
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	left, _ := r.Muster.Each(over, func(context.Context, string) {}) // a muster that is over gives all of them back
	for _, account := range left {
		r.ended(account, err)
	}
}

// of picks the sightings of some principals.
func of(sightings []Sighting, principals map[string]bool) []Sighting {
	var some []Sighting
	for i := range sightings {
		if principals[sightings[i].Principal] {
			some = append(some, sightings[i])
		}
	}
	return some
}
