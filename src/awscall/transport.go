package awscall

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// idlePerHost lets as many log files be read at once from one bucket without a new connection each.
const idlePerHost = 64

// client is the HTTP client of all calls: one pool of connections. It is the SDK's own kind, so that the SDK can add AWS_CA_BUNDLE to it and
// shorten its patience with the instance's metadata.
func (o Options) client() (*awshttp.BuildableClient, error) {
	proxy, err := o.Proxy.choose()
	if err != nil {
		return nil, err
	}
	roots, err := o.roots()
	if err != nil {
		return nil, err
	}
	return awshttp.NewBuildableClient().
		WithReadTimeout(o.SilenceTimeout).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = o.ConnectTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.Proxy = proxy
			if o.Dial != nil {
				t.DialContext = o.Dial
			}
			t.TLSHandshakeTimeout = o.ConnectTimeout
			t.ResponseHeaderTimeout = o.SilenceTimeout
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*idlePerHost, idlePerHost
			if roots == nil {
				return
			}
			if t.TLSClientConfig == nil {
				t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			t.TLSClientConfig.RootCAs = roots
		}), nil
}

// HTTPClient is a client for what is no service of AWS, with the same proxy, authorities and patience. It follows no redirects: what is sent with a
// secret goes where the settings say, and nowhere else.
func (o Options) HTTPClient() (*http.Client, error) {
	client, err := o.withDefaults().client()
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: client.GetTransport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

// roots are nil where the system's, or those of AWS_CA_BUNDLE, are the only ones.
func (o Options) roots() (*x509.CertPool, error) {
	if o.CAFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("CA file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s: no certificate in it; it must be PEM, with -----BEGIN CERTIFICATE-----", o.CAFile)
	}
	return roots, nil
}

// choose is the Proxy of an http.Transport.
func (p Proxy) choose() (func(*http.Request) (*url.URL, error), error) {
	if p.URL == "" {
		return http.ProxyFromEnvironment, nil
	}
	to, err := url.Parse(p.URL)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, errors.New("proxy URL: it must be http://host:port or https://host:port") // the text may hold a password
	}
	if p.User != "" {
		to.User = url.UserPassword(p.User, string(p.Password))
	}
	return func(r *http.Request) (*url.URL, error) {
		if near(r.URL.Hostname()) {
			return nil, nil
		}
		return to, nil
	}, nil
}

// near tells what a proxy can't reach for us: this machine, and the metadata and container addresses, which answer only it.
func near(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsLoopback() || a.IsLinkLocalUnicast() || a == metadataIPv6 || a == containerIPv6)
}

var (
	metadataIPv6  = netip.MustParseAddr("fd00:ec2::254") // of an instance
	containerIPv6 = netip.MustParseAddr("fd00:ec2::23")  // of an EKS pod
)
