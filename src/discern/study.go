package discern

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// leaseSeconds is how long another collector leaves a pending anomaly to its owner: longer than any delivery takes, shorter than
// anybody would wait for an alert.
const leaseSeconds = 15 * 60

// batchFindings bounds how many anomalies are held with their evidence at once.
const batchFindings = 2000

// claimAttempts bounds how often the same principals are judged again because another collector changed them meanwhile.
const claimAttempts = 10

// A Study is what a run needs: an activity to hold against a baseline. All fields must be set, but for Input, Notes, Newest, History, Covered and, where nothing is told, Sinks.
type Study struct {
	Activity Activity
	Baseline Baseline
	Outbox   Outbox
	Ledger   Ledger
	Journal  Journal
	Sinks    []Sink
	Risk     Risk
	Terms    Terms
	Now      func() time.Time

	RunID  string
	Input  string
	Owner  string // who claims: the same for all runs of one collector
	Trail  string // names the watermark: the place the logs come from
	Engine string
	Mode   string   // live, replay or demo; of live pieces that are history it is told
	Notes  []string // what the run's coverage says besides, as warnings

	Newest  func() int64         // the newest delivery that is known of, looked at or not, Unix seconds; 0 or nil where none is
	History func() *History      // how far the reading of history has come; nil where there is none
	Covered func(Coverage) error // is given the coverage of each account, then that of the run
}

// A run is a Study at work.
type run struct {
	*Study
	books
	watermark map[string]int64 // by account, as it stood when this run first met the account
	reached   map[string]Known // the watermark's item as it stands now

	has         map[string]bool // what this run delivered of the pending, by id and sink
	undelivered error           // of sinks that did not take all they were given
}

// Run does all that is to be done, piece by piece, and returns the run's coverage. For each piece: what is known is recalled, the
// sightings are judged, each anomaly is claimed together with its finished event, delivered, confirmed, and only then are the
// files noted as looked at. So whatever happens in between, the next run finds an anomaly either still unknown, and judges it
// again to the same id, or pending, and sends the stored event.
//
// The error is one that ended the run early; what was claimed until then stays claimed or pending.
func (st *Study) Run(ctx context.Context) (Coverage, error) {
	r := &run{Study: st, books: open(st), watermark: map[string]int64{}, reached: map[string]Known{}, has: map[string]bool{}}
	err := r.all(ctx)
	if end := r.Journal.End(context.WithoutCancel(ctx), r.RunID); end != nil {
		err = errors.Join(err, fmt.Errorf("note the run's end: %w", end))
	}
	return r.close(err)
}

func (r *run) all(ctx context.Context) error {
	unfinished, err := r.Journal.Begin(ctx, r.RunID)
	if err != nil {
		return fmt.Errorf("note the run's begin: %w", err)
	}
	r.whole.UnfinishedRunID = unfinished
	if err := r.sendPending(ctx); err != nil {
		return err
	}
	for {
		p, err := r.Activity.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read activity: %w", err)
		}
		if err := r.piece(ctx, p); err != nil {
			return err
		}
	}
}

// piece judges one piece and puts it away. Where another collector was quicker with an item, the principals concerned are judged once
// more on what it left.
func (r *run) piece(ctx context.Context, p *Piece) error {
	sightings := p.Sightings
	for attempt := 0; len(sightings) > 0; attempt++ {
		if attempt == claimAttempts {
			return fmt.Errorf("judge %d sightings: another collector changed what is known of their principals %d times meanwhile", len(sightings), attempt)
		}
		j, err := r.recall(ctx, p, sightings)
		if err != nil {
			return err
		}
		j.all(sightings)
		lost, err := r.claim(ctx, j, p)
		if err != nil {
			return err
		}
		if attempt == 0 {
			r.judged(j)
		}
		sightings = of(sightings, lost)
	}
	if err := r.Ledger.Looked(ctx, p.Files); err != nil {
		return fmt.Errorf("note %d files as looked at: %w", len(p.Files), err)
	}
	r.looked(p)
	return r.forward(ctx, p)
}

// forward moves the watermark of a piece's accounts: never back, and never before all that was found up to there is claimed.
func (r *run) forward(ctx context.Context, p *Piece) error {
	var deeds []Deed
	for account, look := range p.Looks {
		was := r.reached[account]
		if look.NewestDelivery <= was.LastSeen {
			continue
		}
		now := Known{FirstSeen: earlier(was.FirstSeen, look.NewestDelivery), LastSeen: look.NewestDelivery}
		r.reached[account] = now
		deeds = append(deeds, Deed{Changes: []Change{{Holder: Holder{Watermark, account}, Action: r.Trail, Was: was, Now: now}}})
	}
	if _, err := r.Baseline.Write(ctx, deeds); err != nil {
		return fmt.Errorf("move the watermark of %d accounts: %w", len(deeds), err)
	}
	return nil
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
