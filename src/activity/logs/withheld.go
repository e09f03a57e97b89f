package logs

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A withheld file is one that S3 did not give, or not to its end.
type withheld struct {
	fault   string // in words, and how to mend it
	kept    bool   // it is not the file that is no good
	refused bool   // by a policy
	err     error
}

func (w *withheld) Error() string { return w.err.Error() }

// Unwrap gives S3's own error.
func (w *withheld) Unwrap() error { return w.err }

// withheldBy puts an error of S3 into words (Amazon S3 API Reference, "Error responses").
func withheldBy(err error) *withheld {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return &withheld{fault: "the connection to S3 did not hold: " + cause(err), kept: true, err: err}
	}
	code, said := api.ErrorCode(), api.ErrorMessage()
	switch {
	case code == "NoSuchKey":
		return &withheld{fault: "it is not there any more", err: err}
	case code == "InvalidObjectState":
		return &withheld{fault: "it is in an archive: restore it, and read it with ct_anomaly learn", err: err}
	case code == "PreconditionFailed":
		return &withheld{fault: "it was changed while it was read", kept: true, err: err}
	case strings.HasPrefix(code, "KMS") || strings.Contains(said, "kms:") || strings.Contains(said, "KMS"):
		return &withheld{fault: "the key that it is encrypted with may not be used: allow kms:Decrypt on that key", kept: true, refused: true, err: err}
	case refusal(err, code):
		return &withheld{fault: "it may not be read: allow s3:GetObject on it, and kms:Decrypt where it is encrypted with a key of one's own", kept: true, refused: true, err: err}
	}
	status := statusOf(err)
	fault := fmt.Sprintf("S3 says %s", code)
	if said != "" {
		fault += " (" + said + ")"
	}
	// What it has against the request, other than who makes it and when, it has against this file.
	file := (status == http.StatusBadRequest || status == http.StatusNotFound) && code != "NoSuchBucket" && code != "RequestTimeout" && !strings.Contains(code, "Expired")
	return &withheld{fault: fault, kept: !file, err: err}
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
