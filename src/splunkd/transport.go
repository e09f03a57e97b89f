package splunkd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// transport reaches one host, by no proxy. Its certificate must be good by the authorities of the system or those in
// $SPLUNK_HOME/etc/auth/cacert.pem. Only on this machine one that is not is taken too: the one that splunkd is installed with names no
// host.
func transport(host, home string) (*http.Transport, error) {
	t := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true, // a run makes few calls, and nothing is to be left open
		MaxResponseHeaderBytes: 64 << 10,
	}
	if isLoopback(host) {
		t.TLSClientConfig.InsecureSkipVerify = true
		t.DialContext = (&net.Dialer{Control: onlyLoopback}).DialContext
		return t, nil
	}
	roots, err := authorities(home)
	if err != nil {
		return nil, err
	}
	t.TLSClientConfig.RootCAs = roots
	return t, nil
}

func authorities(home string) (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if home == "" {
		return roots, nil
	}
	file := filepath.Join(home, "etc", "auth", "cacert.pem")
	pem, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return roots, nil
	case err != nil:
		return nil, fmt.Errorf("read the authorities that splunkd trusts: %w", err)
	case !roots.AppendCertsFromPEM(pem):
		return nil, fmt.Errorf("read the authorities that splunkd trusts: %s holds no certificate", file)
	}
	return roots, nil
}

// isLoopback tells whether a host's name or address is this machine's own.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// onlyLoopback is a net.Dialer's Control. A hosts file can call any machine localhost.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !isLoopback(host) {
		return errors.New("its name leads to another machine")
	}
	return nil
}
