// Package athenatest is an Athena and an S3 for tests, on one address: it speaks Athena's JSON protocol and S3's, and runs the SQL it
// is given, unchanged, on Trino, whose S3 it is itself.
//
// It is used by tests only. It is not Athena: it knows the tables that our own DDL makes (CloudTrailInputFormat: a row is a record),
// and what it says in each state, error and file is what AWS's documentation or other people's reports of the service say; the comments
// name the source where the documentation has none, and "inferred" where there is none at all.
package athenatest

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A Front is a running Athena with its S3. Its methods are safe for use by many goroutines.
type Front struct {
	URL string // of Athena and S3 alike, for an aws.Config's BaseEndpoint or endpoint_url

	t        testing.TB
	server   *httptest.Server
	trino    *trino // nil without
	done     chan struct{}
	running  sync.WaitGroup
	stopOnce sync.Once
	defining sync.Mutex // one DDL statement at a time

	mu         sync.Mutex // guards what follows
	buckets    map[string]map[string]object
	pageSize   int
	calls      []Call
	faults     []*Fault
	workGroups map[string]WorkGroup
	databases  map[string]map[string]*table
	queries    map[string]*query
	started    []*query // in order
	tokens     map[string]*query
	usual      Course
	courses    []Course
	answer     func(sql string) (Answer, error)
	ahead      time.Duration // of this machine's clock is Athena's
	fallback   http.Handler
}

// Start gives a front whose SQL runs on the Trino at CT_TRINO, in a catalog of its own, and skips the test where there is none.
// It has the workgroup primary, which writes to s3://results/, the buckets logs and results, and the database default.
func Start(t testing.TB) *Front {
	t.Helper()
	server, data := os.Getenv("CT_TRINO"), os.Getenv("CT_TRINO_DATA")
	if server == "" || data == "" {
		t.Skip("CT_TRINO and CT_TRINO_DATA are not set: check/aws.sh starts Trino, make check-aws runs all that needs it")
	}
	f := New(t)
	f.trino = newTrino(server, data, f.URL, catalogName())
	require.NoError(t, f.trino.open())
	require.NoError(t, f.trino.createSchema("default"))
	return f
}

// New gives a front without an engine: SQL is answered by what Answer was given.
func New(t testing.TB) *Front {
	t.Helper()
	f := Unserved(t)
	f.server = httptest.NewServer(f)
	f.URL = f.server.URL
	return f
}

// Unserved gives a front without an engine and without an address: it is an http.Handler.
func Unserved(t testing.TB) *Front {
	t.Helper()
	f := &Front{
		t: t, done: make(chan struct{}), pageSize: 1000,
		buckets:    map[string]map[string]object{"logs": {}, "results": {}},
		workGroups: map[string]WorkGroup{"primary": {OutputLocation: "s3://results/"}},
		databases:  map[string]map[string]*table{"default": {}},
		queries:    make(map[string]*query), tokens: make(map[string]*query),
		usual: Course{Queued: 1},
	}
	t.Cleanup(f.Stop)
	return f
}

// catalogName is one that no other front at this Trino has: Trino keeps a catalog's name until it is dropped.
func catalogName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return "front_" + hex.EncodeToString(b[:])
}

// Stop ends all that runs. The end of the test does it too.
func (f *Front) Stop() {
	f.stopOnce.Do(func() {
		close(f.done)
		f.mu.Lock()
		for _, q := range f.started {
			q.cancel()
		}
		f.mu.Unlock()
		f.running.Wait()
		if f.trino != nil {
			if err := f.trino.close(); err != nil {
				f.t.Errorf("%v", err)
			}
		}
		if f.server != nil {
			f.server.Close()
		}
	})
}

// Fallback takes the calls that are neither Athena's nor S3's (STS, IAM, Organizations, DynamoDB), for tests of a whole run. Without
// one they are refused.
func (f *Front) Fallback(h http.Handler) { f.locked(func() { f.fallback = h }) }

// ServeHTTP tells the services apart as their protocols do: by X-Amz-Target, by a form's Action, else it is S3.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target, form := r.Header.Get("X-Amz-Target"), strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	switch operation, athena := strings.CutPrefix(target, "AmazonAthena."); {
	case athena:
		f.serveAthena(w, r, operation)
	case target == "" && !form:
		f.serveS3(w, r)
	default:
		f.serveElse(w, r, target)
	}
}

func (f *Front) serveElse(w http.ResponseWriter, r *http.Request, target string) {
	f.mu.Lock()
	h := f.fallback
	f.calls = append(f.calls, Call{Service: "else", Operation: target})
	f.mu.Unlock()
	if h == nil {
		http.Error(w, "this front serves Athena and S3 only", http.StatusNotImplemented)
		return
	}
	h.ServeHTTP(w, r)
}

func (f *Front) locked(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

// Ahead sets by how much Athena's clock is ahead of this machine's.
func (f *Front) Ahead(by time.Duration) { f.locked(func() { f.ahead = by }) }

// now is Athena's time. Whoever asks holds the lock.
func (f *Front) now() time.Time { return now().Add(f.ahead) }

// now is in milliseconds, as the services give it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
