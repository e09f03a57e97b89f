package discern_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// invented is random activity of some principals over a span that is long enough for all of them to learn, forget and return.
func invented(seed uint64) []discern.Sighting {
	r := rand.New(rand.NewPCG(seed, 1))
	seen := map[string]bool{}
	sightings := []discern.Sighting{watched()}
	for range 1500 {
		who := r.IntN(14)
		day := r.IntN(260)
		if who < 5 {
			day = r.IntN(20) + 110*r.IntN(3) // comes back after long silence
		}
		s := saw(day, fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)), fmt.Sprint("AROA", who), fmt.Sprint("x:Act", r.IntN(12)), []string{"", "", "denied", "error"}[r.IntN(4)])
		s.Account = fmt.Sprint(1 + who%3)
		s.Last = s.Step() + discern.Hour - 1 // so that no cut at a step changes what a sighting is
		key := fmt.Sprint(s.Account, s.Principal, s.Action, s.Outcome, s.Step())
		if !seen[key] {
			seen[key] = true
			sightings = append(sightings, s)
		}
	}
	return sightings
}

// cut cuts sightings at steps into n parts that follow each other.
func cut(r *rand.Rand, sightings []discern.Sighting, n int) []discern.Piece {
	var steps []int64
	for range n - 1 {
		steps = append(steps, day0+int64(r.IntN(260*24))*discern.Hour)
	}
	parts := make([][]discern.Sighting, n)
	for _, s := range sightings {
		part := 0
		for _, step := range steps {
			if s.Step() >= step {
				part++
			}
		}
		parts[part] = append(parts[part], s)
	}
	var pieces []discern.Piece
	for _, p := range parts {
		if len(p) > 0 {
			pieces = append(pieces, pieceOf(p))
		}
	}
	return pieces
}

func TestTheSameIsToldHoweverActivityIsCut(t *testing.T) {
	for seed := range uint64(8) {
		told := func(run func(w *world) []discern.Event) map[string]string {
			w := newWorld(t)
			w.risky["x:Act3"] = true
			w.terms.RefreshDays = int(seed % 2 * 7)
			by := map[string]string{}
			for _, e := range run(w) {
				require.NotContains(t, by, e.AnomalyID)
				by[e.AnomalyID] = e.FirstTime + " " + said(e)
			}
			return by
		}
		sightings := invented(seed)
		whole := told(func(w *world) []discern.Event { return w.run(append(list{}, sightings...)...) })
		require.Greater(t, len(whole), 50)
		r := rand.New(rand.NewPCG(seed, 2))
		require.Equal(t, whole, told(func(w *world) []discern.Event { return w.runPieces(cut(r, sightings, 7)...) }), "in pieces")
		require.Equal(t, whole, told(func(w *world) (all []discern.Event) {
			for _, p := range cut(r, sightings, 6) {
				all = append(all, w.runPieces(p)...)
			}
			return all
		}), "in runs")
	}
}
