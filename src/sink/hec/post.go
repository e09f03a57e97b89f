package hec

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// mostAnswer bounds what is read of an answer. Splunk's have a hundred bytes, but those about acknowledgements.
const mostAnswer = 1 << 20

// An answer is what the collector says.
type answer struct {
	status int
	coded  bool // it has a code
	code   int
	number int             // of the event that is wrong, from 0; -1 where that is not said
	ack    *int64          // to ask for
	acks   map[string]bool // asked for
	wait   time.Duration   // what it asks to wait for
}

// ask sends one request and reads the answer whole. An error means that it is not known what became of the request.
func (s *Sink) ask(ctx context.Context, method, path string, body []byte) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Patience, fmt.Errorf("no whole answer within %s", s.Patience))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.at.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address can't be asked") // its text is not ours to show
	}
	if method == http.MethodPost {
		req.Header.Set("Authorization", s.authorization)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Splunk-Request-Channel", s.channel)
	}
	if bytes.HasPrefix(body, gzipped) {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return nil, silence(ctx, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", silence(ctx, err))
	}
	a := &answer{status: resp.StatusCode, number: -1, wait: retryAfter(resp.Header)}
	a.read(text)
	return a, nil
}

// silence is an error without the address, which is said elsewhere, or that the patience came to its end.
func silence(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// read takes from an answer's text what it understands: a front may answer in HTML.
func (a *answer) read(text []byte) {
	var t struct {
		Code   *int            `json:"code"`
		Number *int            `json:"invalid-event-number"`
		Ack    *int64          `json:"ackId"`
		Acks   map[string]bool `json:"acks"`
	}
	if json.Unmarshal(text, &t) != nil {
		return
	}
	a.ack, a.acks = t.Ack, t.Acks
	if t.Code != nil {
		a.coded, a.code = true, *t.Code
	}
	if t.Number != nil {
		a.number = *t.Number
	}
}

// retryAfter is in seconds, or a time by the server's own clock (RFC 9110, 10.2.3).
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < 1<<20 {
		return time.Duration(n) * time.Second
	}
	then, err := http.ParseTime(text)
	now, unsaid := http.ParseTime(h.Get("Date"))
	if err != nil || unsaid != nil {
		return 0
	}
	return max(0, then.Sub(now))
}

// gzipped is how compressed bodies begin (RFC 1952).
var gzipped = []byte{0x1f, 0x8b}

// pack is the body of a batch.
func pack(batch []item) []byte {
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	for i := range batch {
		_, _ = z.Write(batch[i].envelope) // a buffer takes all
	}
	_ = z.Close()
	return body.Bytes()
}

// untrusted tells that the collector is not who it must be. That does not pass by itself.
func untrusted(err error) bool {
	var cert *tls.CertificateVerificationError
	return errors.As(err, &cert)
}
