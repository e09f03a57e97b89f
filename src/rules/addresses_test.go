package rules

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddresses(t *testing.T) {
	networks := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	type call struct{ session, address, verdict string }
	const home, away = "literal", "second_address"
	for _, c := range []struct {
		name  string
		calls []call
	}{
		{"its own address", []call{{"i-1", "192.0.2.1", home}, {"i-1", "192.0.2.1", home}}},
		{"a second one", []call{{"i-1", "192.0.2.1", home}, {"i-1", "198.51.100.7", away}, {"i-1", "198.51.100.7", away}, {"i-1", "203.0.113.9", away}, {"i-1", "192.0.2.1", home}}},
		{"each instance has its own", []call{{"i-1", "192.0.2.1", home}, {"i-2", "198.51.100.7", home}, {"i-2", "192.0.2.1", away}}},
		{"services", []call{{"i-1", "cloudformation.amazonaws.com", home}, {"i-1", "192.0.2.1", home}, {"i-1", "AWS Internal", home}, {"i-1", "ec2.amazonaws.com", home}}},
		{"a service is not the first address", []call{{"i-1", "ssm.amazonaws.com", home}, {"i-1", "192.0.2.1", home}, {"i-1", "198.51.100.7", away}}},
		{"networks of instances", []call{{"i-1", "192.0.2.1", home}, {"i-1", "10.1.2.3", home}, {"i-1", "::ffff:10.1.2.3", home}, {"i-1", "2001:db8:1::5", home}, {"i-1", "2001:db8:2::5", away}}},
		{"such a network is not the first address", []call{{"i-1", "10.1.2.3", home}, {"i-1", "192.0.2.1", home}, {"i-1", "198.51.100.7", away}}},
		{"no address", []call{{"i-1", "", home}, {"i-1", "192.0.2.1", home}, {"i-1", "", home}}},
		{"a name that is no service's", []call{{"i-1", "192.0.2.1", home}, {"i-1", "amazonaws.com.example.org", away}, {"i-1", "evilamazonaws.com", away}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			addresses := NewAddresses(networks)
			for i, call := range c.calls {
				require.Equal(t, call.verdict, addresses.Verdict(call.session, call.address), "call %d", i)
			}
		})
	}
}

func TestServiceAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"AWS Internal": true, "s3.amazonaws.com": true, "amazonaws.com": false, "192.0.2.1": false, "": false, "aws internal": false,
	} {
		require.Equal(t, want, ServiceAddress(address), address)
	}
}
