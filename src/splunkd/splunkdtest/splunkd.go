// Package splunkdtest is a splunkd for tests: it installs an app's package, registers its modular input, keeps and runs the inputs
// that are configured through REST, reads what they write as strictly as can be, and indexes it.
//
// It is no Splunk: it searches nothing but by field, and it knows one app with one kind of modular input at a time. What it does is
// what the Splunk documentation, Splunk's own software development kits and Splunk's own modular inputs say that splunkd does; the
// comments name the source, "inferred" where there is none. Where sources are silent it is the stricter of what could be. Whatever
// splunkd would refuse, log or suffer from is a fault, and a test fails that ends with one (TakeFaults).
package splunkdtest

import (
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Options say what kind of splunkd this is. The zero value is a single instance with the index main and the real clock.
type Options struct {
	Clock        Clock         // of intervals and cron schedules; nil = the real one
	Grace        time.Duration // how long a process may take to end when it is told to; 0 = 5 s. Splunk documents no figure
	Patience     time.Duration // how long WaitFor waits; 0 = a minute
	Indexes      []string      // beside main
	Roles        []string      // server_roles of /services/server/info; nil = indexer
	InstanceType string        // instance_type of /services/server/info: "" or cloud
}

// Splunkd is a running splunkd. Its methods fail the test they were started by, unless they return an error.
type Splunkd struct {
	t       testing.TB
	o       Options
	clock   Clock
	home    string
	rest    *httptest.Server
	admin   sync.Mutex     // one change of the configuration at a time
	orphans sync.WaitGroup // processes that a splunkd left that died

	mu        sync.Mutex // guards what follows; changed is closed and made anew with each change
	changed   chan struct{}
	app       *app
	inputs    map[string]*input
	events    []Event
	lost      []Event // taken, and gone with a splunkd that died
	log       []Line
	runs      []*Run
	faults    []string
	keys      map[string]bool // session keys that are good
	secrets   map[string]bool // what must be found nowhere
	passwords []password
	denied    map[string]bool // capabilities taken away
	ears      map[string]ear  // inputs whose next run's output is not read as it should be
}

// The user by whose name the test calls REST, as people do with curl -u.
const (
	adminName     = "admin"
	adminPassword = "correct-horse-battery"
	serverName    = "splunk-under-test"
)

// Start starts a splunkd with nothing installed. It is stopped when the test ends, which then fails if there are faults that nobody
// took, or a secret where none may be.
func Start(t testing.TB, o Options) *Splunkd {
	t.Helper()
	if o.Clock == nil {
		o.Clock = realClock{}
	}
	if o.Grace == 0 {
		o.Grace = 5 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	home, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	s := &Splunkd{
		t: t, o: o, clock: o.Clock, home: home, changed: make(chan struct{}), inputs: map[string]*input{},
		keys: map[string]bool{}, secrets: map[string]bool{}, denied: map[string]bool{}, ears: map[string]ear{},
	}
	s.rest = s.serve()
	t.Cleanup(func() {
		s.Stop()
		s.rest.Close()
		for _, f := range s.TakeFaults() {
			t.Errorf("splunkd: %s", f)
		}
		for _, f := range s.Leaks() {
			t.Errorf("splunkd: %s", f)
		}
		if t.Failed() {
			s.tell()
		}
	})
	return s
}

// Home is $SPLUNK_HOME.
func (s *Splunkd) Home() string { return s.home }

// URI is where the management port answers, such as https://127.0.0.1:8089.
func (s *Splunkd) URI() string { return s.rest.URL }

// CheckpointDir is what the inputs are given as their checkpoint_dir: $SPLUNK_DB/modinputs/SCHEME (help.splunk.com, "Data
// checkpoints"). Whether splunkd makes it is not documented, so it is left to the input.
func (s *Splunkd) CheckpointDir() string {
	return filepath.Join(s.database(), "modinputs", s.installed().kind.name)
}

// Stop stops all inputs, as splunkd does when it ends. REST goes on answering.
func (s *Splunkd) Stop() {
	s.admin.Lock()
	defer s.admin.Unlock()
	s.halt()
	s.orphans.Wait()
}

// Restart stops all inputs and starts those that are enabled, as a restart of splunkd does: earlier session keys are worthless.
func (s *Splunkd) Restart() {
	s.t.Helper()
	s.admin.Lock()
	defer s.admin.Unlock()
	s.halt()
	s.mu.Lock()
	clear(s.keys)
	s.mu.Unlock()
	require.NoError(s.t, s.boot())
}

// Fault notes something that splunkd would have refused or suffered from.
func (s *Splunkd) fault(what string) { s.change(func() { s.faults = append(s.faults, what) }) }

// TakeFaults gives the faults so far and forgets them: a test that expects some takes them.
func (s *Splunkd) TakeFaults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.faults
	s.faults = nil
	return taken
}

// change changes the state and wakes those who wait for a change.
func (s *Splunkd) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	close(s.changed)
	s.changed = make(chan struct{})
}

// WaitFor waits until a condition holds, which is looked at anew after each change: an event, a line of the log, a run's start or end.
func (s *Splunkd) WaitFor(what string, holds func() bool) {
	s.t.Helper()
	patience := time.NewTimer(s.o.Patience)
	defer patience.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-patience.C:
			require.FailNow(s.t, "waited in vain for "+what)
		}
	}
}

func (s *Splunkd) database() string { return filepath.Join(s.home, "var", "lib", "splunk") }

func (s *Splunkd) installed() *app {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.NotNil(s.t, s.app, "no app is installed")
	return s.app
}
