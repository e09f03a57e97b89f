package splunkdtest

import (
	"context"
	"sync"
	"time"
)

// A Clock says when inputs are due.
type Clock interface {
	Now() time.Time
	// Wait returns true at a time or after it, and false when ctx ends before.
	Wait(ctx context.Context, until time.Time) bool
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Wait(ctx context.Context, until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// A HandClock stands still until it is moved, so that no test waits for a schedule.
type HandClock struct {
	mu    sync.Mutex
	now   time.Time
	moved chan struct{}
}

// NewHandClock makes a clock that shows a time.
func NewHandClock(now time.Time) *HandClock {
	return &HandClock{now: now, moved: make(chan struct{})}
}

// Now implements Clock.
func (c *HandClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on.
func (c *HandClock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
	close(c.moved)
	c.moved = make(chan struct{})
}

// Wait implements Clock.
func (c *HandClock) Wait(ctx context.Context, until time.Time) bool {
	for {
		c.mu.Lock()
		due, moved := !c.now.Before(until), c.moved
		c.mu.Unlock()
		if due {
			return ctx.Err() == nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return false
		}
	}
}
