package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// A Plan is what a seed decides on: all that is the same for the whole of a simulation.
type Plan struct {
	Seed       uint64
	Begin      time.Time // the first log files are delivered
	Installed  time.Time // the first collector runs
	Quiet      time.Time // nothing happens any more, and nothing goes wrong
	End        time.Time // the last run
	Engine     string    // logs, athena, queue
	Dynamo     bool      // the baseline is in DynamoDB, else in a local file
	Collectors int       // at one time
	Enriched   bool      // IAM is asked about roles that have an anomaly
	Interval   time.Duration
	Skew       time.Duration // by how much the first collector's clock is ahead
	Trouble    float64       // how likely it is that a run is disturbed
	SinkDead   [2]time.Time  // nothing can be delivered from the first to the second
	Silence    [2]time.Time  // one account does nothing, and the others little; zero where there is none
}

// The engines.
const (
	Logs   = "logs"
	Athena = "athena"
	Queue  = "queue" // log files, of which a queue tells
)

// The terms of all simulations: shorter than the defaults, so that weeks suffice.
const (
	LearningDays = 5
	HistoryDays  = 7
	ForgetDays   = 90
	RefreshDays  = 7
)

// begins are moments before which a simulation begins: a new year, the end of a February with and without its 29th, a month's end, and when the
// clocks of New York and Berlin are changed.
var begins = []string{"2026-12-31", "2028-02-28", "2027-02-27", "2026-04-30", "2026-03-07", "2026-10-31", "2026-03-28", "2026-10-24"}

// NewPlan draws the plan of a seed.
func NewPlan(seed uint64) Plan {
	r := rand.New(rand.NewPCG(seed, 1))
	begin, err := time.Parse(time.DateOnly, begins[r.IntN(len(begins))])
	if err != nil {
		panic(err)
	}
	p := Plan{Seed: seed, Begin: begin.Add(-6*day - time.Duration(r.IntN(24*60))*time.Minute), Engine: []string{Logs, Athena}[r.IntN(2)], Dynamo: r.IntN(2) == 0, Collectors: 1,
		Interval: []time.Duration{30 * time.Minute, time.Hour, time.Hour, 2 * time.Hour}[r.IntN(4)], Trouble: []float64{0.05, 0.2, 0.5}[r.IntN(3)]}
	p.Installed = p.Begin.Add(3*day + time.Duration(r.IntN(24*60))*time.Minute)
	end := p.Begin.Add(2*week + time.Duration(r.IntN(7))*day)
	if p.Dynamo && r.IntN(2) == 0 {
		p.Collectors = 2
	}
	if r.IntN(4) == 0 {
		p.Skew = []time.Duration{-time.Hour, -4 * time.Minute, 4 * time.Minute, time.Hour}[r.IntN(4)]
	}
	if r.IntN(4) == 0 {
		dead := p.Begin.Add(10 * day)
		p.SinkDead = [2]time.Time{dead, dead.Add(6*day + 20*time.Hour)}
		end = later(end, p.SinkDead[1].Add(day))
	}
	if r.IntN(8) == 0 {
		p.Silence = [2]time.Time{end, end.Add(100 * day)}
		end = end.Add(104 * day)
	}
	p.further()
	p.Quiet = end
	p.End = end.Add(3 * day)
	return p
}

// further draws what came to the simulator later, by dice of its own: all else stays as it was.
func (p *Plan) further() {
	r := rand.New(rand.NewPCG(p.Seed, 4))
	if r.IntN(3) == 0 && p.Engine == Logs {
		p.Engine = Queue
	}
	p.Enriched = r.IntN(3) == 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// silent tells whether a moment lies in the silence.
func (p *Plan) silent(at time.Time) bool {
	return !p.Silence[0].IsZero() && !at.Before(p.Silence[0]) && at.Before(p.Silence[1])
}

// Next is when the collectors run after a run at a moment: seldom in the silence, in which nothing is to be seen.
func (p *Plan) Next(at time.Time) time.Time {
	next := at.Add(p.Interval)
	if p.silent(at) && p.silent(at.Add(day)) {
		next = at.Add(12 * time.Hour)
	}
	return next
}

func (p *Plan) String() string {
	store := "embedded"
	if p.Dynamo {
		store = "dynamodb"
	}
	return fmt.Sprintf("seed %d: %s on %s, %d collectors every %v from %s to %s, trouble %.2f, skew %v, sink dead %v, silence %v, enriched %t", p.Seed, p.Engine, store, p.Collectors,
		p.Interval, p.Begin.Format(time.RFC3339), p.End.Format(time.RFC3339), p.Trouble, p.Skew, !p.SinkDead[0].IsZero(), !p.Silence[0].IsZero(), p.Enriched)
}
