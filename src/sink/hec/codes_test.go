package hec

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
)

// TestEachCode has a collector answer all that is asked with one code of Splunk's, its token in the text, and then mends it.
func TestEachCode(t *testing.T) {
	const four = 4
	want := map[fate]int{taken: 1, shut: 1, again: tries, bad: 2*four - 1} // requests
	fates := map[int]fate{0: taken, 24: taken, 25: taken, 6: bad, 12: bad, 13: bad, 15: bad,
		8: again, 9: again, 18: again, 19: again, 20: again, 23: again, 26: again, 27: again}
	all := hectest.Codes()
	require.Len(t, all, 28)
	require.Len(t, codes, 28)
	for code := range all {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			expect, known := fates[code]
			if !known {
				expect = shut
			}
			server := hectest.New(t)
			sink, waited := open(t, server)
			server.Fail(hectest.Fault{Code: code, Times: hectest.Ever, Echo: true, Takes: expect == taken})
			err := sink.Send(t.Context(), events(four))
			require.Len(t, server.Requests(), want[expect])
			if expect == taken {
				require.NoError(t, err)
				require.Equal(t, once(events(four)), server.Indexed())
				return
			}
			left := untaken(t, err)
			slices.Sort(left)
			require.Equal(t, ids(events(four)), left)
			require.ErrorContains(t, err, fmt.Sprintf("HTTP %d, code %d: ", all[code], code))
			require.ErrorContains(t, err, "; ", "a mend")
			require.NotContains(t, err.Error(), server.Token)
			require.Equal(t, expect == again, len(waited.all) > 0)

			server.Mend()
			require.NoError(t, sink.Send(t.Context(), events(four)))
			require.Equal(t, once(events(four)), server.Indexed())
		})
	}
}

// TestEachStatus is of answers that no collector gave.
func TestEachStatus(t *testing.T) {
	for _, tc := range []struct {
		status, requests int
		says             string
	}{
		{http.StatusOK, tries, "not that of a collector"},
		{http.StatusNoContent, 1, "not that of a collector"},
		{http.StatusMovedPermanently, 1, "redirect"},
		{http.StatusTemporaryRedirect, 1, "redirect"},
		{http.StatusBadRequest, 7, "bad request"},
		{http.StatusUnauthorized, 1, "hec_credential"},
		{http.StatusForbidden, 1, "hec_credential"},
		{http.StatusNotFound, 1, "hec_url"},
		{http.StatusMethodNotAllowed, 1, "hec_url"},
		{http.StatusProxyAuthRequired, 1, "proxy_credential"},
		{http.StatusRequestTimeout, tries, "too long"},
		{http.StatusRequestEntityTooLarge, 7, "max_content_length"},
		{http.StatusUnsupportedMediaType, 1, "gzip"},
		{http.StatusTeapot, 1, "not that of a collector"},
		{http.StatusTooManyRequests, tries, "too many requests"},
		{http.StatusInternalServerError, tries, "does not work"},
		{http.StatusBadGateway, tries, "does not work"},
		{http.StatusServiceUnavailable, tries, "does not work"},
		{http.StatusGatewayTimeout, tries, "does not work"},
	} {
		t.Run(fmt.Sprint(tc.status), func(t *testing.T) {
			server := hectest.New(t)
			sink, _ := open(t, server)
			server.Fail(hectest.Fault{Status: tc.status, Times: hectest.Ever, Echo: true})
			err := sink.Send(t.Context(), events(4))
			left := untaken(t, err)
			slices.Sort(left)
			require.Equal(t, ids(events(4)), left)
			require.ErrorContains(t, err, fmt.Sprintf("HTTP %d: ", tc.status))
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), server.Token)
			require.Len(t, server.Requests(), tc.requests)
			server.Mend()
			require.NoError(t, sink.Send(t.Context(), events(4)))
			require.Equal(t, once(events(4)), server.Indexed())
		})
	}
}

// TestRealRefusals are those that the collector comes to by itself.
func TestRealRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		set  func(*hectest.Server, *Sink)
		says string
	}{
		"disabled token":   {func(s *hectest.Server, _ *Sink) { s.Disabled = true }, "code 1: the token is disabled; enable it in Splunk"},
		"unknown token":    {func(s *hectest.Server, _ *Sink) { s.Token = "another" }, "code 4: the token is not known there; put the value"},
		"index":            {func(s *hectest.Server, h *Sink) { s.Indexes = []string{"main"}; h.Index = "alerts" }, "the token may not write to index alerts"},
		"no header":        {func(_ *hectest.Server, h *Sink) { h.authorization = "" }, "code 2: no token arrived"},
		"odd header":       {func(_ *hectest.Server, h *Sink) { h.authorization = "Bearer x" }, "code 3: "},
		"no channel":       {func(s *hectest.Server, h *Sink) { s.Acks, h.channel = true, "" }, "code 10: the data channel is missing"},
		"odd channel":      {func(_ *hectest.Server, h *Sink) { h.channel = "x" }, "code 11: the data channel is invalid"},
		"no event is good": {func(s *hectest.Server, _ *Sink) { s.Refuse = func(hectest.Envelope) int { return 15 } }, "code 15: error in indexed fields"},
	} {
		t.Run(name, func(t *testing.T) {
			server := hectest.New(t)
			sink, _ := open(t, server)
			tc.set(server, sink)
			err := sink.Send(t.Context(), events(3))
			require.Equal(t, ids(events(3)), untaken(t, err))
			require.ErrorContains(t, err, tc.says)
			require.Empty(t, server.Indexed())
		})
	}
	require.Equal(t, tooLarge, (&answer{status: http.StatusRequestEntityTooLarge, coded: true, code: 6}).rule().fate, "a front may say both")
	server := hectest.New(t)
	server.Fail(hectest.Fault{Code: 7})
	sink, _ := open(t, server)
	require.ErrorContains(t, sink.Send(t.Context(), events(1)), "give the token a default index")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	other, server := hectest.New(t), hectest.New(t)
	sink, _ := open(t, server)
	server.Fail(hectest.Fault{Status: http.StatusPermanentRedirect, Location: other.URL + "/services/collector/event"})
	require.Equal(t, ids(events(2)), untaken(t, sink.Send(t.Context(), events(2))))
	require.Empty(t, other.Requests())
}

func TestCertificates(t *testing.T) {
	server := hectest.NewTLS(t)
	p := &pauses{}
	sink, err := New(Options{URL: server.URL, Token: server.Token, Pause: p.pause})
	require.NoError(t, err)
	err = sink.Send(t.Context(), events(2))
	require.Equal(t, ids(events(2)), untaken(t, err))
	require.ErrorContains(t, err, "ca_file")
	require.Empty(t, p.all, "a certificate does not become good by waiting")
	require.Empty(t, server.Requests())
}

// FuzzAnswer: whatever an answer says, only a whole answer of success, with the status of one, counts as delivered.
func FuzzAnswer(f *testing.F) {
	for code, status := range hectest.Codes() {
		f.Add(status, fmt.Sprintf(`{"text":"x","code":%d,"invalid-event-number":1,"ackId":%d}`, code, code))
	}
	f.Add(200, `{"text":"Success","co`)
	f.Add(200, `{"acks":{"0":true}}`)
	f.Add(503, `{"text":"Success","code":0}`)
	f.Fuzz(func(t *testing.T, status int, text string) {
		a := &answer{status: status, number: -1}
		a.read([]byte(text))
		r := a.rule()
		require.NotEmpty(t, r.text)
		if r.fate == taken {
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, []int{0, 24, 25}, a.code)
			require.True(t, a.coded)
		} else {
			require.NotEmpty(t, r.mend)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := "Wed, 01 May 2024 10:00:00 GMT"
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "99999999999": 0,
		"Wed, 01 May 2024 10:00:30 GMT": 30 * time.Second, "Wed, 01 May 2024 09:00:00 GMT": 0,
	} {
		require.Equal(t, want, retryAfter(http.Header{"Retry-After": {text}, "Date": {now}}), text)
	}
	require.Zero(t, retryAfter(http.Header{"Retry-After": {now}}))
}
