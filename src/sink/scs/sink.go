// Package scs sends anomalies to a tenant of Splunk Cloud Services, by PostEvents of splunk-cloud-sdk-go.
//
// That service (scp.splunk.com) is neither Splunk Enterprise nor Splunk Cloud Platform: who has one of these uses the event stream or sink/hec. The
// SDK's batch sender is never used: it prints to standard output, which is splunkd's. Programs link this package only where they are built to, with
// the tag scs: see docs/sinks.md.
package scs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/idp"
	"github.com/splunk/splunk-cloud-sdk-go/services"
	"github.com/splunk/splunk-cloud-sdk-go/services/ingest"

	"cloudtrail_anomaly/src/discern"
)

// Options say which tenant, and as whom. Either Token is given, or ClientID and ClientSecret.
type Options struct {
	Tenant                 string
	Token                  string // of access, used as it is
	ClientID, ClientSecret string // by which a token is asked for (OAuth 2.0, client credentials)
	Host, Source           string // of the events; "" leaves them out

	Address     string       // the service's, as scheme://host:port; "" is the SDK's own, https://api.scp.splunk.com
	AuthAddress string       // who gives tokens; "" is the SDK's own, https://auth.scp.splunk.com
	Client      *http.Client // nil: http.DefaultClient
	Now         func() time.Time
}

// A Sink is a tenant. It is safe for one Send at a time, as a run has it.
type Sink struct {
	Options
	scheme, override string
	token            idp.Context // the last that was given; zero: none yet
}

var _ discern.Gatherer = (*Sink)(nil)

// New checks the options; it sends nothing yet.
func New(o Options) (*Sink, error) {
	switch {
	case o.Tenant == "":
		return nil, errors.New("scs_tenant: no tenant is given")
	case o.Token == "" && (o.ClientID == "" || o.ClientSecret == ""):
		return nil, errors.New("scs_credential: neither a token is in it, nor client_id and client_secret")
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Sink{Options: o}
	if o.AuthAddress == "" {
		s.AuthAddress = idp.SplunkCloudIdpHost
	}
	var given bool
	if s.scheme, s.override, given = strings.Cut(o.Address, "://"); o.Address != "" && !given {
		return nil, fmt.Errorf("the address of Splunk Cloud Services is %q, and must be scheme://host", o.Address)
	}
	return s, nil
}

// Name implements discern.Sink.
func (*Sink) Name() string { return "scs" }

// Gathers implements discern.Gatherer: one call carries what an account's look tells.
func (*Sink) Gathers() {}

// What one call takes (the SDK's own bounds of a batch).
const (
	mostEvents = 500
	mostBytes  = 1_000_000
)

// Send implements discern.Sink. The service drops an id that it has. Its error is a *discern.Untaken.
func (s *Sink) Send(ctx context.Context, events []discern.Pending) error {
	left := &discern.Untaken{}
	for len(events) > 0 {
		batch, rest, bad := s.batch(events)
		if bad != nil {
			left.IDs, left.Err = append(left.IDs, events[0].ID), bad
		} else if untaken, err := s.post(ctx, batch); err != nil {
			left.IDs, left.Err = append(left.IDs, untaken...), s.said(ctx, err)
			if len(untaken) == len(batch) && (len(batch) > 1 || !ofEvents(err)) { // the others would fare no better
				for i := range rest {
					left.IDs = append(left.IDs, rest[i].ID)
				}
				return left
			}
		}
		events = rest
	}
	if left.Err == nil {
		return nil
	}
	return left
}

// batch takes as many events from the front as one call holds. An error is the first one's: it is no event.
func (s *Sink) batch(events []discern.Pending) (batch []ingest.Event, rest []discern.Pending, err error) {
	size := 0
	for i := range events {
		e, err := s.event(&events[i])
		size += len(events[i].Event)
		switch {
		case err != nil && i == 0:
			return nil, events[1:], err
		case err != nil, len(batch) == mostEvents, len(batch) > 0 && size > mostBytes:
			return batch, events[i:], nil
		}
		batch = append(batch, e)
	}
	return batch, nil, nil
}

// event is an anomaly as the service takes it: the same one gives the same bytes.
func (s *Sink) event(p *discern.Pending) (ingest.Event, error) {
	var of struct {
		FirstTime time.Time `json:"first_time"`
	}
	if err := json.Unmarshal(p.Event, &of); err != nil || of.FirstTime.IsZero() {
		return ingest.Event{}, errors.New("the stored event is not a JSON object with a first_time; it is given up after 7 days")
	}
	at, sourceType := of.FirstTime.UnixMilli(), "aws:cloudtrail:anomaly"
	e := ingest.Event{Body: json.RawMessage(p.Event), Id: &p.ID, Timestamp: &at, Sourcetype: &sourceType}
	if s.Host != "" {
		e.Host = &s.Host
	}
	if s.Source != "" {
		e.Source = &s.Source
	}
	return e, nil
}

// post sends a batch, and gives the ids of what was not taken. What the service refuses for one event's fault is found by halves.
func (s *Sink) post(ctx context.Context, batch []ingest.Event) (untaken []string, err error) {
	err = s.once(ctx, batch)
	if half := len(batch) / 2; half > 0 && ofEvents(err) {
		first, err := s.post(ctx, batch[:half])
		second, other := s.post(ctx, batch[half:])
		return append(first, second...), errors.Join(err, other)
	}
	if err != nil {
		for i := range batch {
			untaken = append(untaken, *batch[i].Id)
		}
	}
	return untaken, err
}

// once makes one call. A token that the service does not take any more is asked for anew, once.
func (s *Sink) once(ctx context.Context, batch []ingest.Event) error {
	for again := false; ; again = true {
		as := retriever{ctx, s}
		if _, err := as.GetTokenContext(); err != nil { // which the SDK would put into words of its own
			return err
		}
		client, err := services.NewClient(&services.Config{
			TokenRetriever: as, Tenant: s.Tenant, Scheme: s.scheme, OverrideHost: s.override, Timeout: patience, RoundTripper: bound{ctx, s.Client},
		})
		if err != nil {
			return err
		}
		_, err = ingest.NewService(client).PostEvents(batch)
		if statusOf(err) != http.StatusUnauthorized || again || s.Token != "" {
			return err
		}
		s.token = idp.Context{}
	}
}

// patience is how long one answer is waited for.
const patience = time.Minute

// bound lets the SDK's requests, which know no context, end with one, and go as the client sends them.
type bound struct {
	ctx    context.Context
	client *http.Client
}

// RoundTrip implements http.RoundTripper.
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	through := b.client.Transport
	if through == nil {
		through = http.DefaultTransport
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	stop := context.AfterFunc(r.Context(), cancel)
	response, err := through.RoundTrip(r.WithContext(ctx))
	if err != nil {
		stop()
		cancel()
		return nil, err
	}
	response.Body = &released{response.Body, func() { stop(); cancel() }}
	return response, nil
}
