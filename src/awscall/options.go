package awscall

import (
	"context"
	"net"
	"strings"
	"time"
)

// Options say who calls AWS and how. The zero Options are the SDK's own chain of credentials, region and endpoints.
type Options struct {
	Profile     string // of the AWS config and credentials files; empty: the SDK's chain
	Keys        Keys   // instead of profile and chain
	Region      string // empty: the SDK's settings, on an instance its region, else as Beside has it, else us-east-1
	EndpointURL string // one for all services; empty: AWS_ENDPOINT_URL and the per-service variables, else AWS
	Proxy       Proxy  // zero: HTTPS_PROXY, HTTP_PROXY and NO_PROXY
	CAFile      string // PEM certificates to trust beside the system's

	Beside []string // ARNs and addresses of what is used, such as a queue's: the first that names a region

	ExternalID  Secret // sent with every AssumeRole
	SessionName string // of assumed roles, as CloudTrail will show it; default ct_anomaly
	Version     string // of this program, for the user agent

	Now  func() time.Time                                                     `json:"-"` // this host's clock; nil: time.Now
	Dial func(ctx context.Context, network, address string) (net.Conn, error) `json:"-"` // makes the connections; nil: the system does

	MaxAttempts    int           // of one operation, the first included; default 5, or AWS_MAX_ATTEMPTS
	ConnectTimeout time.Duration // for the connection and for the TLS handshake; default 10 s
	SilenceTimeout time.Duration // for which a connection that owes an answer, or the rest of one, may give no byte; default 60 s
}

// Keys are the access keys of an IAM user or a session. The JSON names are those of a storage/passwords entry.
type Keys struct {
	AccessKeyID     Secret `json:"access_key_id"`
	SecretAccessKey Secret `json:"secret_access_key"`
	SessionToken    Secret `json:"session_token"` // empty for the keys of a user
}

// Proxy is an HTTP proxy. Loopback and link-local addresses (the instance's metadata) are asked without it.
type Proxy struct {
	URL      string // http:// or https://
	User     string
	Password Secret
}

const (
	defaultSession        = "ct_anomaly"
	defaultMaxAttempts    = 5
	defaultConnectTimeout = 10 * time.Second
	defaultSilenceTimeout = 60 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionName == "" {
		o.SessionName = defaultSession
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	if o.SilenceTimeout == 0 {
		o.SilenceTimeout = defaultSilenceTimeout
	}
	return o
}

// tried says where credentials were looked for, in the words of the one who has to mend it.
func (o Options) tried() string {
	switch {
	case o.Keys != Keys{}:
		return "the access keys given"
	case o.Profile != "":
		return "the profile " + o.Profile + " of the AWS config and credentials files"
	}
	return strings.Join([]string{"the environment (AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE)", "the default or AWS_PROFILE's profile (keys, SSO, process)",
		"the container", "the instance profile"}, ", ")
}
