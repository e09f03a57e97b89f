package awscall

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// failed says in plain words why a call failed that was not refused. It wraps the SDK's error, whose own words name each layer of the SDK that it
// went through. Which operation of which service it was, the SDK puts before it.
type failed struct {
	words string
	err   error
}

func (f *failed) Error() string { return f.words }

func (f *failed) Unwrap() error { return f.err }

// fail puts the SDK's error of one call into words.
func fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &failed{context.Cause(ctx).Error(), err}
	}
	words := inWords(err)
	var told *failed
	if errors.As(err, &told) { // with all that is added here
		return &failed{words, err}
	}
	var many *retry.MaxAttemptsError
	if errors.As(err, &many) && many.Attempt > 1 {
		words = fmt.Sprintf("after %d tries: %s", many.Attempt, words)
	}
	var request interface{ ServiceRequestID() string }
	if errors.As(err, &request) && request.ServiceRequestID() != "" {
		words += " (request " + request.ServiceRequestID() + ")"
	}
	return &failed{words, err}
}

// inWords says why a call failed: by AWS's code and message, by what was answered instead, or by what kept it from being answered.
func inWords(err error) string {
	var told *failed
	var none *CredentialsError
	var inner *smithy.OperationError // by which this call was to get its credentials
	var api smithy.APIError
	var sent *url.Error
	var response *smithyhttp.ResponseError
	switch {
	case errors.As(err, &none):
		return none.Error()
	case errors.As(err, &inner) && inner.ServiceID == imds.ServiceID:
		return "the metadata service of an instance gave none"
	case errors.As(err, &inner):
		return fmt.Sprintf("%s %s: %s", inner.ServiceID, inner.OperationName, inWords(inner.Err))
	case errors.As(err, &told):
		return told.words
	case errors.As(err, &api) && !noCode[api.ErrorCode()]:
		return strings.TrimSuffix(api.ErrorCode()+": "+api.ErrorMessage(), ": ")
	case errors.As(err, &sent):
		return fmt.Sprintf("no answer from %s: %v: see whether this host reaches it, and proxy_url, ca_file, endpoint_url and aws_region", hostOf(sent.URL), sent.Err)
	case errors.As(err, &response) && response.HTTPStatusCode() != 0:
		return fmt.Sprintf("HTTP status %d without a word of AWS: see endpoint_url, proxy_url and aws_region", response.HTTPStatusCode())
	}
	return err.Error()
}

// hostOf leaves out of an address what comes after the host: it may be a key, or a signature.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "its address"
	}
	return u.Scheme + "://" + u.Host
}
