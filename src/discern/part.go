package discern

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A part of a run is looked at as one: the log of one account, or a place that holds those of many.
type part struct {
	*run
	own       string           // the account; "" where there are many
	watermark map[string]int64 // by account, as it stood when this part first met the account
	reached   map[string]Known // the watermark's item as it stands now
}

func (r *run) newPart(own string) *part {
	return &part{run: r, own: own, watermark: map[string]int64{}, reached: map[string]Known{}}
}

// account looks at one account of the muster. What ends the look stands in the account's coverage.
func (r *run) account(ctx context.Context, id string) {
	r.ended(id, r.newPart(id).look(ctx))
}

func (r *part) look(ctx context.Context) error {
	mark, own := Holder{Watermark, r.own}, Holder{Account, r.own}
	memory, err := r.Baseline.Recall(ctx, []Question{{mark, []string{r.Trail}}, {own, []string{""}}})
	if err != nil {
		return fmt.Errorf("recall up to where account %s was looked at: %w", r.own, err)
	}
	r.mustered(r.own, memory[own][""].FirstSeen)
	at := memory[mark][r.Trail]
	r.reached[r.own], r.watermark[r.own] = at, at.LastSeen
	r.stands(r.own, at.LastSeen)
	activity, err := r.Open(ctx, r.own, at.LastSeen)
	if err != nil {
		return err
	}
	return r.all(ctx, activity)
}

// all takes piece after piece.
func (r *part) all(ctx context.Context, activity Activity) error {
	for {
		p, err := activity.Next(ctx)
		if errors.Is(err, io.EOF) {
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
	var deeds []Deed
	move := func(account string, to int64) {
		was := r.reached[account]
		if to <= was.LastSeen {
			return
		}
		now := Known{FirstSeen: earlier(was.FirstSeen, to), LastSeen: to}
		r.reached[account] = now
		deeds = append(deeds, Deed{Changes: []Change{{Holder: Holder{Watermark, account}, Action: r.Trail, Was: was, Now: now}}})
	}
	if r.own != "" {
		to := p.Reached
		if look := p.Looks[r.own]; look != nil && to == 0 {
			to = look.NewestDelivery
		}
		move(r.own, to)
	} else {
		for account, look := range p.Looks {
			move(account, look.NewestDelivery)
		}
	}
	if _, err := r.Baseline.Write(ctx, deeds); err != nil {
		return fmt.Errorf("move the watermark of %d accounts: %w", len(deeds), err)
	}
	for account, at := range r.reached {
		r.stands(account, at.LastSeen)
	}
	return nil
}
