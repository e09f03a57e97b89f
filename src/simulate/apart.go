package simulate

import (
	"math/rand/v2"
	"time"
)

// Apart draws a world in which the accounts were active one after the other, each for two weeks, with a gap between them. It ends when the last
// one has, so that all log files lie there before anybody looks.
func Apart(seed uint64, gap time.Duration) *World {
	w := &World{Plan: NewPlan(seed)}
	w.Silence = [2]time.Time{}
	w.Quiet = w.Begin.Add(2 * week)
	r := rand.New(rand.NewPCG(seed, 2))
	w.Accounts = people(&w.Plan, r)
	var all []happening
	for i, a := range w.Accounts {
		shift := time.Duration(i) * gap
		p := w.Plan
		p.Begin, p.Quiet = p.Begin.Add(shift), p.Quiet.Add(shift)
		a.move(shift)
		all = append(all, life(&p, []*Account{a}, r)...)
		w.End = p.Quiet.Add(3 * day)
	}
	w.Installed, w.Quiet = w.End, w.End
	w.Deliveries = deliver(all, r)
	return w
}

// move has an account do all that it does later.
func (a *Account) move(by time.Duration) {
	a.Joined, a.Suspended, a.Closed = a.Joined.Add(by), time.Time{}, time.Time{}
	for _, who := range a.actors {
		who.from = who.from.Add(by)
		if !who.to.IsZero() {
			who.to = who.to.Add(by)
		}
	}
}
