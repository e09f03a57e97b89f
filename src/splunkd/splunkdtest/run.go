package splunkdtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// A Run is one process of an input.
type Run struct {
	Input          string
	PID            int
	Started, Ended time.Time // by the real clock; Ended is zero while it runs
	ExitCode       int       // -1 when a signal ended it
	Stopped        bool      // it was told to end
	StopTook       time.Duration
	Killed         bool  // by the test, or because it did not end within the grace time
	Abandoned      bool  // splunkd died while it ran
	Orphans        []int // processes that it left behind
	Events         int
}

// Took is how long it ran.
func (r Run) Took() time.Duration { return r.Ended.Sub(r.Started) }

type process struct {
	cmd    *exec.Cmd
	run    *Run
	ended  chan struct{} // closed when it has
	killed bool
	pipes  pipes
}

// pipes are splunkd's ends.
type pipes struct{ in, out, err *os.File }

// command makes a process as splunkd starts it: with splunkd's environment, to which nothing of a user's belongs, and in no folder
// of its own (inferred but for SPLUNK_HOME and SPLUNK_DB).
func (s *Splunkd) command(ctx context.Context, executable string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, executable, args...)
	c.Dir = filepath.VolumeName(s.home) + string(filepath.Separator)
	c.Env = append([]string{
		"SPLUNK_HOME=" + s.home, "SPLUNK_DB=" + s.database(), "SPLUNK_SERVER_NAME=Splunkd", "SPLUNK_OS_USER=splunk",
		"LD_LIBRARY_PATH=" + filepath.Join(s.home, "lib"), "PATH=" + filepath.Join(s.home, "bin") + systemPath,
	}, systemEnvironment()...)
	return c
}

// run runs an input's process to its end, or stops it when ctx ends.
func (s *Splunkd) run(ctx context.Context, in *input, r *runner, set stanza) {
	text, err := s.runDocument(in, set)
	if err != nil {
		s.fault(err.Error())
		return
	}
	ear := s.takeEar(in.name)
	p, err := s.spawn(in, set, ear)
	if err != nil {
		s.fault(fmt.Sprintf("%s: can't be started: %v", in.name, err))
		return
	}
	s.change(func() { r.child, p.run.Abandoned, s.runs = p, crashed(ctx), append(s.runs, p.run) })
	go p.pipes.in.Write(text) // and it stays open: a script must not wait for its end (splunk-sdk-java, Splunk's OpenTelemetry add-on)
	outRead, errRead := make(chan struct{}), make(chan struct{})
	go func() { defer close(outRead); s.read(in, p, set, ear) }()
	go func() { defer close(errRead); s.noteAll(in.name, bufio.NewReader(p.pipes.err)) }()
	go func() { defer close(p.ended); p.cmd.Wait() }()
	select {
	case <-p.ended:
	case <-ctx.Done():
		if crashed(ctx) {
			s.abandon(in, r, p, outRead)
		} else {
			s.terminate(in, p)
		}
	}
	s.reap(in, p)
	<-outRead
	<-errRead
	p.pipes.in.Close()
	s.change(func() {
		r.child = nil
		p.run.Ended, p.run.ExitCode, p.run.Killed = time.Now(), p.cmd.ProcessState.ExitCode(), p.killed && p.cmd.ProcessState.ExitCode() == -1
	})
}

// spawn starts the process: by the shell where start_by_shell says so, as it does by default (inputs.conf.spec).
func (s *Splunkd) spawn(in *input, set stanza, e ear) (*process, error) {
	k := s.installed().kind
	c := s.command(context.Background(), k.executable)
	if isOn(set["start_by_shell"]) {
		c = throughShell(s.command(context.Background(), k.executable))
	}
	c.SysProcAttr = ownGroup()
	var theirs, ours []*os.File
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		theirs, ours = append(theirs, w), append(ours, r)
	}
	theirs[0], ours[0] = ours[0], theirs[0] // they read the first
	c.Stdin, c.Stdout, c.Stderr = theirs[0], theirs[1], theirs[2]
	if e.kind == gone && e.after == 0 {
		ours[1].Close()
	}
	err := c.Start()
	for _, f := range theirs {
		f.Close()
	}
	if err != nil {
		for _, f := range ours {
			f.Close()
		}
		return nil, err
	}
	run := &Run{Input: in.name, PID: c.Process.Pid, Started: time.Now()}
	return &process{cmd: c, run: run, ended: make(chan struct{}), pipes: pipes{ours[0], ours[1], ours[2]}}, nil
}

// terminate tells a process to end, and kills it after the grace time (splunk-sdk-java issue 92 has the words).
func (s *Splunkd) terminate(in *input, p *process) {
	told := time.Now()
	s.change(func() { p.run.Stopped = true })
	if err := tellToEnd(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.fault(fmt.Sprintf("%s: can't be told to end: %v", in.name, err))
	}
	grace := time.NewTimer(s.o.Grace)
	defer grace.Stop()
	select {
	case <-p.ended:
	case <-grace.C:
		s.fault(fmt.Sprintf("%s: process with pid %d did not exit within the grace period after being signaled to exit", in.name, p.run.PID))
		s.change(func() { p.killed = true })
		p.cmd.Process.Kill()
		<-p.ended
	}
	s.change(func() { p.run.StopTook = time.Since(told) })
}

// reap notes and kills what a process left behind.
func (s *Splunkd) reap(in *input, p *process) {
	orphans := group(p.run.PID)
	if len(orphans) == 0 {
		return
	}
	s.change(func() { p.run.Orphans = orphans })
	s.fault(fmt.Sprintf("%s: process with pid %d left %d children behind", in.name, p.run.PID, len(orphans)))
	killGroup(p.run.PID)
}

// Runs are an input's runs so far, those that ended before the one that goes on.
func (s *Splunkd) Runs(name string) []Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	var some []Run
	for _, r := range s.runs {
		if r.Input == name {
			some = append(some, *r)
		}
	}
	return some
}

// WaitForRuns waits until so many runs of an input have ended, and gives the last of them.
func (s *Splunkd) WaitForRuns(name string, n int) Run {
	s.t.Helper()
	var last Run
	s.WaitFor(fmt.Sprintf("%d runs of %s", n, name), func() bool {
		all := s.Runs(name)
		ended := slices.DeleteFunc(all, func(r Run) bool { return r.Ended.IsZero() })
		if len(ended) < n {
			return false
		}
		last = ended[n-1]
		return true
	})
	return last
}

// WaitForStart waits until an input's process runs that is not one of the first n.
func (s *Splunkd) WaitForStart(name string, n int) Run {
	s.t.Helper()
	s.WaitFor(fmt.Sprintf("run %d of %s to start", n+1, name), func() bool { return len(s.Runs(name)) > n })
	return s.Runs(name)[n]
}
