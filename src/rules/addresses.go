package rules

import (
	"net/netip"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// Addresses tells whether an instance's credentials are used off the instance, by their source addresses alone: the first address
// of a session is its own. It wants the records in order of eventTime, then eventID, and remembers one address a session. It is
// not safe for concurrent use.
type Addresses struct {
	networks []netip.Prefix
	own      map[string]string // by session
}

// NewAddresses judges by these networks, which instances use: an address in one of them is nobody else's.
func NewAddresses(networks []netip.Prefix) *Addresses {
	return &Addresses{networks: networks, own: map[string]string{}}
}

// Verdict is discern.VerdictLiteral where the instance itself may have made the call, and discern.VerdictSecondAddress where the
// session has another address of its own. A session is any name that is one instance's in one role.
func (a *Addresses) Verdict(session, address string) string {
	if address == "" || a.Own(address) {
		return discern.VerdictLiteral
	}
	own, ok := a.own[session]
	if !ok {
		a.own[strings.Clone(session)] = strings.Clone(address)
		return discern.VerdictLiteral
	}
	if own == address {
		return discern.VerdictLiteral
	}
	return discern.VerdictSecondAddress
}

// Own tells whether an address says nothing against the instance: it is an AWS service's, or in one of the networks.
func (a *Addresses) Own(address string) bool {
	if ServiceAddress(address) {
		return true
	}
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(a.networks, func(n netip.Prefix) bool { return n.Contains(ip.Unmap()) })
}

// ServiceAddress tells whether a sourceIPAddress is the name that an AWS service puts there when it calls on somebody's behalf.
func ServiceAddress(address string) bool {
	return address == "AWS Internal" || strings.HasSuffix(address, ".amazonaws.com")
}
