package splunkd

import (
	"context"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// elsewhere is a client of a splunkd with a name that is not this machine's. It counts the requests that arrive.
func elsewhere(t *testing.T, home string, trusted bool) (c *Client, requests *int) {
	t.Helper()
	requests = new(int)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*requests++
		answer(200, info)(w, nil)
	}))
	t.Cleanup(server.Close)
	if trusted {
		file := filepath.Join(home, "etc", "auth", "cacert.pem")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	}
	c = client(t, Options{URI: "https://example.com:8089", Home: home})
	c.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return c, requests
}

func TestCertificates(t *testing.T) {
	t.Run("unknown, here", func(t *testing.T) {
		_, err := serve(t, answer(200, info)).Server(t.Context())
		require.NoError(t, err)
	})
	t.Run("unknown, elsewhere", func(t *testing.T) {
		c, requests := elsewhere(t, t.TempDir(), false)
		_, err := c.Server(t.Context())
		require.ErrorIs(t, err, ErrUnreachable)
		require.ErrorContains(t, err, "certificate")
		require.Zero(t, *requests)
	})
	t.Run("known, elsewhere", func(t *testing.T) {
		t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // is no business of these calls
		c, requests := elsewhere(t, t.TempDir(), true)
		_, err := c.Server(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, *requests)
	})
	t.Run("broken authorities", func(t *testing.T) {
		home := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(home, "etc", "auth"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(home, "etc", "auth", "cacert.pem"), []byte("x"), 0o600))
		o := Options{URI: "https://example.com", Home: home, SessionKey: key, App: "a"}
		_, err := New(o)
		require.ErrorContains(t, err, "holds no certificate")
		o.URI = "https://127.0.0.1:8089"
		_, err = New(o)
		require.NoError(t, err, "they are not needed here")
	})
	require.NoError(t, onlyLoopback("tcp", "[::1]:8089", nil))
	require.Error(t, onlyLoopback("tcp", "192.0.2.1:8089", nil), "localhost by a hosts file")
}

func TestWithoutTLS(t *testing.T) {
	server := httptest.NewServer(answer(200, info))
	defer server.Close()
	_, err := client(t, Options{URI: strings.Replace(server.URL, "127.0.0.1", "localhost", 1)}).Server(t.Context())
	require.NoError(t, err)
}
