package discern

import (
	"context"
	"fmt"
	"io"
)

// A part of a run is looked at as one: the log of one account, or a place that holds those of many.
type part struct {
	*run
	own       string           // the account; "" where there are many
	watermark map[string]int64 // by account, as it stood when this part first met the account
	reached   map[string]Known // the watermark's item as it stands now
	roll      Memory           // of many accounts: whose log came before
	gathered  []Pending        // claimed, for the sinks that want all at once
}

func (r *run) newPart(own string) *part {
	return &part{run: r, own: own, watermark: map[string]int64{}, reached: map[string]Known{}, roll: Memory{}}
}

// account looks at one account of the muster. What ends the look stands in the account's coverage.
func (r *run) account(ctx context.Context, id string) {
	r.ended(id, r.newPart(id).look(ctx))
}

func (r *part) look(ctx context.Context) error {
	if err := r.meet(ctx, 0, r.own); err != nil {
		return err
	}
	activity, err := r.Open(ctx, r.own, r.watermark[r.own])
	if err != nil {
		return err
	}
	return r.all(ctx, activity)
}

// all takes piece after piece.
func (r *part) all(ctx context.Context, activity Activity) error {
	defer r.handOver(ctx)
	for {
		p, err := activity.Next(ctx)
		if err == io.EOF { // itself: a connection that breaks is wrapped around one, and is no end
			return nil
		}
		if err != nil {
			return fmt.Errorf("read activity: %w", err)
		}
		if err := r.piece(ctx, activity, p); err != nil {
			return err
		}
	}
}

// piece judges one piece and puts it away. Where another collector was quicker with an item, the principals concerned are judged once
// more on what it left.
func (r *part) piece(ctx context.Context, activity Activity, p *Piece) error {
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
		lost, err := r.claim(ctx, activity, j, p)
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
	r.looked(r.own, p)
	return r.forward(ctx, p)
}

// forward moves the watermark of a piece's accounts: never back, and never before all that was found up to there is claimed. The log of one
// account may hold records of another, whose watermark is its own log's alone.
func (r *part) forward(ctx context.Context, p *Piece) error {
	ends := map[string]end{}
	if r.own != "" {
		e := end{to: p.Reached}
		if look := p.Looks[r.own]; look != nil {
			e.newest = look.NewestDelivery
		}
		if e.to == 0 {
			e.to = e.newest
		}
		ends[r.own] = e
	} else {
		for account, look := range p.Looks {
			ends[account] = end{look.NewestDelivery, look.NewestDelivery}
		}
	}
	for attempt := 0; len(ends) > 0; attempt++ {
		if attempt == claimAttempts {
			return fmt.Errorf("move the watermark of %d accounts: another collector moved it %d times meanwhile", len(ends), attempt)
		}
		if err := r.move(ctx, ends); err != nil {
			return fmt.Errorf("move the watermark of %d accounts: %w", len(r.reached), err)
		}
	}
	for account, at := range r.reached {
		r.stands(account, at)
	}
	return nil
}

// An end is up to where a piece goes in an account's log, and when its newest file was delivered.
type end struct{ to, newest int64 }

// move moves watermarks to their ends, and leaves of those the ones that another collector moved meanwhile, with what it left recalled.
func (r *part) move(ctx context.Context, ends map[string]end) error {
	var deeds []Deed
	var movers []string // the account of each deed
	now := r.Now().Unix()
	for account, e := range ends {
		was := r.reached[account]
		is := Known{LastSeen: max(was.LastSeen, e.to), FirstOK: max(was.FirstOK, min(e.newest, now))} // a wrong date must not hide that a log stops
		is.FirstSeen = earlier(was.FirstSeen, is.LastSeen)
		if is == was || is.LastSeen == 0 {
			continue
		}
		r.reached[account] = is
		deeds, movers = append(deeds, Deed{Changes: []Change{{Holder: Holder{Watermark, account}, Action: r.Trail, Was: was, Now: is}}}), append(movers, account)
		if _, called := r.roll[account]; r.own == "" && !called {
			r.roll[account] = is
			deeds = append(deeds, Deed{Changes: []Change{{Holder: rollOf(r.Trail), Action: account, Now: Known{FirstSeen: e.to, LastSeen: e.to}}}})
			movers = append(movers, "") // whoever was quicker called the same
		}
	}
	done, err := r.Baseline.Write(ctx, deeds)
	if err != nil {
		return err
	}
	lost := map[string]end{}
	var questions []Question
	for i, account := range movers {
		if !done[i] && account != "" {
			lost[account] = ends[account]
			questions = append(questions, Question{Holder{Watermark, account}, []string{r.Trail}})
		}
	}
	clear(ends)
	if len(lost) == 0 {
		return nil
	}
	memory, err := r.Baseline.Recall(ctx, questions)
	for account, e := range lost {
		ends[account], r.reached[account] = e, memory[Holder{Watermark, account}][r.Trail]
	}
	return err
}
