package awscall

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"
)

const (
	aToken    = "IQoJb3JpZ2luX2VjEHUSH/ABC+def=="
	externals = "hush-external-4711"
)

// TestWhatAnAnswerQuotesIsNotRepeated: AWS's SignatureDoesNotMatch has the headers that were signed, and a proxy quotes all.
func TestWhatAnAnswerQuotesIsNotRepeated(t *testing.T) {
	for _, code := range []string{"SignatureDoesNotMatch", "AccessDenied", "InternalFailure", "ValidationError"} {
		for _, form := range []string{"xml", "json"} {
			t.Run(code+" "+form, func(t *testing.T) {
				quoted := 0
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					plain, _ := url.QueryUnescape(string(body))
					said := fmt.Sprintf("The Canonical String for this request should have been 'POST x-amz-security-token:%s %s' %s %s",
						r.Header.Get("X-Amz-Security-Token"), r.Header.Get("Authorization"), body, plain)
					quoted++
					if form == "json" {
						w.Header().Set("X-Amz-Crc32", "1")
						w.Header().Set("Content-Type", "application/x-amz-json-1.1")
						w.WriteHeader(http.StatusBadRequest)
						_, _ = fmt.Fprintf(w, `{"__type":%q,"message":%q}`, code, said)
						return
					}
					w.Header().Set("Content-Type", "text/xml")
					w.WriteHeader(map[bool]int{true: http.StatusForbidden, false: http.StatusBadRequest}[code == "AccessDenied"])
					_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, html.EscapeString(said))
				}))
				defer server.Close()
				c := open(t, Options{EndpointURL: server.URL, MaxAttempts: 1, ExternalID: externals, Keys: Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "hush-secret-key", SessionToken: aToken}})
				_, assumed := c.As(t.Context(), "222222222222", "x")
				var errs []error
				if form == "xml" {
					_, err := sts.NewFromConfig(c.Base()).GetCallerIdentity(t.Context(), nil)
					_, inside := organizations.NewFromConfig(c.role("arn:aws:iam::222222222222:role/x")).ListAccounts(t.Context(), nil)
					errs = []error{assumed, err, inside}
				} else {
					_, err := dynamodb.NewFromConfig(c.Base()).ListTables(t.Context(), nil)
					_, listed := organizations.NewFromConfig(c.Base()).ListAccounts(t.Context(), nil)
					errs = []error{err, listed}
				}
				require.GreaterOrEqual(t, quoted, len(errs))
				for _, err := range errs {
					require.Error(t, err)
					for e := err; e != nil; {
						for _, secret := range []string{aToken, url.QueryEscape(aToken), url.PathEscape(aToken), externals, "Signature=", "hush-secret-key"} {
							require.NotContains(t, e.Error(), secret)
						}
						unwrapped, ok := e.(interface{ Unwrap() error })
						if !ok {
							break
						}
						e = unwrapped.Unwrap()
					}
				}
				if code == "InternalFailure" {
					require.ErrorContains(t, errs[len(errs)-1], "(hidden)", "all else that was said is there")
				}
			})
		}
	}
}

// What is no secret is not searched for: an external id of two letters is in every word.
func TestAShortExternalIDIsNoSecretInErrors(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Code>ValidationError</Code><Message>a region that is not enabled</Message></Error></ErrorResponse>`)
	}))
	defer server.Close()
	c := open(t, Options{EndpointURL: server.URL, MaxAttempts: 1, ExternalID: "re"})
	_, err := sts.NewFromConfig(c.Base()).GetCallerIdentity(t.Context(), nil)
	require.ErrorContains(t, err, "a region that is not enabled")
}
