package awscall

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// Of the SDK's words service and operation stay.
func TestAFailedCallInWords(t *testing.T) {
	const listing = "operation error Organizations: ListAccounts, "
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for name, tc := range map[string]struct {
		status int
		kind   string
		body   string
		want   string
	}{
		"AWS's own word":       {400, "application/x-amz-json-1.1", `{"__type":"AWSOrganizationsNotInUseException","message":"no"}`, "AWSOrganizationsNotInUseException: no (request R1)"},
		"no message":           {400, "application/x-amz-json-1.1", `{"__type":"UnsupportedAPIEndpointException"}`, "UnsupportedAPIEndpointException (request R1)"},
		"an expired session":   {400, "application/x-amz-json-1.1", `{"__type":"ExpiredTokenException","message":"The token is expired"}`, "ExpiredTokenException: The token is expired (request R1)"},
		"over and over":        {500, "application/x-amz-json-1.1", `{"__type":"ServiceException","message":"no"}`, "after 2 tries: ServiceException: no (request R1)"},
		"somebody else's page": {404, "text/html", "<html><meta><body>no</body></html>", "HTTP status 404 without a word of AWS: see endpoint_url, proxy_url and aws_region (request R1)"},
		"a page that is fine":  {200, "text/html", "<html>", "HTTP status 200 without a word of AWS: see endpoint_url, proxy_url and aws_region (request R1)"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.kind)
				w.Header().Set("X-Amzn-Requestid", "R1")
				w.WriteHeader(tc.status)
				_, _ = fmt.Fprint(w, tc.body)
			}))
			defer s.Close()
			_, err := organizations.NewFromConfig(open(t, Options{EndpointURL: s.URL, MaxAttempts: 2}).Base()).ListAccounts(t.Context(), nil)
			require.EqualError(t, err, listing+tc.want)
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		cfg := open(t, Options{EndpointURL: "http://" + closed.Addr().String(), MaxAttempts: 2}).Base()
		_, err := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).GetObject(t.Context(), &s3.GetObjectInput{Bucket: new("b"), Key: new("k")})
		require.EqualError(t, err, fmt.Sprintf("operation error S3: GetObject, after 2 tries: no answer from http://%[1]s: dial tcp %[1]s: connect: connection refused: "+
			"see whether this host reaches it, and proxy_url, ca_file, endpoint_url and aws_region", closed.Addr()))
	})
	t.Run("no more time", func(t *testing.T) {
		url, _ := failing(t, 500, "ServiceException", 9)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := organizations.NewFromConfig(open(t, Options{EndpointURL: url}).Base()).ListAccounts(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		require.EqualError(t, err, listing+"context canceled")
	})
	t.Run("what it was can still be told", func(t *testing.T) {
		url, _ := failing(t, 400, "AWSOrganizationsNotInUseException", 9)
		_, err := organizations.NewFromConfig(open(t, Options{EndpointURL: url}).Base()).ListAccounts(t.Context(), nil)
		var typed *types.AWSOrganizationsNotInUseException
		require.ErrorAs(t, err, &typed)
	})
}

// Where the role of a call could not be had, that is what is said.
func TestACallWhoseRoleFailed(t *testing.T) {
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "text/xml")
		if r.Form.Get("Action") == "GetCallerIdentity" {
			_, _ = fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/x</Arn><Account>111111111111</Account>`+
				`</GetCallerIdentityResult></GetCallerIdentityResponse>`)
			return
		}
		w.WriteHeader(400)
		_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Code>RegionDisabledException</Code><Message>STS is not activated</Message></Error><RequestId>R2</RequestId></ErrorResponse>`)
	}))
	defer sts.Close()
	c := open(t, Options{EndpointURL: sts.URL, MaxAttempts: 2})
	_, err := organizations.NewFromConfig(c.role("arn:aws:iam::222222222222:role/x")).ListAccounts(t.Context(), nil)
	require.EqualError(t, err, "operation error Organizations: ListAccounts, STS AssumeRole: RegionDisabledException: STS is not activated (request R2)")
}

// Keys that STS turns away: one sentence that says what is wrong with them, and the mend.
func TestKeysThatAreTurnedAway(t *testing.T) {
	for code, want := range map[string]string{
		"InvalidClientTokenId": "AWS does not know the access key: correct it, or give aws_region if it is one of aws-us-gov or aws-cn, which only that partition knows " +
			"(InvalidClientTokenId, asked in eu-central-1; looked at the access keys given)",
		"ExpiredToken":          "the AWS credentials have expired: renew them, or sign in again (ExpiredToken, asked in eu-central-1; looked at the access keys given)",
		"SignatureDoesNotMatch": "the secret access key is not the one of the access key: correct it (SignatureDoesNotMatch, asked in eu-central-1; looked at the access keys given)",
		"RequestExpired":        "AWS does not take the credentials: renew them (STS GetCallerIdentity: RequestExpired: no (request R2), asked in eu-central-1; looked at the access keys given)",
	} {
		sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(403)
			_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error><RequestId>R2</RequestId></ErrorResponse>`, code)
		}))
		_, err := open(t, Options{EndpointURL: sts.URL, MaxAttempts: 1}).Who(t.Context())
		sts.Close()
		require.True(t, NoCredentials(err), code)
		require.EqualError(t, err, want)
	}
	url, _ := failing(t, 403, "", 9)
	_, err := open(t, Options{EndpointURL: url}).Who(t.Context())
	require.True(t, NoCredentials(err))
	require.ErrorContains(t, err, "AWS does not take the credentials: renew them (")
}

func TestTheSDKsLayersAreLeftOut(t *testing.T) {
	url, _ := failing(t, 400, "AWSOrganizationsNotInUseException", 9)
	_, err := organizations.NewFromConfig(open(t, Options{EndpointURL: url}).Base()).ListAccounts(t.Context(), nil)
	plain := Plain(fmt.Errorf("asking: %w", err))
	require.ErrorIs(t, plain, err)
	require.NotContains(t, plain.Error(), "operation error")
	require.True(t, strings.HasPrefix(plain.Error(), "asking: AWSOrganizationsNotInUseException"), plain)
	require.Equal(t, "a: b; c: d", Words("a: operation error Cost Explorer: GetX, b; c: operation error S3: HeadBucket, d"))
	require.NoError(t, Plain(nil))
}
