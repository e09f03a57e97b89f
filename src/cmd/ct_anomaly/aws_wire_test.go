package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A wire lies between the program and AWS: it writes down what is called, by whom, and how much at once, and may answer itself.
type wire struct {
	url string

	mu     sync.Mutex
	calls  []wireCall
	roles  map[string]string // ARN of a role, by the key of its session
	flying map[string]int    // calls under way, by account whose files they ask for
	most   int               // accounts whose files were asked for at once
	fault  func(wireCall) *wireFault

	table sync.RWMutex // moto copies a table for each transaction, and fails, or takes back what others did, where it changes meanwhile

	sluggish string        // the operation that is delayed; "" is all
	delay    time.Duration // of calls for an account's files
}

// A wireCall is one request.
type wireCall struct {
	service, operation string
	who                string // ARN of the role; "" for the base credentials
	path               string // in S3 the key or prefix asked for
	status             int
}

// name is as IAM's actions begin, and the SDK's operation.
func (c wireCall) name() string { return c.service + ":" + c.operation }

// A wireFault is an answer instead of AWS's, in S3's form.
type wireFault struct {
	status int
	code   string
}

func (w *wire) open(t *testing.T, to string) {
	t.Helper()
	target, err := url.Parse(to)
	require.NoError(t, err)
	w.roles, w.flying = map[string]string{}, map[string]int{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: w.answered,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // as where AWS is not to be reached
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.carry(rw, r, proxy) }))
	t.Cleanup(server.Close)
	w.url = server.URL
}

func (w *wire) carry(rw http.ResponseWriter, r *http.Request, on http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := w.read(r, string(body))
	account := accountIn(c.path)
	w.mu.Lock()
	w.flying[account]++
	if account != "" {
		busy := len(w.flying)
		if _, other := w.flying[""]; other {
			busy--
		}
		w.most = max(w.most, busy)
	}
	fault, delay := w.fault, w.delay
	if account == "" || w.sluggish != "" && w.sluggish != c.operation {
		delay = 0
	}
	w.mu.Unlock()
	seen := &seen{ResponseWriter: rw}
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.flying[account]--; w.flying[account] == 0 {
			delete(w.flying, account)
		}
		c.status = seen.status
		w.calls = append(w.calls, c)
	}()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return
		}
	}
	if fault != nil {
		if f := fault(c); f != nil {
			seen.Header().Set("Content-Type", "application/xml")
			seen.WriteHeader(f.status)
			_, _ = io.WriteString(seen, "<Error><Code>"+f.code+"</Code><Message>by the test</Message></Error>")
			return
		}
	}
	switch {
	case c.operation == "TransactWriteItems":
		w.table.Lock()
		defer w.table.Unlock()
	case c.service == "dynamodb":
		w.table.RLock()
		defer w.table.RUnlock()
	}
	on.ServeHTTP(seen, r)
}

// seen remembers the status of an answer.
type seen struct {
	http.ResponseWriter
	status int
}

func (s *seen) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// credential is the scope that a request is signed for: key, day, region, service.
var credential = regexp.MustCompile(`Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/`)

func (w *wire) read(r *http.Request, body string) wireCall {
	var c wireCall
	if scope := credential.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		c.service = scope[2]
		w.mu.Lock()
		c.who = w.roles[scope[1]]
		w.mu.Unlock()
	}
	query := r.URL.Query()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	_, target, ok := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	form, _ := url.ParseQuery(body)
	switch {
	case ok:
		c.operation = target
	case c.service != "s3":
		c.operation = form.Get("Action")
	case key != "":
		c.operation, c.path = map[string]string{"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}[r.Method], key
	case query.Get("list-type") == "2":
		c.operation, c.path = "ListObjectsV2", query.Get("prefix")
	case r.Method == http.MethodPost && query.Has("delete"):
		c.operation = "DeleteObjects"
	case r.Method == http.MethodHead && bucket != "":
		c.operation = "HeadBucket"
	default:
		c.operation = r.Method + " " + r.URL.RequestURI()
	}
	return c
}

// answered takes note of sessions.
func (w *wire) answered(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if key, role := between(string(body), "<AccessKeyId>", "<"), between(string(body), "<Arn>", "<"); key != "" && strings.Contains(role, ":assumed-role/") {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.roles[key] = principalOf(role)
	}
	return nil
}

func between(text, begin, end string) string {
	_, text, _ = strings.Cut(text, begin)
	text, _, _ = strings.Cut(text, end)
	return text
}

// accountIn is the account whose log files lie below a key.
func accountIn(key string) string {
	head, _, ok := strings.Cut(key, "/CloudTrail/")
	if !ok {
		return ""
	}
	return head[strings.LastIndexByte(head, '/')+1:]
}

// taken gives the calls since it was asked last.
func (w *wire) taken() []wireCall {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := w.calls
	w.calls, w.most = nil, 0
	return calls
}

// instead has the wire answer what a function gives an answer for.
func (w *wire) instead(fault func(wireCall) *wireFault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}
