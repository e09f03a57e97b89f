package muster

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Pace says how fast accounts are handed out.
type Pace struct {
	Concurrent int           // accounts looked at at once; default 8
	Over       time.Duration // a part of the input's interval over which the starts are spread; zero: as fast as accounts come back
	Seed       uint64        // of the jitter between starts

	Now   func() time.Time                           // default time.Now
	Pause func(ctx context.Context, d time.Duration) // returns early when ctx ends; default a timer
}

const defaultConcurrent = 8

// Each calls look once for each account, in order, never more than pace.Concurrent at a time, and returns when all calls have. When there are
// more accounts than that, the first ones start at once and the others at even distances over pace.Over, each somewhere in its own part, so
// that many collectors do not ask AWS at the same moments; one that is late starts as soon as there is room. When ctx ends no further account
// is started, and those that never were are returned. A panic in look ends the program, as in any goroutine: half a run must not look whole.
func Each(ctx context.Context, accounts []Account, pace Pace, look func(context.Context, Account)) (never []Account) {
	pace = pace.withDefaults()
	accounts = once(accounts)
	starts := pace.starts(len(accounts))
	room := make(chan struct{}, pace.Concurrent)
	var all sync.WaitGroup
	defer all.Wait()
	begun := pace.Now()
	for i, a := range accounts {
		if wait := starts[i] - pace.Now().Sub(begun); wait > 0 {
			pace.Pause(ctx, wait)
		}
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return accounts[i:]
		}
		all.Go(func() {
			defer func() { <-room }()
			look(ctx, a)
		})
	}
	return nil
}

func (p Pace) withDefaults() Pace {
	if p.Concurrent <= 0 {
		p.Concurrent = defaultConcurrent
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Pause == nil {
		p.Pause = pause
	}
	return p
}

// starts are the earliest times at which n accounts start, after the first.
func (p Pace) starts(n int) []time.Duration {
	starts := make([]time.Duration, n)
	later := n - p.Concurrent
	if later <= 0 || p.Over <= 0 {
		return starts
	}
	jitter := rand.New(rand.NewPCG(p.Seed, uint64(n)))
	for i := range later {
		starts[p.Concurrent+i] = time.Duration((float64(i) + jitter.Float64()) / float64(later) * float64(p.Over))
	}
	return starts
}

// once leaves the first of each id.
func once(accounts []Account) []Account {
	seen := make(map[string]bool, len(accounts))
	var distinct []Account
	for _, a := range accounts {
		if !seen[a.ID] {
			seen[a.ID] = true
			distinct = append(distinct, a)
		}
	}
	return distinct
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// together puts n questions, a few at a time, and stops at the first error, which it returns.
func together(ctx context.Context, n int, ask func(ctx context.Context, i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	room := make(chan struct{}, asking)
	var all sync.WaitGroup
	for i := range n {
		room <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-room }()
			if err := ask(ctx, i); err != nil {
				stop(err)
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
