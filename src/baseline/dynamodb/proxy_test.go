package dynamodb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A proxy stands in front of DynamoDB Local and does to calls what networks and busy tables do.
type proxy struct {
	*httptest.Server
	mu    sync.Mutex
	calls []string // operations, each time they came in
	fault func(n int, op string, body map[string]any) fault
}

// A fault is what becomes of one call; the zero fault lets it pass.
type fault struct {
	lost    bool                    // it is carried out and its answer lost
	refused bool                    // it never arrives
	answer  any                     // this is answered instead, with status 400 where it is a refusal
	only    func(op map[string]any) // it is carried out in part: the request is changed so
	then    func(answer map[string]any)
}

// A refusal is an error of the service.
type refusal struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
	Reasons []any  `json:"CancellationReasons,omitempty"`
}

func refuse(code string) *refusal {
	return &refusal{Type: "com.amazonaws.dynamodb.v20120810#" + code, Message: "said by the test"}
}

// cancelled is a cancelled transaction with these codes of its items.
func cancelled(codes ...string) *refusal {
	r := refuse("TransactionCanceledException")
	for _, c := range codes {
		r.Reasons = append(r.Reasons, map[string]string{"Code": c})
	}
	return r
}

func newProxy(t *testing.T) *proxy { return newProxyTo(t, address()) }

func newProxyTo(t *testing.T, to string) *proxy {
	local(t, to) // skips where there is none
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(t, to, w, r) }))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) serve(t *testing.T, to string, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	op := r.Header.Get("X-Amz-Target")
	op = op[strings.LastIndexByte(op, '.')+1:]
	var parsed map[string]any
	if json.Unmarshal(body, &parsed) != nil {
		t.Errorf("%s: no JSON", op)
	}
	p.mu.Lock()
	p.calls = append(p.calls, op)
	var f fault
	if p.fault != nil {
		f = p.fault(len(p.calls), op, parsed)
	}
	p.mu.Unlock()
	switch {
	case f.refused:
		hangUp(w)
		return
	case f.answer != nil:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if _, no := f.answer.(*refusal); no {
			w.WriteHeader(http.StatusBadRequest)
		}
		json.NewEncoder(w).Encode(f.answer)
		return
	case f.only != nil:
		f.only(parsed)
		body, _ = json.Marshal(parsed)
	}
	status, header, answer := forward(r, to, body)
	switch {
	case status == 0 || f.lost:
		hangUp(w)
		return
	case f.then != nil:
		var changed map[string]any
		json.Unmarshal(answer, &changed)
		f.then(changed)
		answer, _ = json.Marshal(changed)
	default:
		w.Header().Set("X-Amz-Crc32", header.Get("X-Amz-Crc32"))
	}
	w.Header().Set("Content-Type", header.Get("Content-Type"))
	w.WriteHeader(status)
	w.Write(answer)
}

func forward(r *http.Request, to string, body []byte) (status int, header http.Header, answer []byte) {
	out, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil
	}
	out.Header = r.Header.Clone()
	out.Header.Del("Accept-Encoding")
	res, err := http.DefaultClient.Do(out)
	if err != nil {
		return 0, nil, nil
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, nil
	}
	return res.StatusCode, res.Header, answer
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		conn.Close()
	}
}

// count is how often an operation came in.
func (p *proxy) count(op string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		if c == op {
			n++
		}
	}
	return n
}

// pauses counts instead of waiting.
type pauses struct {
	mu    sync.Mutex
	n     int
	total time.Duration
}

func (p *pauses) wait(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	p.total += d
	return ctx.Err()
}

func TestTheProxyLetsPass(t *testing.T) {
	p := newProxy(t)
	_, table := fresh(t)
	s := open(t, options(local(t, p.URL), table))
	_, err := s.Begin(t.Context(), "run1")
	require.NoError(t, err)
	unfinished, err := s.Begin(t.Context(), "run2")
	require.NoError(t, err)
	require.Equal(t, "run1", unfinished)
	_, _, requests := s.Spent()
	require.Equal(t, requests, len(p.calls))
}
