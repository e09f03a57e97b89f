package splunkdtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
)

// errCrashed is why a runner stops when splunkd is killed.
var errCrashed = errors.New("splunkd was killed")

func crashed(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errCrashed) }

// Crash kills splunkd and starts it again. What stood in pipes is lost, and so is what had come within a time before: it stood in
// queues, which splunkd keeps in memory (inputs.conf.spec, queueSize and persistentQueueSize; how long is not documented). Lost has it.
// Nobody tells the inputs' processes: they find their pipes closed, while those of the new splunkd may run already (inferred: the
// stricter of what could be). Session keys are worthless, as after a restart.
func (s *Splunkd) Crash(queued time.Duration) {
	s.t.Helper()
	s.admin.Lock()
	defer s.admin.Unlock()
	for _, r := range s.die(queued) {
		select {
		case <-r.left:
		case <-r.done:
		}
	}
	require.NoError(s.t, s.boot())
}

// die forgets all that splunkd has in memory, and gives the runners that are to leave their processes.
func (s *Splunkd) die(queued time.Duration) (left []*runner) {
	s.change(func() {
		since := s.clock.Now().Add(-queued)
		s.events = slices.DeleteFunc(s.events, func(e Event) bool {
			if e.Indexed.After(since) {
				s.lost = append(s.lost, e)
				return true
			}
			return false
		})
		for _, in := range s.inputs {
			r := in.runner
			if r == nil {
				continue
			}
			r.stop(errCrashed)
			if r.child != nil {
				r.child.run.Abandoned = true
			}
			left = append(left, r)
			s.orphans.Go(func() { <-r.done })
		}
		clear(s.inputs)
		clear(s.keys)
	})
	return left
}

// abandon leaves a process to itself, with its pipes closed. It stands still until all that it had flushed is read, and counted as lost.
// It has to end by itself, within the time that it would have if it was told to.
func (s *Splunkd) abandon(in *input, r *runner, p *process, read <-chan struct{}) {
	if err := freeze(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.fault(fmt.Sprintf("%s: can't be left alone: %v", in.name, err))
	}
	p.pipes.in.Close()
	p.pipes.err.Close()
	p.pipes.out.SetReadDeadline(time.Now().Add(deaf))
	<-read
	close(r.left)
	grace := time.NewTimer(s.o.Grace)
	defer grace.Stop()
	select {
	case <-p.ended:
	case <-grace.C:
		s.fault(fmt.Sprintf("%s: process with pid %d goes on though splunkd is gone", in.name, p.run.PID))
		s.change(func() { p.killed = true })
		p.cmd.Process.Kill()
		<-p.ended
	}
}

// Lost are the events of a sourcetype that splunkd had taken and that died with it, in the order they came. A later run may have told
// them again.
func (s *Splunkd) Lost(sourcetype string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.lost), func(e Event) bool { return e.Sourcetype != sourcetype })
}
