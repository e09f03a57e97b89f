// Package hectest is Splunk's HTTP Event Collector for tests: it reads what is sent as strictly as Splunk does, answers with Splunk's codes, and fails
// as it is told to.
//
// It is used by tests only. What it says in each case is what Splunk's manual ("Troubleshoot HTTP Event Collector", 9.3) and REST reference
// (services/collector) say; the comments name the source where these have none. It indexes nothing: it counts.
package hectest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// A Server is a running collector. What is exported is set before the first request; the methods are safe for use by many goroutines.
type Server struct {
	URL      string // as for hec_url
	Token    string
	Disabled bool     // the token is
	Indexes  []string // the token may write to; nil: all
	Acks     bool     // the token has acknowledgement
	Most     int      // bytes of a request after decompression; 0: Splunk's own 838,860,800
	// Refuse gives the code that an event is refused with, or 0. nil refuses none.
	Refuse func(Envelope) int
	// Unnumbered leaves out which event is wrong, and takes none of its request, as fronts do that are not Splunk's.
	Unnumbered bool
	AckAfter   int  // how often an acknowledgement is asked for in vain
	OneAck     bool // acknowledgements come one at a time, the latest first
	Health     int  // code of the health endpoint; 0: 17

	t      testing.TB
	server *httptest.Server
	done   chan struct{}

	mu       sync.Mutex // guards what follows
	faults   []Fault
	requests []Request
	indexed  []Envelope
	acks     map[string]map[int64]*promise // by channel
	ids      int64
}

// An Envelope is one event as it arrived.
type Envelope struct {
	Time       json.Number     `json:"time"`
	Host       string          `json:"host"`
	Source     string          `json:"source"`
	SourceType string          `json:"sourcetype"`
	Index      string          `json:"index"`
	Event      json.RawMessage `json:"event"`
	Fields     json.RawMessage `json:"fields"`
}

// ID is the event's anomaly_id, or "".
func (e *Envelope) ID() string {
	var t struct {
		ID string `json:"anomaly_id"`
	}
	_ = json.Unmarshal(e.Event, &t)
	return t.ID
}

// A Request is what was asked, and what was said.
type Request struct {
	Path    string
	Channel string
	Gzip    bool
	Bytes   int // of the body, decompressed
	Events  int
	Status  int // 0: none was given
}

// New starts a collector on http://.
func New(t testing.TB) *Server {
	s := Unserved(t)
	s.server = httptest.NewServer(s)
	s.URL = s.server.URL
	return s
}

// NewTLS starts one on https://, with a certificate that Client trusts.
func NewTLS(t testing.TB) *Server {
	s := Unserved(t)
	s.server = httptest.NewTLSServer(s)
	s.URL = s.server.URL
	return s
}

// Unserved is a collector that somebody else serves.
func Unserved(t testing.TB) *Server {
	s := &Server{Token: token(), t: t, done: make(chan struct{}), acks: map[string]map[int64]*promise{}}
	t.Cleanup(func() {
		close(s.done)
		if s.server == nil {
			return
		}
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

// token is as Splunk makes them, another one for each server, so that a test can look for it in what it must not be in.
func token() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Client trusts the server's certificate.
func (s *Server) Client() *http.Client { return s.server.Client() }

// Certificate is the server's, in the form of x509.
func (s *Server) Certificate() []byte { return s.server.Certificate().Raw }

// Indexed counts the events in the index by anomaly_id.
func (s *Server) Indexed() map[string]int {
	counts := map[string]int{}
	for _, e := range s.Envelopes() {
		if id := e.ID(); id != "" {
			counts[id]++
		}
	}
	return counts
}

// Envelopes gives all that was indexed, in that order.
func (s *Server) Envelopes() []Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.indexed)
}

// Requests gives all that was asked, in that order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Forget empties the index and the list of requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.indexed, s.requests = nil, nil
}

// Codes gives all codes of Splunk's table and the status of each.
func Codes() map[int]int {
	all := map[int]int{}
	for code, w := range words {
		all[code] = w.status
	}
	return all
}

// wait sleeps, or ends with the request or the server.
func (s *Server) wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.done:
	}
}
