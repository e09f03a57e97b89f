package awscall

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// CredentialsError says that there are no base credentials, that they could not be renewed, or that AWS does not take them.
type CredentialsError struct {
	Tried  string // the places looked at
	Region string // where AWS turned them away; empty: there are none
	Err    error
}

func (e *CredentialsError) Error() string {
	if e.Region != "" {
		code := codeOf(e.Err)
		wrong, ok := turnedAway[code]
		if !ok {
			wrong, code = "AWS does not take the credentials: renew them", inWords(e.Err)
		}
		return fmt.Sprintf("%s (%s, asked in %s; looked at %s)", wrong, code, e.Region, e.Tried)
	}
	return fmt.Sprintf("no AWS credentials; looked at %s: %s; give the instance the instance profile ctanomalyInstanceProfile, set credential to profile:NAME or "+
		"to an entry of storage/passwords that holds access_key_id and secret_access_key, or set up the AWS profile or environment", e.Tried, inWords(e.Err))
}

func (e *CredentialsError) Unwrap() error { return e.Err }

// What is wrong with credentials that AWS turns away, and the mend, by the codes of badCredential that tell.
const (
	expired   = "the AWS credentials have expired: renew them, or sign in again"
	unknown   = "AWS does not know the access key: correct it, or give aws_region if it is one of aws-us-gov or aws-cn, which only that partition knows"
	otherKey  = "the secret access key is not the one of the access key: correct it"
	otherText = "the session token is not the one of the access key: give the three that were issued together"
)

var turnedAway = map[string]string{
	"ExpiredToken": expired, "ExpiredTokenException": expired, "InvalidClientTokenId": unknown, "InvalidAccessKeyId": unknown, "UnrecognizedClientException": unknown,
	"AuthFailure": unknown, "SignatureDoesNotMatch": otherKey, "InvalidSignatureException": otherKey, "InvalidToken": otherText,
}

// chain names the places in the errors of the SDK's chain.
type chain struct {
	aws.CredentialsProvider // cached by the SDK
	tried                   string
}

func (c chain) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := c.CredentialsProvider.Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		err = &CredentialsError{Tried: c.tried, Err: err}
	}
	return found, err
}

// NoCredentials tells an error for want of valid credentials: none found, expired, or unknown to AWS.
func NoCredentials(err error) bool {
	var none *CredentialsError
	return errors.As(err, &none) || badCredential[codeOf(err)]
}

// Denied tells a refused call; errors.As with *Refused has the particulars.
func Denied(err error) bool {
	var refused *Refused
	return errors.As(err, &refused)
}

// Throttled tells a call that AWS still refused for its rate after all attempts.
func Throttled(err error) bool {
	code := codeOf(err)
	_, known := retry.DefaultThrottleErrorCodes[code]
	return known && code != "LimitExceededException" // a quota of things, in most services
}

// badCredential are the codes of the common errors and of S3's for credentials that don't hold.
var badCredential = map[string]bool{
	"AuthFailure": true, "ExpiredToken": true, "ExpiredTokenException": true, "IncompleteSignature": true, "IncompleteSignatureException": true,
	"InvalidAccessKeyId": true, "InvalidClientTokenId": true, "InvalidSignatureException": true, "InvalidToken": true, "MissingAuthenticationToken": true,
	"MissingAuthenticationTokenException": true, "RequestExpired": true, "RequestTimeTooSkewed": true, "SignatureDoesNotMatch": true,
	"UnrecognizedClientException": true,
}
