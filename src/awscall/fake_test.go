package awscall

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeSTS answers as STS does, in XML, and remembers what it was asked.
type fakeSTS struct {
	*httptest.Server
	arn      string                     // of the caller
	lifetime func(n int) time.Duration  // of the n-th session, counted from 1; nil: an hour
	refuse   func(form url.Values) bool // an AssumeRole
	mu       sync.Mutex
	asked    []url.Values // AssumeRole and AssumeRoleWithWebIdentity
	who      int          // GetCallerIdentity
	agents   []string
}

func newFakeSTS(t *testing.T) *fakeSTS {
	f := &fakeSTS{arn: "arn:aws:sts::111111111111:assumed-role/ctanomalyRole/i-0123456789"}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeSTS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = r.ParseForm()
	f.agents = append(f.agents, r.UserAgent())
	w.Header().Set("Content-Type", "text/xml")
	action := r.Form.Get("Action")
	if action == "GetCallerIdentity" {
		f.who++
		_, _ = fmt.Fprintf(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>%s</Arn>`+
			`<UserId>AROAEXAMPLE:x</UserId><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, f.arn)
		return
	}
	f.asked = append(f.asked, r.Form)
	n := len(f.asked)
	if f.refuse != nil && f.refuse(r.Form) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>`+
			`<Message>User: %s is not authorized to perform: sts:AssumeRole on resource: %s</Message></Error></ErrorResponse>`, f.arn, r.Form.Get("RoleArn"))
		return
	}
	lifetime := time.Hour
	if f.lifetime != nil {
		lifetime = f.lifetime(n)
	}
	_, _ = fmt.Fprintf(w, `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><Credentials><AccessKeyId>ASIASESSION%[2]d</AccessKeyId>`+
		`<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>%[3]s</Expiration></Credentials></%[1]sResult></%[1]sResponse>`,
		action, n, time.Now().Add(lifetime).UTC().Format(time.RFC3339))
}

func (f *fakeSTS) assumed() []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]url.Values(nil), f.asked...)
}

// bareEnvironment takes away all that this machine's own settings might lend to the SDK.
func bareEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION",
		"AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_S3", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_MAX_ATTEMPTS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"} {
		if value, ok := os.LookupEnv(name); ok {
			require.NoError(t, os.Unsetenv(name))
			t.Cleanup(func() { _ = os.Setenv(name, value) })
		}
	}
	home := t.TempDir()
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

var someKeys = Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "hush"}

func open(t *testing.T, o Options) *Caller {
	t.Helper()
	if o.Keys == (Keys{}) {
		o.Keys = someKeys
	}
	if o.Region == "" {
		o.Region = "eu-central-1"
	}
	c, err := Open(t.Context(), o)
	require.NoError(t, err)
	return c
}
