package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// everyAccount is the account of a coverage that is for the whole run.
const everyAccount = "*"

// A file that was there so long before a run, in seconds, was there when it listed; and one that appears so long after the minute in its name is one
// for the daily sweep.
const (
	before  = 15 * 60
	sweeped = 30 * 60
)

// seen finds gaps of which coverage says nothing: an account that no run speaks of, one that is said to be well though a file of it was not read,
// and a run that did not come to its end and is not named by the next.
func (b *book) seen(v *verdict) {
	last := map[string]*run{}
	for _, r := range b.runs {
		if r.mute {
			continue
		}
		whole, ended := r.covered[everyAccount]
		if was := last[r.collector]; was != nil && was.id != "" && whole.UnfinishedRunID == was.id {
			delete(last, r.collector) // it is said, if only by a run that came to nothing itself
		}
		if was := last[r.collector]; ended && r.id != "" && was != nil && was.unfinished() && whole.UnfinishedRunID == "" {
			v.Unseen = append(v.Unseen, fmt.Sprintf("run %s of %s was killed at %s, and the next does not say so", was.id, was.collector, stamp(was.ended)))
		}
		if !ended {
			if !r.killed {
				v.Unseen = append(v.Unseen, fmt.Sprintf("the run of %s at %s says nothing", r.collector, stamp(r.began)))
			}
			if r.id != "" {
				last[r.collector] = r
			}
			continue
		}
		if r.id != "" { // it came as far as to note its begin, and to see what the last one noted
			last[r.collector] = r
		}
		if whole.Status != "failed" {
			b.accounts(v, r)
		}
	}
	for account, until := range b.learns {
		if began, ok := b.began[account]; ok && until > began+b.learning+2*day {
			v.Unseen = append(v.Unseen, fmt.Sprintf("account %s learns until %s, though its first record is of %s", account, stamp(until), stamp(began)))
		}
	}
}

// unfinished tells whether a run was killed before all was said of it.
func (r *run) unfinished() bool {
	_, whole := r.covered[everyAccount]
	return r.killed && !whole
}

func (b *book) accounts(v *verdict, r *run) {
	for account, m := range b.members {
		if r.began < m[0]+3600 || m[1] != 0 && r.ended > m[1] {
			continue
		}
		c, ok := r.covered[account]
		if !ok && slices.ContainsFunc(r.covered[everyAccount].Warnings, func(w string) bool { return strings.HasPrefix(w, "Organizations could not be asked") }) {
			continue // it is said that nothing is said of some
		}
		if !ok {
			v.Unseen = append(v.Unseen, fmt.Sprintf("the run of %s at %s says nothing of account %s", r.collector, stamp(r.began), account))
			continue
		}
		if c.Status != "ok" && c.Status != "no_files" && c.Status != "learning" || len(c.Warnings) > 0 {
			continue
		}
		for key, f := range b.files {
			if f.account == account && f.visible < r.began-before && f.visible-f.named < sweeped && (f.read == 0 || f.read > r.ended) && f.named <= at(c.Watermark) {
				v.Unseen = append(v.Unseen, fmt.Sprintf("account %s is %s in the run of %s at %s, which had not read %s", account, c.Status, r.collector, stamp(r.began),
					key[strings.LastIndexByte(key, '/')+1:]))
			}
		}
	}
}

func at(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0
	}
	return t.Unix()
}
