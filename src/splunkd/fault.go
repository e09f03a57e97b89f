package splunkd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
)

// What may go wrong; every error of a call is one of these, or the end of its context. Found with errors.Is.
var (
	ErrUnreachable = errors.New("splunkd can't be asked")
	ErrForbidden   = errors.New("splunkd does not allow it")
	ErrAnswer      = errors.New("splunkd gave an answer that is not understood")

	// Of secrets only.
	ErrMissing   = errors.New("storage/passwords has no such entry")
	ErrAmbiguous = errors.New("storage/passwords has several such entries")
	ErrMasked    = errors.New("storage/passwords does not give the value of an entry")
	ErrShape     = errors.New("the value of an entry in storage/passwords is not of the expected form")
)

// errNotFound is an answer of 404: what was asked for is not there.
var errNotFound = errors.New("not found")

func (c *Client) unreachable(ctx context.Context, at string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("ask splunkd for %s: %w", at, ctx.Err())
	}
	var call *url.Error
	if errors.As(err, &call) {
		err = call.Err // without the URL, which is said already
	}
	var wait net.Error
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &wait) && wait.Timeout() {
		return fmt.Errorf("%w: no answer from %s within %s; see whether splunkd is overloaded", ErrUnreachable, c.base, c.http.Timeout)
	}
	return fmt.Errorf("%w: %s: %w; its management port must be on (disableDefaultPort in server.conf)", ErrUnreachable, c.base, err)
}

// refusal says what an answer other than 200 means.
func refusal(at string, status int, body []byte, capability string) error {
	if status >= 500 {
		return fmt.Errorf("%w for %s now: it answers with status %d, as it does while it starts or is overloaded", ErrUnreachable, at, status)
	}
	switch status {
	case http.StatusNotFound:
		return errNotFound
	case http.StatusUnauthorized:
		return fmt.Errorf("%w: it does not accept the session key for %s (401), which lasts as long as the run it was given to", ErrForbidden, at)
	case http.StatusForbidden:
		if named := capabilityIn(body); named != "" {
			capability = named
		}
		if capability == "" {
			return fmt.Errorf("%w: the user of the session key may not read %s (403)", ErrForbidden, at)
		}
		return fmt.Errorf("%w: the user of the session key may not read %s (403); give a role of that user the capability %s", ErrForbidden, at, capability)
	}
	return fmt.Errorf("%w: to %s, with status %d", ErrAnswer, at, status)
}

// capabilityName finds the name of a capability where newer versions say which one they miss: "(requires capability: edit_user)".
var capabilityName = regexp.MustCompile(`capabilit(?:y|ies)\W{1,4}([a-z]+(?:_[a-z]+){1,8})\b`)

// capabilityIn takes nothing but such a name from an answer.
func capabilityIn(body []byte) string {
	var answer struct {
		Messages []struct {
			Text string `json:"text"`
		} `json:"messages"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	for _, m := range answer.Messages {
		if found := capabilityName.FindStringSubmatch(m.Text); found != nil {
			return found[1]
		}
	}
	return ""
}
