package main

import (
	"context"
	"errors"
	"sync"

	"cloudtrail_anomaly/src/discern"
)

// A rig stands between a run and its ports.
type rig struct {
	breakage
	life  *life
	last  *outcome // is told what is known in the end
	mu    sync.Mutex
	calls map[string]int
	broke bool
}

var errBroken = errors.New("broken on purpose")

// do makes a call, or breaks it.
func (r *rig) do(ctx context.Context, port string, call func() error) error {
	if !r.life.alive() {
		return errDead
	}
	r.mu.Lock()
	r.calls[port]++
	hit := port == r.port && r.calls[port] == r.nth || r.sinks[port]
	r.broke = r.broke || hit
	r.mu.Unlock()
	if !hit {
		return call()
	}
	switch r.way {
	case unanswered:
		return call()
	case loses:
		_ = call()
	case hangs:
		<-ctx.Done()
		return ctx.Err()
	case diesBefore:
		r.life.die()
	case diesAfter:
		_ = call()
		r.life.die()
	}
	return errBroken
}

// study puts the rig before the ports of a study.
func (r *rig) study(st *discern.Study) {
	open := st.Open
	st.Open = func(ctx context.Context, account string, reached int64) (a discern.Activity, err error) {
		err = r.do(ctx, "Open", func() (err error) { a, err = open(ctx, account, reached); return err })
		return riggedActivity{a, r}, err
	}
	st.Muster = riggedMuster{st.Muster, r}
	if r.life.far != nil {
		st.Sinks = append(st.Sinks, r.life.far.collector(r.life.line.Dial))
	}
	for i, s := range st.Sinks {
		st.Sinks[i] = riggedSink{s, r}
		if _, gathers := s.(discern.Gatherer); gathers {
			st.Sinks[i] = riggedGatherer{riggedSink{s, r}}
		}
	}
	if r.last == nil {
		return
	}
	s := st.Baseline.(riggedStore).store
	r.last.known = map[discern.Holder]map[string]discern.Known{}
	kinds := []discern.Kind{discern.Principal, discern.Account, discern.Organization, discern.Rule, discern.Instance}
	err := s.Walk(context.Background(), kinds, func(h discern.Holder, action string, k discern.Known) error {
		if r.last.known[h] == nil {
			r.last.known[h] = map[string]discern.Known{}
		}
		r.last.known[h][action] = k
		return nil
	})
	if err == nil {
		r.last.waiting, err = s.Waiting(context.Background())
	}
	if err != nil {
		panic(err)
	}
}

type riggedActivity struct {
	discern.Activity
	*rig
}

func (a riggedActivity) Next(ctx context.Context) (p *discern.Piece, err error) {
	err = a.do(ctx, "Next", func() (err error) { p, err = a.Activity.Next(ctx); return err })
	return p, err
}

func (a riggedActivity) Evidence(ctx context.Context, s []discern.Sighting) (e []discern.Evidence, err error) {
	err = a.do(ctx, "Evidence", func() (err error) { e, err = a.Activity.Evidence(ctx, s); return err })
	return e, err
}

type riggedMuster struct {
	discern.Muster
	*rig
}

func (m riggedMuster) Each(ctx context.Context, look func(context.Context, string)) (left []string, err error) {
	err = m.do(ctx, "Each", func() (err error) { left, err = m.Muster.Each(ctx, look); return err })
	return left, err
}

type riggedSink struct {
	discern.Sink
	*rig
}

func (s riggedSink) Send(ctx context.Context, events []discern.Pending) error {
	return s.do(ctx, sendTo(s.Name()), func() error { return s.Sink.Send(ctx, events) })
}

// sendTo names the port of a sink.
func sendTo(sink string) string { return "Send to " + sink }

type riggedGatherer struct{ riggedSink }

func (riggedGatherer) Gathers() {}

type riggedStore struct {
	store
	*rig
}

func (s riggedStore) Recall(ctx context.Context, q []discern.Question) (m map[discern.Holder]discern.Memory, err error) {
	err = s.do(ctx, "Recall", func() (err error) { m, err = s.store.Recall(ctx, q); return err })
	return m, err
}

func (s riggedStore) Write(ctx context.Context, d []discern.Deed) (done []bool, err error) {
	err = s.do(ctx, "Write", func() (err error) { done, err = s.store.Write(ctx, d); return err })
	return done, err
}

func (s riggedStore) Take(ctx context.Context, owner string, now, lease int64) (p []discern.Pending, err error) {
	err = s.do(ctx, "Take", func() (err error) { p, err = s.store.Take(ctx, owner, now, lease); return err })
	return p, err
}

func (s riggedStore) Confirm(ctx context.Context, sink string, ids []string) error {
	return s.do(ctx, "Confirm", func() error { return s.store.Confirm(ctx, sink, ids) })
}

func (s riggedStore) Unread(ctx context.Context, f []discern.File) (left []discern.File, err error) {
	err = s.do(ctx, "Unread", func() (err error) { left, err = s.store.Unread(ctx, f); return err })
	return left, err
}

func (s riggedStore) Looked(ctx context.Context, f []discern.File) error {
	return s.do(ctx, "Looked", func() error { return s.store.Looked(ctx, f) })
}

func (s riggedStore) Begin(ctx context.Context, id string) (unfinished string, err error) {
	err = s.do(ctx, "Begin", func() (err error) { unfinished, err = s.store.Begin(ctx, id); return err })
	return unfinished, err
}

func (s riggedStore) End(ctx context.Context, id string) error {
	return s.do(ctx, "End", func() error { return s.store.End(ctx, id) })
}
