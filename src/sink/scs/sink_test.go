package scs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

const (
	clientID     = "anomalies"
	clientSecret = "c1ient-s3cret"
)

// A service stands in for Splunk Cloud Services on this machine: it gives tokens, and takes events of one tenant.
type service struct {
	*httptest.Server
	mu     sync.Mutex
	tokens int // given
	calls  int // to take events
	taken  []map[string]json.RawMessage
	answer func(call int, events []map[string]json.RawMessage) int // the status; nil: all is taken
}

func newService(t *testing.T) *service {
	s := &service{}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method + " " + r.URL.Path {
	case "POST /token":
		id, secret, _ := r.BasicAuth()
		if id != clientID || secret != clientSecret || r.FormValue("grant_type") != "client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s is wrong"}`, secret)
			return
		}
		s.tokens++
		_, _ = fmt.Fprintf(w, `{"access_token":"t0ken%d","token_type":"Bearer","expires_in":43200}`, s.tokens)
	case "POST /example/ingest/v1beta2/events":
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer t0ken%d", s.tokens) {
			s.refuse(w, http.StatusUnauthorized)
			return
		}
		s.calls++
		var events []map[string]json.RawMessage
		if json.NewDecoder(r.Body).Decode(&events) != nil {
			s.refuse(w, http.StatusBadRequest)
			return
		}
		if s.answer != nil {
			if status := s.answer(s.calls, events); status != http.StatusOK {
				s.refuse(w, status)
				return
			}
		}
		s.taken = append(s.taken, events...)
		_, _ = w.Write([]byte(`{"code":"SUCCESS","message":"Success"}`))
	default:
		s.refuse(w, http.StatusNotFound)
	}
}

func (s *service) refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"code":"NO","message":"said by the test of t0ken%d"}`, s.tokens)
}

func (s *service) ids() (all []string) {
	for _, e := range s.taken {
		all = append(all, strings.Trim(string(e["id"]), `"`))
	}
	return all
}

func open(t *testing.T, s *service) *Sink {
	sink, err := New(Options{Tenant: "example", ClientID: clientID, ClientSecret: clientSecret, Host: "h", Source: "ct_anomaly://one", Address: s.URL, AuthAddress: s.URL})
	require.NoError(t, err)
	return sink
}

func events(n int) (all []discern.Pending) {
	for i := range n {
		id := fmt.Sprintf("%032x", i)
		all = append(all, discern.Pending{ID: id, Event: fmt.Appendf(nil, `{"anomaly_id":"%s","first_time":"2026-11-22T10:00:07Z","reason":"<&>"}`, id)})
	}
	return all
}

func idsOf(events []discern.Pending) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func untaken(t *testing.T, err error) []string {
	var left *discern.Untaken
	require.ErrorAs(t, err, &left)
	for _, secret := range []string{clientSecret, "t0ken"} {
		require.NotContains(t, err.Error(), secret)
	}
	return left.IDs
}

// TestAnEventIsSentAsItIs, with its id and the time at which it happened, 500 a call.
func TestAnEventIsSentAsItIs(t *testing.T) {
	s := newService(t)
	sink, all := open(t, s), events(1001)
	require.NoError(t, sink.Send(t.Context(), all))
	require.Equal(t, idsOf(all), s.ids())
	require.Equal(t, []int{1, 3}, []int{s.tokens, s.calls})
	first := s.taken[0]
	require.JSONEq(t, string(all[0].Event), string(first["body"]))
	require.Equal(t, []string{"1795341607000", `"aws:cloudtrail:anomaly"`, `"h"`, `"ct_anomaly://one"`},
		[]string{string(first["timestamp"]), string(first["sourcetype"]), string(first["host"]), string(first["source"])})
	require.NoError(t, sink.Send(t.Context(), events(1)))
	require.Equal(t, 1, s.tokens, "a token is used until it ends")

	s.tokens++ // and where the service takes it no more, another is asked for
	require.NoError(t, sink.Send(t.Context(), events(1)))
	require.Equal(t, 3, s.tokens)
	require.Len(t, s.taken, 1003)
}

// TestABadEventHoldsNoOtherBack, whether the service refuses it or it is none.
func TestABadEventHoldsNoOtherBack(t *testing.T) {
	s := newService(t)
	s.answer = func(_ int, events []map[string]json.RawMessage) int {
		for _, e := range events {
			if strings.HasSuffix(string(e["id"]), `07"`) {
				return http.StatusBadRequest
			}
		}
		return http.StatusOK
	}
	all := events(20)
	all[3].Event = []byte(`{"first_time":`)
	err := open(t, s).Send(t.Context(), all)
	require.ElementsMatch(t, []string{all[3].ID, all[7].ID}, untaken(t, err))
	require.Len(t, s.taken, 18)
}

// TestAServiceThatTakesNothing is not asked again and again, and each fault says what mends it.
func TestAServiceThatTakesNothing(t *testing.T) {
	for status, says := range map[int]string{
		http.StatusServiceUnavailable: "status 503", http.StatusTooManyRequests: "status 429", http.StatusForbidden: "may ingest in this tenant",
	} {
		s := newService(t)
		s.answer = func(int, []map[string]json.RawMessage) int { return status }
		err := open(t, s).Send(t.Context(), events(1200))
		require.Len(t, untaken(t, err), 1200)
		require.ErrorContains(t, err, says)
		require.Equal(t, 1, s.calls)
	}
	s := newService(t)
	s.answer = func(int, []map[string]json.RawMessage) int { return http.StatusBadRequest }
	require.Len(t, untaken(t, open(t, s).Send(t.Context(), events(1200))), 1200)
	require.LessOrEqual(t, s.calls, 2*mostEvents, "one batch, by halves")
	s.answer = nil
	sink := open(t, s)
	sink.Tenant = "another"
	require.ErrorContains(t, sink.Send(t.Context(), events(1)), "see scs_tenant")
	sink.ClientSecret, sink.token.AccessToken = "other", ""
	err := sink.Send(t.Context(), events(1))
	require.Len(t, untaken(t, err), 1)
	require.ErrorContains(t, err, "see client_id and client_secret of scs_credential")
	require.NotContains(t, err.Error(), "see whether this host reaches")
	s.Close()
	sink = open(t, s)
	require.ErrorContains(t, sink.Send(t.Context(), events(1)), "see whether this host reaches")
}

// TestARunThatEndsWaitsForNoAnswer, of which the SDK knows nothing.
func TestARunThatEndsWaitsForNoAnswer(t *testing.T) {
	s := newService(t)
	asked := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	hangs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not hear that the other end is gone
		close(asked)
		<-r.Context().Done()
	}))
	defer hangs.Close()
	sink := open(t, s)
	sink.override = strings.TrimPrefix(hangs.URL, "http://")
	go func() { <-asked; cancel() }()
	err := sink.Send(ctx, events(3))
	require.Len(t, untaken(t, err), 3)
	require.ErrorIs(t, err, context.Canceled)
}

func TestWhatIsMissing(t *testing.T) {
	_, err := New(Options{Token: "t"})
	require.ErrorContains(t, err, "scs_tenant")
	_, err = New(Options{Tenant: "example", ClientID: "x"})
	require.ErrorContains(t, err, "scs_credential")
	_, err = New(Options{Tenant: "example", Token: "t", Address: "host"})
	require.ErrorContains(t, err, "scheme://host")
}

// TestATokenIsUsedAsItIs, and asked for nowhere; one that ends is asked for anew before that.
func TestATokenIsUsedAsItIs(t *testing.T) {
	s := newService(t)
	s.tokens = 1
	sink, err := New(Options{Tenant: "example", Token: "t0ken1", Address: s.URL, AuthAddress: s.URL})
	require.NoError(t, err)
	require.NoError(t, sink.Send(t.Context(), events(1)))
	require.Equal(t, 1, s.tokens)

	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	sink = open(t, s)
	sink.Now = func() time.Time { return now }
	require.NoError(t, sink.Send(t.Context(), events(1)))
	now = now.Add(12*time.Hour - time.Minute)
	require.NoError(t, sink.Send(t.Context(), events(1)))
	require.Equal(t, 3, s.tokens)
}
