package instances

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

const (
	home = "111122223333"
	web  = "i-0123456789abcdef0"
	vpc  = "vpc-0a"
)

// ec2Fake speaks as much of EC2's protocol as the room needs: one instance with its interfaces in eu-west-1, and a NAT
// gateway. It counts calls as "operation region".
type ec2Fake struct {
	mu        sync.Mutex
	calls     map[string]int
	refuse    map[string]string // "operation region" or "operation" -> code of the error
	state     string            // of the instance; terminated ones have no interfaces
	addresses string            // more of the instance's public addresses, as XML
	launched  string
}

var regionIn = regexp.MustCompile(`Credential=[^/]+/\d+/([a-z0-9-]+)/ec2/`)

func (f *ec2Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, region := r.FormValue("Action"), regionIn.FindStringSubmatch(r.Header.Get("Authorization"))[1]
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[operation+" "+region]++
	for _, key := range []string{operation, operation + " " + region} {
		if code := f.refuse[key]; code != "" {
			status := http.StatusForbidden
			if code == "RequestLimitExceeded" {
				status = http.StatusServiceUnavailable
			}
			w.WriteHeader(status)
			fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>`, code)
			return
		}
	}
	body := ""
	switch operation {
	case "DescribeInstances":
		if r.FormValue("Filter.1.Name") == "instance-id" && r.FormValue("Filter.1.Value.1") == web && region == "eu-west-1" {
			body = f.instance()
		}
		body = "<reservationSet>" + body + "</reservationSet>"
	case "DescribeRegions":
		for _, name := range []string{"us-east-1", "eu-central-1", "eu-west-1", "ap-south-1"} {
			body += "<item><regionName>" + name + "</regionName></item>"
		}
		body = "<regionInfo>" + body + "</regionInfo>"
	case "DescribeNatGateways":
		if r.FormValue("Filter.1.Value.1") == vpc {
			body = `<item><natGatewayId>nat-1</natGatewayId><natGatewayAddressSet><item><publicIp>203.0.113.99</publicIp><privateIp>10.0.0.99</privateIp></item></natGatewayAddressSet></item>`
		}
		body = "<natGatewaySet>" + body + "</natGatewaySet>"
	}
	fmt.Fprintf(w, `<%sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>%s</%sResponse>`, operation, body, operation)
}

func (f *ec2Fake) instance() string {
	interfaces := ""
	if f.state != "terminated" {
		interfaces = `<vpcId>vpc-0a</vpcId><privateIpAddress>10.0.0.10</privateIpAddress><ipAddress>203.0.113.10</ipAddress><ipv6Address>2001:db8::10</ipv6Address>
<networkInterfaceSet><item>
<privateIpAddressesSet>
<item><privateIpAddress>10.0.0.10</privateIpAddress><association><publicIp>203.0.113.10</publicIp></association></item>
<item><privateIpAddress>10.0.0.11</privateIpAddress><association><publicIp>203.0.113.11</publicIp><carrierIp>203.0.113.12</carrierIp></association></item>` + f.addresses + `
</privateIpAddressesSet>
<ipv6AddressesSet><item><ipv6Address>2001:db8::11</ipv6Address></item></ipv6AddressesSet>
<ipv4PrefixSet><item><ipv4Prefix>10.0.1.0/28</ipv4Prefix></item></ipv4PrefixSet>
<ipv6PrefixSet><item><ipv6Prefix>2001:db8:1::/80</ipv6Prefix></item></ipv6PrefixSet>
</item></networkInterfaceSet>`
	}
	return `<item><instancesSet><item><instanceId>` + web + `</instanceId><launchTime>` + f.launched + `</launchTime>` + interfaces + `</item></instancesSet></item>`
}

// count is how often an operation was called, in all regions when none is named.
func (f *ec2Fake) count(operation string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for call, times := range f.calls {
		if call == operation || strings.HasPrefix(call, operation+" ") {
			n += times
		}
	}
	return n
}

// start is when the tests begin; clock is moved by hand from there.
var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type clock struct{ atomic.Int64 }

func (c *clock) now() time.Time           { return start.Add(time.Duration(c.Load())) }
func (c *clock) pass(after time.Duration) { c.Add(int64(after)) }

func open(t *testing.T) (*Room, *ec2Fake, *clock) {
	fake := &ec2Fake{calls: map[string]int{}, refuse: map[string]string{}, launched: "2026-11-01T00:00:00Z"}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	caller := connect(t, server.URL)
	watch := &clock{}
	return Open(Options{
		Config: func(_ context.Context, _, region string) (aws.Config, error) {
			return awscall.In(caller.Base(), region), nil
		},
		Ours: func(account string) bool { return account == home },
		Now:  watch.now,
	}), fake, watch
}

func connect(t *testing.T, endpoint string) *awscall.Caller {
	caller, err := awscall.Open(t.Context(), awscall.Options{
		EndpointURL: endpoint, Region: "us-east-1", Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}, MaxAttempts: 1,
	})
	require.NoError(t, err)
	return caller
}
