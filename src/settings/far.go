package settings

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// metrics reads a namespace of CloudWatch that metrics can be put in. Those that begin with AWS/ are kept for AWS's own services (Amazon CloudWatch API
// Reference, PutMetricData), the AWS/reInvent2017/SID341 of the workshop too.
func metrics() rule[string] {
	r := form("a namespace", "up to 255 letters, digits and .-_/#, such as reInvent2017/SID341", namespace)
	parse := r.parse
	r.parse = func(text string) (string, error) {
		if strings.HasPrefix(text, "AWS/") {
			return "", errors.New("what is given begins with AWS/, which CloudWatch keeps for AWS's own services")
		}
		return parse(text)
	}
	return r
}

// collector reads the address of Splunk's HTTP Event Collector. In clear text its token goes no further than this host.
func collector() rule[string] {
	r := address("https://HOST:8088", "https", "http")
	parse := r.parse
	r.parse = func(text string) (string, error) {
		text, err := parse(text)
		if err != nil {
			return "", err
		}
		if u, err := url.Parse(text); err != nil || u.Scheme == "http" && !loopback(u.Hostname()) {
			return "", errors.New("http:// would send the token and the events to another host in clear text (ca_file is for a certificate of your own authority)")
		}
		return text, nil
	}
	return r
}

// loopback tells whether a host is this one, whatever a resolver says.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
