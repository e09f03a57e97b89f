package main

import (
	"context"
	"fmt"
	"time"

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
	unknown bool // it can't be estimated
}

// fresh tells whether nothing of the logs was looked at yet: what a first run says is said by the first that comes so far, since those before
// it may have failed. It is known once the job is wired.
func (j *job) fresh() bool {
	if j.estate == nil || j.estate.past == nil {
		return j.first
	}
	for _, at := range j.estate.past.reached {
		if at != 0 {
			return false
		}
	}
	return true
}

// looked notes of a queue that it was looked at: there is no more to settle of it, and no watermark that tells.
func (j *job) looked(ctx context.Context, c *discern.Coverage) error {
	if j.estate == nil || j.estate.set.Logs.Kind != settings.Queue || !j.first || c.Status == discern.StatusFailed {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	return discern.Settled(ctx, j.store, j.trail, j.estate.now().Unix())
}

// settleTime is what noting that may take where the run has no time left.
const settleTime = 10 * time.Second

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
	e.estimate(ctx, behind)
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
