package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// A progress shows on a terminal how far long work has come: one line, rewritten a few times a second. The nil progress shows nothing.
type progress struct {
	mu      sync.Mutex
	to      io.Writer
	now     func() time.Time
	what    string
	started time.Time
	shown   time.Time
	wrote   bool
}

func (d *door) progress(what string) *progress {
	if !d.errIsTerm {
		return nil
	}
	return &progress{to: d.err, now: d.now, what: what, started: d.now()}
}

// read shows bytes read; of counts anything else.
func (p *progress) read(done, total int64) {
	p.show(done, total, func() string { return fmt.Sprintf("%s of %s", size(done), size(total)) })
}

func (p *progress) of(done, total int) {
	p.show(int64(done), int64(total), func() string { return fmt.Sprintf("%d of %d", done, total) })
}

func (p *progress) show(done, total int64, amount func() string) {
	if p == nil || total == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.shown) < 200*time.Millisecond && done < total {
		return
	}
	p.shown, p.wrote = now, true
	left := ""
	if took := now.Sub(p.started); done > 0 && took > 2*time.Second && done < total {
		left = fmt.Sprintf(", about %s left", (took * time.Duration(total-done) / time.Duration(done)).Round(time.Second))
	}
	fmt.Fprintf(p.to, "\r\x1b[K%s: %d %% (%s)%s", p.what, 100*done/total, amount(), left)
}

// end clears the line.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrote {
		p.wrote = false
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}

// size is a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f KB", float64(n)/1e3)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}

// clearing takes the progress line away before anything is printed where it stands.
type clearing struct {
	discern.Sink
	show *progress
}

// Send implements discern.Sink.
func (c clearing) Send(ctx context.Context, events []discern.Pending) error {
	c.show.end()
	return c.Sink.Send(ctx, events)
}
