package sns

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"cloudtrail_anomaly/src/awscall"
)

// codeOf is the code of SNS's answer, "" where it gave none.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// ofMessage tells an error that may be a single message's: a size, or a character, that the topic does not take.
func ofMessage(err error) bool {
	switch codeOf(err) {
	case "InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "BatchRequestTooLong":
		return true
	}
	return false
}

// said puts an error of SNS into words, with what to do about it where that is known.
func (s *Sink) said(err error) error {
	mend := ""
	switch code := codeOf(err); {
	case code == "KMSAccessDenied":
		mend, err = " (sns_topic_arn), which is encrypted", byKey(err)
	case code == "KMSThrottling": // passes
	case strings.HasPrefix(code, "KMS"):
		mend = ": the key that the topic is encrypted with can't be used; enable it, or give the topic another"
	case code == "NotFound" || code == "NotFoundException":
		mend = ": there is no such topic; correct sns_topic_arn, or make it with ct_anomaly setup sns"
	case awscall.Denied(err) || code == "AuthorizationError":
		mend = ": ct_anomaly policy --for run has the right that is needed; a topic of another account must allow it too"
	}
	return fmt.Errorf("publish to %s%s: %w", s.topic, mend, err)
}

// byKey says that the topic's key refused, where SNS names its own action or none.
func byKey(err error) *awscall.Refused {
	refused := &awscall.Refused{Role: "whoever runs this", Resource: "*", Err: err}
	errors.As(err, &refused)
	r := *refused
	if !strings.HasPrefix(r.Action, "kms:") {
		r.Resource = "*"
	}
	r.Action = "kms:Decrypt, kms:GenerateDataKey*"
	return &r
}
