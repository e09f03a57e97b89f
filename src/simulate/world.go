package simulate

import (
	"math/rand/v2"
)

// A World is a plan and all that happens in it.
type World struct {
	Plan
	Accounts   []*Account
	Deliveries []Delivery // by when they are visible
}

// NewWorld draws the world of a seed: the same each time.
func NewWorld(seed uint64) *World {
	w := &World{Plan: NewPlan(seed)}
	r := rand.New(rand.NewPCG(seed, 2))
	w.Accounts = people(&w.Plan, r)
	w.Deliveries = deliver(life(&w.Plan, w.Accounts, r), r)
	return w
}
