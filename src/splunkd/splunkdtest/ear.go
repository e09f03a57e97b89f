package splunkdtest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// An ear is how splunkd listens to a process: as it should, or up to so many events.
type ear struct {
	kind  int
	after int
}

// The kinds of ears.
const (
	listening = iota
	gone      // the pipe is closed
	stalled   // nothing is read until the process has ended
)

// deaf is how long it takes at most to read what a pipe holds while nobody writes.
const deaf = 100 * time.Millisecond

// Deafen makes an input's next run lose its reader after so many events: the pipe is closed, as when splunkd itself dies. What the
// process had flushed by then is indexed.
func (s *Splunkd) Deafen(name string, after int) {
	s.change(func() { s.ears[name] = ear{gone, after} })
}

// Stall makes splunkd read nothing more of an input's next run after so many events, as when its queues are full, until the process
// has ended. What it had flushed by then is indexed.
func (s *Splunkd) Stall(name string, after int) {
	s.change(func() { s.ears[name] = ear{stalled, after} })
}

func (s *Splunkd) takeEar(name string) ear {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.ears[name]
	delete(s.ears, name)
	return e
}

// read reads a process's output to its end. What is no stream is a fault, unless the process was killed in the middle of it or could
// not end it; the rest is thrown away, so that the process is not kept from ending.
func (s *Splunkd) read(in *input, p *process, set stanza, e ear) {
	out := p.pipes.out
	defer out.Close()
	if e.kind != listening && e.after == 0 {
		<-p.ended
		return
	}
	r := &stream{decoder: xml.NewDecoder(out), stanza: s.installed().kind.stanza(in.name)}
	r.index = func(w written) error {
		s.index(in, p.run, set, w)
		if p.run.Events != e.after {
			return nil
		}
		return e.close(p)
	}
	err := r.read()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		out.Close()
		if err := thaw(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
			s.fault(err.Error())
		}
		return
	}
	io.Copy(io.Discard, out)
	s.mu.Lock()
	cut := p.killed || e.kind == stalled
	s.mu.Unlock()
	if err != nil && !(cut && errors.As(err, new(*xml.SyntaxError))) {
		s.fault(fmt.Sprintf("%s: the output of process %d is no stream of events: %v", in.name, p.run.PID, err))
	}
}

// close goes deaf. All that was flushed into a pipe counts as delivered, so it is read still, while nothing more is flushed.
func (e ear) close(p *process) error {
	switch e.kind {
	case gone:
		if err := freeze(p.cmd.Process); err != nil {
			return err
		}
		return p.pipes.out.SetReadDeadline(time.Now().Add(deaf))
	case stalled:
		<-p.ended
	}
	return nil
}
