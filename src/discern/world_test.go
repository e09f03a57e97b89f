package discern_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

// day0 is where the tests' time begins: 2026-01-01T00:00:00Z.
const day0 = int64(1_767_225_600)

// A world is a real store with scripted activity before it and a tray behind it.
type world struct {
	t         *testing.T
	store     *embedded.Store
	terms     discern.Terms
	risky     map[string]bool
	now       int64
	runs      int
	last      discern.Coverage
	pages     []discern.Coverage
	instances discern.Instances
	asked     func(account string) bool
	members   []string
}

func newWorld(t *testing.T) *world {
	store, err := embedded.Open(filepath.Join(t.TempDir(), "baseline.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return &world{t: t, store: store, now: day0 + 400*discern.Day, risky: map[string]bool{}, terms: discern.Terms{
		LearningDays: 90, PrincipalLearningDays: 7, ForgetAfterDays: 90, RefreshDays: 7,
		OwnAddress: func(a string) bool { return strings.HasSuffix(a, ".amazonaws.com") },
	}}
}

// Risky and Weigh make the world a discern.Risk.
func (w *world) Risky(action string) bool { return w.risky[action] }

func (w *world) Weigh(e *discern.Event, actions []string) {
	e.SeverityReason = strings.Join(actions, ",")
}

// saw is a sighting in account 1: on a day at a time, who did what with which outcome ("" is ok).
func saw(day int, clock, who, action, outcome string) discern.Sighting {
	var h, m int
	if _, err := fmt.Sscanf(clock, "%d:%d", &h, &m); err != nil {
		panic(clock)
	}
	at := day0 + int64(day)*discern.Day + int64(h)*discern.Hour + int64(m)*60
	o := map[string]discern.Outcome{"": discern.OK, "denied": discern.Denied, "error": discern.Failed}[outcome]
	return discern.Sighting{Account: "1", Principal: who, Action: action, Outcome: o, First: at, Last: at, Count: 1}
}

func in(account string, s discern.Sighting) discern.Sighting {
	s.Account = account
	return s
}

// watched is a quiet first day of account 1, from which its learning counts.
func watched() discern.Sighting { return saw(0, "00:00", "AROAOLD", "sts:GetCallerIdentity", "") }

func pieceOf(sightings []discern.Sighting) discern.Piece {
	slices.SortFunc(sightings, func(a, b discern.Sighting) int { return a.Before(&b) })
	p := discern.Piece{Sightings: sightings, Looks: map[string]*discern.Look{}}
	for _, s := range sightings {
		look := &discern.Look{Files: 1, Earliest: s.First, NewestDelivery: s.Last}
		if have := p.Looks[s.Account]; have != nil {
			have.Add(look)
		} else {
			p.Looks[s.Account] = look
		}
		p.Whole.Add(&discern.Look{Files: 1})
		p.End = max(p.End, s.Last)
	}
	return p
}

// run lets one run see the sightings and gives what it told, in the order of first_time and type.
func (w *world) run(sightings ...discern.Sighting) []discern.Event {
	return w.runPieces(pieceOf(sightings))
}

func (w *world) runPieces(pieces ...discern.Piece) []discern.Event {
	w.t.Helper()
	w.runs++
	tray := &baselinetest.Tray{}
	w.pages = nil
	st := &discern.Study{
		Activity: &baselinetest.Script{Pieces: pieces}, Baseline: w.store, Outbox: w.store, Ledger: w.store, Journal: w.store,
		Sinks: []discern.Sink{tray}, Risk: w, Terms: w.terms, Now: func() time.Time { return time.Unix(w.now, 0) }, Instances: w.instances, Asked: w.asked, Members: w.members,
		RunID: fmt.Sprint("run", w.runs), Owner: "me", Trail: "t", Engine: "script", Mode: "live",
		Covered: func(c discern.Coverage) error { w.pages = append(w.pages, c); return nil },
	}
	covered, err := st.Run(w.t.Context())
	require.NoError(w.t, err)
	w.last = covered
	return events(w.t, tray)
}

// events are what a tray was sent, each once, in the order of first_time and type.
func events(t *testing.T, tray *baselinetest.Tray) []discern.Event {
	t.Helper()
	var told []discern.Event
	for id, sent := range tray.Events {
		require.Len(t, sent, 1)
		var e discern.Event
		require.NoError(t, json.Unmarshal([]byte(sent[0]), &e))
		require.Equal(t, id, e.AnomalyID)
		told = append(told, e)
	}
	slices.SortFunc(told, func(a, b discern.Event) int { return strings.Compare(order(a), order(b)) })
	return told
}

func order(e discern.Event) string {
	return e.FirstTime + e.AnomalyType + e.AccountID + e.PrincipalID + e.Action
}

// said is an event in short: type, who, what, and what is remarkable about it.
func said(e discern.Event) string {
	words := []string{e.AnomalyType, e.PrincipalID}
	if e.Action != "" {
		words = append(words, e.Action)
	}
	if e.Outcome != "ok" {
		words = append(words, e.Outcome)
	}
	if e.Scope != discern.ScopePrincipal {
		words = append(words, e.Scope)
	}
	if e.Learning {
		words = append(words, "learning")
	}
	if e.Suppressed {
		words = append(words, "suppressed")
	}
	return strings.Join(words, " ")
}

func (w *world) tells(sightings []discern.Sighting, want ...string) []discern.Event {
	w.t.Helper()
	told := w.run(sightings...)
	got := []string{}
	for _, e := range told {
		got = append(got, said(e))
	}
	if want == nil {
		want = []string{}
	}
	require.Equal(w.t, want, got)
	return told
}

func (w *world) known(who, action string) discern.Known {
	h := discern.Holder{Kind: discern.Principal, ID: who}
	answer, err := w.store.Recall(w.t.Context(), []discern.Question{{Holder: h}})
	require.NoError(w.t, err)
	return answer[h][action]
}

type list = []discern.Sighting
