package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/simulate"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// TestBreakage lets one call of one port go wrong in one way, for each call that a run makes, each way, both engines and both stores. After it nothing
// goes wrong: then all is told that an undisturbed run tells, each id in one way, and the baseline is the same.
func TestBreakage(t *testing.T) {
	bare(t)
	for _, engine := range []string{simulate.Logs, simulate.Athena} {
		for _, dynamo := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, dynamodb %t", engine, dynamo), func(t *testing.T) {
				s := &stage{engine: engine, dynamo: dynamo, folder: t.TempDir()}
				learnt := s.learn(t)
				want := s.play(t, learnt, breakage{})
				require.Len(t, want.told, 5)
				broken := 0
				for _, port := range slices.Sorted(maps.Keys(want.calls)) {
					for nth := 1; nth <= want.calls[port]; nth++ {
						for _, way := range ways {
							if broken++; testing.Short() && broken%9 != 0 {
								continue
							}
							got := s.play(t, learnt, breakage{port: port, nth: nth, way: way})
							what := fmt.Sprintf("%s, call %d: %s", port, nth, way)
							require.True(t, got.broke, "%s: it was not made", what)
							require.Equal(t, want.told, got.told, what)
							require.Equal(t, want.known, got.known, what)
							require.Zero(t, got.waiting, what)
						}
					}
				}
				t.Logf("%d breakages over the calls %v", broken, want.calls)
			})
		}
	}
}

// The ways in which a call goes wrong.
const (
	fails      = "it fails before it takes effect"
	loses      = "it takes effect and fails"
	hangs      = "it never returns"
	diesBefore = "the process is killed before it takes effect"
	diesAfter  = "the process is killed after it took effect"
)

var ways = []string{fails, loses, hangs, diesBefore, diesAfter}

// A breakage is what goes wrong: the nth call of a port, in a way.
type breakage struct {
	port string
	nth  int
	way  string
}

// An outcome is what came of it.
type outcome struct {
	told    map[string]map[string]any // by id, but for what a run says of itself
	known   map[discern.Holder]map[string]discern.Known
	waiting int
	calls   map[string]int // by port, those of the run that could be broken
	broke   bool
}

// A stage is where the same play is given again and again.
type stage struct {
	engine string
	dynamo bool
	folder string
	plays  int
}

// learnt is what is remembered when the play begins.
type learnt struct {
	state string // the folder of a local baseline
	table *cloud.Table
}

// opening is when the play begins: the accounts have been watched for two weeks.
var opening = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)

// learn watches for two weeks.
func (s *stage) learn(t *testing.T) (l learnt) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(opening.Add(-13 * 24 * time.Hour)))
		sim := s.simulation(t)
		files(sim, true)
		h := &host{simulation: sim, name: "host", folder: filepath.Join(s.folder, "learnt")}
		if s.engine == simulate.Athena {
			h.setup()
		}
		h.run(fate{})
		time.Sleep(time.Until(opening.Add(-time.Hour)))
		files(sim, true)
		h.run(fate{})
		l = learnt{h.folder, sim.cloud.Table}
		sim.cloud.Stop()
	})
	return l
}

func (s *stage) simulation(t *testing.T) *simulation {
	world := &simulate.World{Plan: simulate.Plan{Engine: s.engine, Dynamo: s.dynamo, Interval: time.Hour}}
	for _, id := range []string{"111111111111", "222222222222"} {
		world.Accounts = append(world.Accounts, &simulate.Account{ID: id, Name: "account"})
	}
	sim := &simulation{T: t, World: world, notes: &notebook{}, cloud: cloud.New(t)}
	sim.cloud.Answer(sim.cloud.Select)
	sim.cloud.Directory.Set(simulate.Members(world.Accounts, time.Now()))
	return sim
}

// play runs the input with a breakage, and then three times without.
func (s *stage) play(t *testing.T, l learnt, b breakage) (o outcome) {
	s.plays++
	state := filepath.Join(s.folder, fmt.Sprint(s.plays))
	require.NoError(t, os.CopyFS(state, os.DirFS(l.state)))
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(opening))
		sim := s.simulation(t)
		sim.cloud.Table = l.table.Clone()
		files(sim, false)
		h := &host{simulation: sim, name: "host", folder: state}
		if s.engine == simulate.Athena {
			h.setup()
		}
		broken := &rig{breakage: b, calls: map[string]int{}}
		h.rig = broken
		h.run(fate{})
		o.calls, o.broke = broken.calls, broken.broke
		for range 3 {
			time.Sleep(time.Hour)
			h.rig = &rig{calls: map[string]int{}, last: &o}
			h.run(fate{})
		}
		sim.cloud.Stop()
		o.told = told(t, sim.notes)
	})
	require.NoError(t, os.RemoveAll(state))
	return o
}

// told are the events by id. An id that is told again is told the same.
func told(t *testing.T, notes *notebook) map[string]map[string]any {
	events := map[string]map[string]any{}
	lines := map[string]string{}
	dec := json.NewDecoder(&notes.text)
	for dec.More() {
		var n note
		require.NoError(t, dec.Decode(&n))
		if n.Kind != "told" {
			continue
		}
		var e map[string]any
		require.NoError(t, json.Unmarshal(n.Event, &e))
		id := e["anomaly_id"].(string)
		if before, again := lines[id]; again {
			require.Equal(t, before, string(n.Event))
		}
		lines[id] = string(n.Event)
		for _, ofTheRun := range []string{"run_id", "detected_at", "late_seconds", "window_start", "window_end"} {
			delete(e, ofTheRun)
		}
		events[id] = e
	}
	return events
}

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
	hit := port == r.port && r.calls[port] == r.nth
	r.broke = r.broke || hit
	r.mu.Unlock()
	if !hit {
		return call()
	}
	switch r.way {
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
	for i := range st.Sinks {
		st.Sinks[i] = riggedSink{st.Sinks[i], r}
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
	return s.do(ctx, "Send", func() error { return s.Sink.Send(ctx, events) })
}

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
