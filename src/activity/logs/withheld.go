package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A withheld file is one that S3 did not give, or not to its end.
type withheld struct {
	blame
	err error
}

func (w *withheld) Error() string { return w.err.Error() }

// Unwrap gives S3's own error.
func (w *withheld) Unwrap() error { return w.err }

// inWords is an error whose words say it all; what was met stays within.
type inWords struct {
	said string
	err  error
}

func (w *inWords) Error() string { return w.said }

func (w *inWords) Unwrap() error { return w.err }

// withheldBy puts an error of S3 into words (Amazon S3 API Reference, "Error responses").
func withheldBy(err error) *withheld {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return &withheld{blame{fault: "the connection to S3 did not hold: " + cause(err), kept: true}, err}
	}
	code, said := api.ErrorCode(), api.ErrorMessage()
	switch {
	case code == "NoSuchKey":
		return &withheld{blame{fault: "it is not there any more"}, fmt.Errorf("%w: %w", fs.ErrNotExist, err)}
	case code == "InvalidObjectState":
		return &withheld{blame{fault: "it is in an archive: restore it, and read it with ct_anomaly learn"}, err}
	case code == "PreconditionFailed":
		return &withheld{blame{fault: "it was changed while it was read", kept: true}, err}
	case strings.HasPrefix(code, "KMS") || strings.Contains(said, "kms:") || strings.Contains(said, "KMS"):
		return &withheld{blame{"the key that it is encrypted with may not be used: allow kms:Decrypt on that key", true, true}, err}
	case refusal(err, code):
		return &withheld{blame{"it may not be read: allow s3:GetObject on it, and kms:Decrypt where it is encrypted with a key of one's own", true, true}, err}
	}
	status := statusOf(err)
	fault := fmt.Sprintf("S3 says %s", code)
	if said != "" {
		fault += " (" + said + ")"
	}
	// What it has against the request, other than who makes it and when, it has against this file.
	file := (status == http.StatusBadRequest || status == http.StatusNotFound) && code != "NoSuchBucket" && code != "RequestTimeout" && !strings.Contains(code, "Expired")
	return &withheld{blame{fault: fault, kept: !file}, err}
}

// refusal tells whether an error of AWS says that the caller may not. A HEAD's answer has no code but its status.
func refusal(err error, code string) bool {
	bare := code == "" || code == "403" || code == "Forbidden" || code == "UnknownError"
	return strings.Contains(code, "AccessDenied") || bare && statusOf(err) == http.StatusForbidden
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// cause is the innermost of an error's causes: the SDK's own words around it say nothing that the message has not.
func cause(err error) string {
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err.Error()
}
