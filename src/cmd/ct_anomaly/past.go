package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// A past is how far back the accounts of a muster are read, and what of it is still to be read.
type past struct {
	since   int64            // what was delivered before is history; 0: nothing is called so
	from    int64            // the oldest delivery wanted; 0 is all
	join    int64            // the oldest delivery wanted of an account that was not looked at yet; 0 is all
	until   int64            // the end of what an account not looked at yet has to catch up with
	reached map[string]int64 // by account: up to where it was looked at
	began   map[string]int64 // by account that is behind: where its reading began in this run
	files   int              // of these accounts, by estimate
	bytes   int64
}

// oldest is the oldest delivery that is wanted of an account that was looked at up to reached. A command counts its days back from now: what
// was delivered since an account was last looked at is wanted whatever they say. An input counts them from its own beginning, and for an
// account that joins later from then.
func (p *past) oldest(reached int64) int64 {
	switch {
	case reached == 0:
		return max(p.from, p.join)
	case p.since == 0:
		return 0
	}
	return p.from
}

// joinDays are read at least of an account that joins later: it may have been there while nobody looked.
const joinDays = 7

// estimated bounds how many accounts' folders are listed to estimate what all of them hold.
const estimated = 25

// measure finds which accounts are behind, and estimates what is to be read of them from some of them.
func (e *estate) measure(ctx context.Context, j job) error {
	p := &past{since: j.since, until: j.since, began: map[string]int64{}}
	if p.until == 0 {
		p.until = e.now().Unix()
	}
	if e.set.HistoryDays != settings.HistoryAll {
		p.from = p.until - int64(e.set.HistoryDays)*discern.Day
		p.join = e.now().Unix() - max(int64(e.set.HistoryDays), joinDays)*discern.Day
	}
	e.past = p
	reached, err := e.reached(ctx, j.store)
	if err != nil {
		return err
	}
	p.reached = reached
	if j.since != 0 && !j.first {
		return nil
	}
	var behind []string
	for _, a := range e.accounts {
		if at := max(reached[a.ID], p.from); at < p.until && (j.since != 0 || reached[a.ID] == 0) {
			p.began[a.ID] = at
			behind = append(behind, a.ID)
		}
	}
	if len(behind) == 0 {
		if j.since == 0 {
			return nil
		}
		return discern.Settled(ctx, j.store, e.trailName(), e.now().Unix())
	}
	return e.estimate(ctx, behind)
}

func (e *estate) estimate(ctx context.Context, behind []string) error {
	p, step := e.past, max(1, (len(behind)+estimated-1)/estimated)
	looked, oldest := 0, p.until
	var regions []string
	for i := 0; i < len(behind); i += step {
		cfg, err := e.bucketReader(ctx, behind[i])
		if err != nil {
			continue // it is said when it is the account's turn
		}
		days, err := logs.Days(ctx, cfg, e.trail, behind[i], p.began[behind[i]], p.until)
		if err != nil {
			continue
		}
		looked++
		if found, err := logs.Regions(ctx, cfg, e.trail, behind[i]); err == nil {
			regions = append(regions, found...)
		}
		for _, d := range days {
			p.files += d.Files
			p.bytes += d.Bytes
			oldest = min(oldest, d.Start)
		}
	}
	if slices.Sort(regions); len(regions) > 0 {
		e.notes = append(e.notes, "found: log files of the regions "+strings.Join(slices.Compact(regions), " "))
	}
	for id, began := range p.began {
		p.began[id] = max(began, oldest) // where all is wanted, it begins with the first file
	}
	if looked > 0 {
		p.files, p.bytes = p.files*len(behind)/looked, p.bytes*int64(len(behind))/int64(looked)
	}
	return nil
}

// reached are the watermarks of the accounts.
func (e *estate) reached(ctx context.Context, b discern.Baseline) (map[string]int64, error) {
	questions := make([]discern.Question, len(e.accounts))
	for i, a := range e.accounts {
		questions[i] = discern.Question{Holder: discern.Holder{Kind: discern.Watermark, ID: a.ID}, Actions: []string{e.trailName()}}
	}
	memory, err := b.Recall(ctx, questions)
	if err != nil {
		return nil, fmt.Errorf("recall up to where %d accounts were looked at: %w", len(e.accounts), err)
	}
	reached := make(map[string]int64, len(memory))
	for h, m := range memory {
		reached[h.ID] = m[e.trailName()].LastSeen
	}
	return reached, nil
}

// history says how far the reading of history has come; nil where nothing is called so.
func (e *estate) history(ctx context.Context, b discern.Baseline) *discern.History {
	if e.past == nil || e.past.since == 0 {
		return nil
	}
	return e.behind(ctx, b)
}

// behind says how far those have been read that have to catch up; nil where nobody has. What is left is told from the estimate.
func (e *estate) behind(ctx context.Context, b discern.Baseline) *discern.History {
	p := e.past
	if p == nil || len(p.began) == 0 {
		return nil
	}
	reached, err := e.reached(ctx, b)
	if err != nil {
		reached = map[string]int64{}
	}
	var all, left int64
	h := &discern.History{}
	for id, began := range p.began {
		at := min(max(reached[id], began), p.until)
		all, left = all+p.until-began, left+p.until-at
		h.Days = max(h.Days, int((p.until-began+discern.Day-1)/discern.Day))
	}
	h.DoneDays = h.Days
	for id, began := range p.began {
		at := min(max(reached[id], began), p.until)
		h.DoneDays = min(h.DoneDays, max(0, h.Days-int((p.until-at+discern.Day-1)/discern.Day)))
	}
	if all > 0 {
		h.LeftFiles, h.LeftBytes = int(int64(p.files)*left/all), int64(float64(p.bytes)*float64(left)/float64(all))
	}
	return h
}
