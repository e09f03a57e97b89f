package discern

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// giveUpAfter is how long, in seconds, an anomaly waits for a sink that does not take it.
const giveUpAfter = 7 * Day

// sendPending delivers what earlier runs claimed and did not get rid of. What a sink has not taken within a week is given up for it, and
// said: a sink that is gone must not be carried along for ever.
func (r *run) sendPending(ctx context.Context) error {
	now := r.Now().Unix()
	pending, err := r.Outbox.Take(ctx, r.Owner, now, now+leaseSeconds)
	if err != nil {
		return fmt.Errorf("take what is pending: %w", err)
	}
	r.deliver(ctx, pending, every)
	r.whole.Resent = len(r.has)
	stale := map[string][]string{}
	for _, p := range pending {
		for _, sink := range p.Sinks {
			if now-p.Claimed > giveUpAfter && !r.has[p.ID+sink] {
				stale[sink] = append(stale[sink], p.ID)
			}
		}
	}
	for sink, ids := range stale {
		if err := r.Outbox.Confirm(ctx, sink, ids); err != nil {
			return fmt.Errorf("give up %d anomalies for sink %s: %w", len(ids), sink, err)
		}
		r.whole.Warnings = append(r.whole.Warnings, fmt.Sprintf("GIVEN UP: sink %s has not taken these anomalies for a week: %s", sink, strings.Join(ids, " ")))
	}
	return nil
}

// hand delivers what was claimed, or keeps it for the end of the run, or of the part for sinks that want all of it at once.
func (r *part) hand(ctx context.Context, claimed []Pending) {
	if r.Together {
		r.sending <- struct{}{}
		defer func() { <-r.sending }()
		r.held = append(r.held, claimed...)
		return
	}
	r.deliver(ctx, claimed, prompt)
	if !slices.ContainsFunc(r.Sinks, gathers) {
		return
	}
	r.gathered = append(r.gathered, claimed...)
	if n := len(r.gathered); n >= mostGathered || n > 0 && r.Now().Unix()-r.gathered[0].Claimed > leaseSeconds/3 {
		r.handOver(ctx)
	}
}

// mostGathered bounds how many anomalies wait for the end of a part. They do not wait longer than a third of their lease either.
const mostGathered = 10_000

// handOver gives what a part has gathered to the sinks that want it at once.
func (r *part) handOver(ctx context.Context) {
	if len(r.gathered) == 0 {
		return
	}
	r.deliver(ctx, r.gathered, gathers)
	r.gathered = nil
}

// gathers tells whether a sink is to be given the whole of an account's look at once.
func gathers(s Sink) bool { _, yes := s.(Gatherer); return yes }

func prompt(s Sink) bool { return !gathers(s) }

func every(Sink) bool { return true }

// wait counts anomalies that a sink did not take, each once, for their accounts too.
func (r *run) wait(missing []Pending) {
	for i := range missing {
		var e struct {
			AccountID string `json:"account_id"`
		}
		_ = json.Unmarshal(missing[i].Event, &e) // a run wrote it
		ids := r.waiting[e.AccountID]
		if ids == nil {
			ids = map[string]bool{}
			r.waiting[e.AccountID] = ids
		}
		if id := missing[i].ID; !ids[id] {
			ids[id] = true
			r.whole.Pending++
		}
	}
}

// inTime sorts events by when they happened; those of one time stay as they are.
func inTime(pending []Pending) []Pending {
	times := make(map[string]string, len(pending)) // by id
	for _, p := range pending {
		var e struct {
			FirstTime string `json:"first_time"`
		}
		_ = json.Unmarshal(p.Event, &e) // it was written by this run
		times[p.ID] = e.FirstTime
	}
	slices.SortStableFunc(pending, func(a, b Pending) int { return strings.Compare(times[a.ID], times[b.ID]) })
	return pending
}

// deliver gives pending anomalies to those of the sinks that do not have them yet. A sink that fails keeps nothing back: what it did not
// take stays pending, stands in coverage, and is sent by the next run.
func (r *run) deliver(ctx context.Context, pending []Pending, to func(Sink) bool) {
	r.sending <- struct{}{}
	defer func() { <-r.sending }()
	for _, sink := range r.Sinks {
		if !to(sink) {
			continue
		}
		var missing []Pending
		for _, p := range pending {
			if slices.Contains(p.Sinks, sink.Name()) {
				missing = append(missing, p)
			}
		}
		if len(missing) == 0 {
			continue
		}
		taken, waiting, err := send(ctx, sink, missing)
		if len(taken) > 0 {
			if unsure := r.confirm(ctx, sink.Name(), taken); unsure != nil {
				taken, waiting, err = nil, missing, errors.Join(err, unsure)
			}
		}
		for _, id := range taken {
			r.has[id+sink.Name()] = true
		}
		if err != nil {
			r.wait(waiting)
			r.notDelivered(fmt.Errorf("sink %s: %w", sink.Name(), err))
		}
	}
}

// send has a sink take events, and parts those it took from those that wait.
func send(ctx context.Context, sink Sink, events []Pending) (taken []string, waiting []Pending, err error) {
	err = sink.Send(ctx, events)
	var some *Untaken
	if err != nil && !errors.As(err, &some) {
		return nil, events, err
	}
	left := map[string]bool{}
	if some != nil {
		for _, id := range some.IDs {
			left[id] = true
		}
	}
	for _, p := range events {
		if left[p.ID] {
			waiting = append(waiting, p)
		} else {
			taken = append(taken, p.ID)
		}
	}
	return taken, waiting, err
}

// confirmTime is what confirming may take where the run has no time left: what a sink has and is not confirmed is told twice.
const confirmTime = 10 * time.Second

func (r *run) confirm(ctx context.Context, sink string, ids []string) error {
	err := r.Outbox.Confirm(ctx, sink, ids)
	if err == nil || ctx.Err() == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), confirmTime)
	defer cancel()
	return r.Outbox.Confirm(ctx, sink, ids)
}

// notDelivered keeps what kept a sink from taking all; the same words, for each account again, once.
func (r *run) notDelivered(err error) {
	if r.undelivered == nil || !strings.Contains(r.undelivered.Error(), err.Error()) {
		r.undelivered = errors.Join(r.undelivered, err)
	}
}
