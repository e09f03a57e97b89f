package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// A life is a run of a process, as what is around it sees it.
type life struct {
	*host
	fate
	line *cloud.Line
	end  context.CancelFunc
	seed uint64
	born time.Time
	mu   sync.Mutex
	acts map[string]int // by what is done, how often it was
	dead bool
	pipe bytes.Buffer // what splunkd was told
	mute bool
	run  string // its id, once its begin was noted
}

var errDead = errors.New("the process is dead")

// draw gives the dice of one act: the same ones, whatever is done beside it.
func (l *life) draw(act string) *rand.Rand {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acts[act]++
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%s %d", act, l.acts[act])
	return rand.New(rand.NewPCG(l.seed, sum.Sum64()))
}

// alive lets an act take its moment, before and after which the process may be killed.
func (l *life) alive() bool {
	time.Sleep(time.Millisecond)
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.dead
}

// die kills the process.
func (l *life) die() {
	l.mu.Lock()
	l.dead = true
	l.mu.Unlock()
	l.line.Cut()
	l.end()
}

// fault is what happens to a request.
func (l *life) fault(r *http.Request) (f cloud.Fault) {
	dice := l.draw(r.Method + r.URL.String() + r.Header.Get("X-Amz-Target"))
	f.Wait = time.Duration(dice.IntN(80)) * time.Millisecond
	if slept := time.Since(l.born) - l.sleeps; l.sleeps > 0 && slept >= 0 && slept < l.suspends {
		f.Wait = l.suspends - slept
	}
	switch {
	case l.without != "" && strings.Contains(r.URL.Path+r.URL.RawQuery, l.without):
		f.Refuse = true
		return f
	case dice.Float64() < l.rough:
		switch dice.IntN(6) {
		case 0, 1:
			f.Refuse = true
		case 2:
			f.Drop = true
		case 3:
			f.Lose = true
		case 4:
			f.Cut = true
		case 5:
			f.Wait += time.Duration(dice.IntN(120)) * time.Second
		}
	}
	if key := objectOf(r); key != "" && !f.Refuse && !f.Drop && !f.Lose && !f.Cut {
		l.read(key)
	}
	return f
}

// Write implements io.Writer: it is splunkd's pipe. A process that is killed while it writes has written some of it.
func (l *life) Write(text []byte) (int, error) {
	if l.mute {
		return 0, errors.New("broken pipe")
	}
	dice := l.draw("write")
	if !l.alive() {
		return 0, errDead
	}
	half := dice.IntN(len(text) + 1)
	l.pipe.Write(text[:half])
	if !l.alive() {
		return half, errDead
	}
	l.pipe.Write(text[half:])
	return len(text), nil
}

// A mortal store does nothing any more once its process is dead.
type mortal struct {
	store
	*life
}

func (m mortal) Recall(ctx context.Context, q []discern.Question) (map[discern.Holder]discern.Memory, error) {
	if !m.alive() {
		return nil, errDead
	}
	return m.store.Recall(ctx, q)
}

func (m mortal) Write(ctx context.Context, d []discern.Deed) ([]bool, error) {
	if !m.alive() {
		return nil, errDead
	}
	return m.store.Write(ctx, d)
}

func (m mortal) Take(ctx context.Context, owner string, now, lease int64) ([]discern.Pending, error) {
	if !m.alive() {
		return nil, errDead
	}
	return m.store.Take(ctx, owner, now, lease)
}

func (m mortal) Confirm(ctx context.Context, sink string, ids []string) error {
	if !m.alive() {
		return errDead
	}
	return m.store.Confirm(ctx, sink, ids)
}

func (m mortal) Unread(ctx context.Context, files []discern.File) ([]discern.File, error) {
	if !m.alive() {
		return nil, errDead
	}
	return m.store.Unread(ctx, files)
}

func (m mortal) Looked(ctx context.Context, files []discern.File) error {
	if !m.alive() {
		return errDead
	}
	return m.store.Looked(ctx, files)
}

func (m mortal) Begin(ctx context.Context, id string) (string, error) {
	if !m.alive() {
		return "", errDead
	}
	unfinished, err := m.store.Begin(ctx, id)
	if err == nil {
		m.life.run = id
	}
	return unfinished, err
}

func (m mortal) End(ctx context.Context, id string) error {
	if !m.alive() {
		return errDead
	}
	return m.store.End(ctx, id)
}
