package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// A breakage is what goes wrong, in a way: the nth call of a port.
type breakage struct {
	port  string
	nth   int
	way   string
	sinks map[string]bool // or: all calls of these ports
}

// An outcome is what came of it.
type outcome struct {
	told    map[string]map[string]any // by id, but for what a run says of itself
	known   map[discern.Holder]map[string]discern.Known
	waiting int
	first   map[string]map[string]int // by sink besides splunkd and id, how often it had been told after the first run
	has     map[string]map[string]int // and in the end
	sure    bool                      // nothing was taken of which the run could not hear
	calls   map[string]int            // by port, those of the run that could be broken
	broke   bool
}

// A stage is where the same play is given again and again.
type stage struct {
	engine string
	dynamo bool
	far    bool // there are sinks besides splunkd
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
		if s.far {
			h.far = newAfar(t, b)
		}
		broken := &rig{breakage: b, calls: map[string]int{}}
		h.rig = broken
		h.run(fate{})
		o.calls, o.broke, o.sure = broken.calls, broken.broke, b.way != loses && b.way != diesAfter && b.way != unanswered && b.port != "Confirm"
		if s.far {
			o.first, h.far.mute = h.far.has(), nil
		}
		for range 3 {
			time.Sleep(time.Hour)
			h.rig = &rig{calls: map[string]int{}, last: &o}
			h.run(fate{})
		}
		sim.cloud.Stop()
		o.told = told(t, sim.notes)
		if s.far {
			o.has = h.far.has()
			h.far.alike(o.told, fmt.Sprint(b))
		}
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
		events[id] = ofTheRecords(e)
	}
	return events
}

// ofTheRecords leaves of an event what does not depend on the run.
func ofTheRecords(e map[string]any) map[string]any {
	for _, ofTheRun := range []string{"run_id", "detected_at", "late_seconds", "window_start", "window_end"} {
		delete(e, ofTheRun)
	}
	return e
}
