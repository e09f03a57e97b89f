package scs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/splunk/splunk-cloud-sdk-go/util"
)

// statusOf is that of the service's answer, 0 where it gave none.
func statusOf(err error) int {
	var answered *util.HTTPError
	if errors.As(err, &answered) {
		return answered.HTTPStatusCode
	}
	return 0
}

// ofEvents tells an error that may be a single event's.
func ofEvents(err error) bool {
	status := statusOf(err)
	return status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge
}

// said puts an error into words, without what was answered: it may repeat what was sent.
func (s *Sink) said(ctx context.Context, err error) error {
	status := statusOf(err)
	mend := ""
	var sent *url.Error
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("post to tenant %s: the run's time is over: %w", s.Tenant, err)
	case errors.As(err, &sent):
		return fmt.Errorf("post to tenant %s: %w; see whether this host reaches Splunk Cloud Services, and proxy_url and ca_file", s.Tenant, sent.Err)
	case status == 0:
		return fmt.Errorf("post to tenant %s: %w", s.Tenant, err)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		mend = ": see scs_credential, and whether its client may ingest in this tenant"
	case status == http.StatusNotFound:
		mend = ": see scs_tenant"
	}
	return fmt.Errorf("post to tenant %s: Splunk Cloud Services answers with status %d%s", s.Tenant, status, mend)
}

// A released body gives back what its request held when it is closed.
type released struct {
	io.ReadCloser
	release func()
}

// Close implements io.Closer.
func (r *released) Close() error {
	defer r.release()
	return r.ReadCloser.Close()
}
