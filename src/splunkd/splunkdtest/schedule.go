package splunkdtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// A runner keeps one enabled input going.
type runner struct {
	stop  context.CancelCauseFunc
	done  chan struct{}
	left  chan struct{} // closed when its process was left to itself: splunkd has died
	next  time.Time     // when it is due; zero while it runs
	child *process      // the process that runs; nil between two
}

// startAll starts all configured inputs that are enabled. Each is validated first ("when Splunk starts, for each instance",
// splunk-app-examples github_commits.py); one that fails does not run.
func (s *Splunkd) startAll() error {
	all, err := s.configured()
	if err != nil {
		return err
	}
	var faults []error
	for _, in := range all {
		s.change(func() { s.inputs[in.name] = in })
		if err := s.start(in, true); err != nil {
			faults = append(faults, fmt.Errorf("input %s: %w", in.name, err))
		}
	}
	for _, err := range faults {
		s.note("", "ERROR", err.Error())
	}
	return nil
}

// start starts an input, unless it is disabled.
func (s *Splunkd) start(in *input, validate bool) error {
	set, err := s.settings(in)
	if err != nil {
		return err
	}
	if isOn(set["disabled"]) {
		return nil
	}
	if validate {
		if err := s.validate(in, set); err != nil {
			return err
		}
	}
	beat, err := parseInterval(set["interval"])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &runner{stop: cancel, done: make(chan struct{}), left: make(chan struct{}), next: beat.first(s.clock.Now())}
	s.change(func() { in.runner = r })
	go func() {
		defer close(r.done)
		s.repeat(ctx, in, r, set, beat)
	}()
	return nil
}

func (s *Splunkd) repeat(ctx context.Context, in *input, r *runner, set stanza, beat rhythm) {
	due, again := r.next, true
	for again && s.clock.Wait(ctx, due) {
		s.change(func() { r.next = time.Time{} })
		started := s.clock.Now()
		s.run(ctx, in, r, set)
		due, again = beat.next(started, s.clock.Now())
		s.change(func() {
			if again {
				r.next = due
			}
		})
	}
}

// end ends inputs' processes and waits for them.
func (s *Splunkd) end(some ...*input) {
	var wait sync.WaitGroup
	for _, in := range some {
		s.mu.Lock()
		r := in.runner
		s.mu.Unlock()
		if r == nil {
			continue
		}
		wait.Go(func() {
			r.stop(nil)
			<-r.done
			s.change(func() { in.runner = nil })
		})
	}
	wait.Wait()
}

// halt ends all inputs. The configuration's lock is held.
func (s *Splunkd) halt() {
	s.mu.Lock()
	all := slices.Collect(maps.Values(s.inputs))
	s.mu.Unlock()
	s.end(all...)
	s.change(func() { clear(s.inputs) })
}

// Due is when an input runs next: zero while it runs, or when it never will.
func (s *Splunkd) Due(name string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in := s.inputs[name]; in != nil && in.runner != nil {
		return in.runner.next
	}
	return time.Time{}
}

// Kill kills an input's process with the signal that nothing survives.
func (s *Splunkd) Kill(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.inputs[name]
	if in == nil || in.runner == nil || in.runner.child == nil {
		return errors.New("kill " + name + ": it does not run")
	}
	in.runner.child.killed = true
	return in.runner.child.cmd.Process.Kill()
}
