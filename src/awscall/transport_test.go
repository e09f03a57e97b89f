package awscall

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// tunnel is an HTTP proxy that connects every name to one address, or, without one, refuses.
type tunnel struct {
	*httptest.Server
	to    string
	mu    sync.Mutex
	names []string
	users []string
}

func newTunnel(t *testing.T, to string) *tunnel {
	p := &tunnel{to: to}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.names = append(p.names, r.Method+" "+r.Host)
	p.users = append(p.users, r.Header.Get("Proxy-Authorization"))
	p.mu.Unlock()
	if p.to == "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	far, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = far.Close()
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
}

func TestProxyAndOwnCertificates(t *testing.T) {
	bareEnvironment(t)
	fake := newFakeSTS(t)
	secure := httptest.NewUnstartedServer(fake)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the client that does not trust it is meant to
	secure.StartTLS()
	defer secure.Close()
	proxy := newTunnel(t, secure.Listener.Addr().String())
	authority := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600))

	o := Options{EndpointURL: "https://example.com", CAFile: authority, Proxy: Proxy{proxy.URL, "soc", "hush"}, MaxAttempts: 1}
	_, err := open(t, o).Who(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"CONNECT example.com:443"}, proxy.names)
	require.Equal(t, []string{"Basic c29jOmh1c2g="}, proxy.users)

	o.CAFile = ""
	_, err = open(t, o).Who(t.Context())
	require.ErrorContains(t, err, "certificate")
	require.NotContains(t, err.Error(), "hush")

	o = Options{EndpointURL: secure.URL, CAFile: authority, Proxy: Proxy{URL: "http://127.0.0.1:1"}, MaxAttempts: 1}
	_, err = open(t, o).Who(t.Context())
	require.NoError(t, err, "this machine is asked without the proxy")

	client, err := o.HTTPClient()
	require.NoError(t, err)
	moved := httptest.NewServer(http.RedirectHandler(secure.URL, http.StatusFound))
	defer moved.Close()
	answer, err := client.Get(moved.URL)
	require.NoError(t, err)
	_ = answer.Body.Close()
	require.Equal(t, http.StatusFound, answer.StatusCode, "what is no service of AWS is not followed elsewhere")
	answer, err = client.Get(secure.URL)
	require.NoError(t, err, "and is trusted by the same authorities")
	_ = answer.Body.Close()

	t.Setenv("AWS_CA_BUNDLE", authority)
	o.CAFile = ""
	_, err = open(t, o).Who(t.Context())
	require.NoError(t, err, "the SDK's own setting")
}

// The host names are the SDK's; what is shown is that its settings reach it and that STS is not asked in us-east-1 for everybody.
func TestEndpointOfTheRegion(t *testing.T) {
	for name, tc := range map[string]struct{ region, fips, dual, want string }{
		"regional":    {"eu-central-1", "", "", "sts.eu-central-1.amazonaws.com"},
		"government":  {"us-gov-west-1", "", "", "sts.us-gov-west-1.amazonaws.com"},
		"china":       {"cn-north-1", "", "", "sts.cn-north-1.amazonaws.com.cn"},
		"FIPS":        {"us-west-2", "true", "", "sts-fips.us-west-2.amazonaws.com"},
		"dual-stack":  {"us-west-2", "", "true", "sts.us-west-2.api.aws"},
		"both of the": {"us-west-2", "true", "true", "sts-fips.us-west-2.api.aws"},
	} {
		t.Run(name, func(t *testing.T) {
			bareEnvironment(t)
			t.Setenv("AWS_USE_FIPS_ENDPOINT", tc.fips)
			t.Setenv("AWS_USE_DUALSTACK_ENDPOINT", tc.dual)
			proxy := newTunnel(t, "")
			_, err := open(t, Options{Region: tc.region, Proxy: Proxy{URL: proxy.URL}, MaxAttempts: 1}).Who(t.Context())
			require.Error(t, err)
			require.Equal(t, []string{"CONNECT " + tc.want + ":443"}, proxy.names)
		})
	}
}

func TestWrongTransport(t *testing.T) {
	bareEnvironment(t)
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for says, o := range map[string]Options{
		"CA file: open ":                  {CAFile: empty + "x"},
		"no certificate in it":            {CAFile: empty},
		"http://host:port or https://hos": {Proxy: Proxy{URL: "http://soc:hush@ho st"}},
		"it must be http://":              {Proxy: Proxy{URL: "socks5://hush:1"}},
	} {
		_, err := Open(t.Context(), o)
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "hush")
	}
}

func TestWhatIsNear(t *testing.T) {
	for host, want := range map[string]bool{"127.0.0.1": true, "localhost": true, "::1": true, "169.254.169.254": true, "169.254.170.2": true,
		"fd00:ec2::254": true, "fd00:ec2::23": true, "10.0.0.1": false, "sts.amazonaws.com": false, "fd00:ec2::25": false} {
		require.Equal(t, want, near(host), host)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	bareEnvironment(t)
	t.Setenv("AWS_DEFAULTS_MODE", "standard") // with which the SDK would give each client of a service connections of its own
	var fresh atomic.Int32
	counted := httptest.NewUnstartedServer(newFakeSTS(t))
	counted.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			fresh.Add(1)
		}
	}
	counted.Start()
	defer counted.Close()
	c := open(t, Options{EndpointURL: counted.URL})
	for i := range 20 {
		_, err := c.As(t.Context(), strconv.Itoa(i), "R")
		require.NoError(t, err)
	}
	require.Less(t, fresh.Load(), int32(10), "of 21 calls by 21 clients; a connection comes back a moment after its answer was read")
}

func TestStreamThatFallsSilent(t *testing.T) {
	bareEnvironment(t)
	held := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "five!")
		w.(http.Flusher).Flush()
		<-held
	}))
	defer silent.Close()
	defer close(held)
	c := open(t, Options{EndpointURL: silent.URL, SilenceTimeout: 200 * time.Millisecond})
	out, err := s3.NewFromConfig(c.Base()).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
	require.NoError(t, err)
	defer func() { _ = out.Body.Close() }()
	begun, err := io.ReadAll(out.Body)
	require.Error(t, err)
	require.Equal(t, "five!", string(begun))
}
