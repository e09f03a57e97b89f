package hec

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// The collector's paths.
const (
	collector  = "/services/collector"
	eventPath  = collector + "/event"
	ackPath    = collector + "/ack"
	healthPath = collector + "/health"
)

// An address is where a collector is.
type address struct {
	base string // scheme, host and port
	host string // host and port, for errors
}

// parse reads hec_url. What it finds wrong it does not quote: people put tokens there.
func parse(text string) (*address, error) {
	const form = "it must be https://HOST:8088, nothing more"
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("what is given is not the address of a collector; " + form)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the URL holds more than scheme, host, port and path; " + form + "; the token belongs into the entry that hec_credential names")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("http:// would send the token and the events in clear text; " +
			"use https://, with ca_file where the collector's certificate is your own authority's")
	}
	switch strings.TrimRight(u.Path, "/") {
	case "", collector, eventPath:
		return &address{base: u.Scheme + "://" + u.Host, host: u.Host}, nil
	default:
		return nil, errors.New("the path of the URL is not that of the event endpoint, " + eventPath + ", which may be left out; " + form)
	}
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
