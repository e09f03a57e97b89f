package splunkd

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	key    = "the-session-key"
	secret = "hunter2"
)

// serve starts a splunkd that answers by this handler, and a client of it.
func serve(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	return client(t, Options{URI: server.URL})
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	o.SessionKey, o.App = key, "cloudtrail_anomaly"
	c, err := New(o)
	require.NoError(t, err)
	return c
}

// answer is a handler that always says the same.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

func TestNew(t *testing.T) {
	cases := map[string]struct{ uri, want string }{
		"loopback":          {"https://127.0.0.1:8089", ""},
		"loopback, slash":   {"https://127.0.0.1:8089/", ""},
		"another loopback":  {"https://127.8.8.8:8089", ""},
		"IPv6":              {"https://[::1]:8089", ""},
		"IPv4 in IPv6":      {"http://[::ffff:127.0.0.1]:8089", ""},
		"by name":           {"https://LocalHost:8089", ""},
		"no TLS here":       {"http://localhost:8089", ""},
		"elsewhere":         {"https://splunk.example.com:8089", ""},
		"no TLS elsewhere":  {"http://splunk.example.com:8089", "would be asked without TLS"},
		"a name like it":    {"http://localhost.example.com:8089", "would be asked without TLS"},
		"an address not it": {"http://128.0.0.1:8089", "would be asked without TLS"},
		"another scheme":    {"ftp://127.0.0.1", `begins with "ftp"`},
		"no host":           {"https://", "is not a URL"},
		"nothing":           {"", "is not a URL"},
		"not a URL":         {"https://hunter2@[x", "is not a URL"},
		"a user":            {"https://admin:hunter2@127.0.0.1:8089", "holds more than"},
		"a path":            {"https://127.0.0.1:8089/hunter2", "holds more than"},
		"a query":           {"https://127.0.0.1:8089?hunter2", "holds more than"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := New(Options{URI: c.uri, SessionKey: key, App: "a"})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), secret)
			require.NotContains(t, err.Error(), key)
		})
	}
	_, err := New(Options{URI: "https://127.0.0.1:8089", App: "a"})
	require.ErrorContains(t, err, "no session key")
	_, err = New(Options{URI: "https://127.0.0.1:8089", SessionKey: key})
	require.ErrorContains(t, err, "no app")
}

// TestFaults holds for every call; Server stands for them.
func TestFaults(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the session key left for another server") }))
	defer other.Close()
	cases := map[string]struct {
		handler http.HandlerFunc
		is      error
		says    string
	}{
		"401":            {answer(401, `{"messages":[{"type":"WARN","text":"call not properly authenticated"}]}`), ErrForbidden, "does not accept the session key"},
		"403":            {answer(403, `{"messages":[{"type":"ERROR","text":"hunter2"}]}`), ErrForbidden, "may not read server/info (403)"},
		"404":            {answer(404, ``), nil, "not found"},
		"503":            {answer(503, secret), ErrUnreachable, "status 503"},
		"no content":     {answer(204, ``), ErrAnswer, "status 204"},
		"not JSON":       {answer(200, `<response>hunter2</response>`), ErrAnswer, "not the JSON"},
		"of other types": {answer(200, `{"entry":[{"content":{"serverName":["hunter2"]}}]}`), ErrAnswer, "not the JSON"},
		"nothing":        {answer(200, `{"entry":[]}`), ErrAnswer, "0 servers"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for err := error(nil); err == nil; {
				_, err = w.Write([]byte(strings.Repeat("x", 64<<10)))
			}
		}, ErrAnswer, "more than 1 MiB"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }, ErrAnswer, "status 302"},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte(`{"entry":`))
			panic(http.ErrAbortHandler)
		}, ErrUnreachable, "its management port must be on"},
		"cut at once": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ErrUnreachable, "its management port must be on"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, c.handler).Server(t.Context())
			require.Error(t, err)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), key)
			require.NotContains(t, err.Error(), secret)
		})
	}
}

func TestSlow(t *testing.T) {
	for _, part := range []string{"", `{"entry":`} {
		release := make(chan struct{})
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if part != "" {
				w.Write([]byte(part))
				w.(http.Flusher).Flush()
			}
			<-release
		}))
		_, err := client(t, Options{URI: server.URL, Timeout: 50 * time.Millisecond}).Server(t.Context())
		require.ErrorIs(t, err, ErrUnreachable)
		require.ErrorContains(t, err, "no answer from "+server.URL+" within 50ms")

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err = client(t, Options{URI: server.URL}).Server(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, ErrUnreachable)
		close(release)
		server.Close()
	}
}

func TestNobodyThere(t *testing.T) {
	server := httptest.NewTLSServer(answer(200, info))
	server.Close()
	_, err := client(t, Options{URI: server.URL}).Server(t.Context())
	require.ErrorIs(t, err, ErrUnreachable)
	require.ErrorContains(t, err, "refused")
}

func TestCapabilityIn(t *testing.T) {
	cases := map[string]string{
		`{"messages":[{"text":"(requires capability: edit_user)"}]}`:                                       "edit_user",
		`{"messages":[{"text":"x"},{"text":"requires one of the capabilities [list_storage_passwords]"}]}`: "list_storage_passwords",
		`{"messages":[{"text":"insufficient permission to access this resource"}]}`:                        "",
		`{"messages":[{"text":"capability: x"}]}`:                                                          "",
		`requires capability: edit_user`:                                                                   "",
		``:                                                                                                 "",
	}
	for body, want := range cases {
		require.Equal(t, want, capabilityIn([]byte(body)), body)
	}
}
