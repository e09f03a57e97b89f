// Package hec sends anomalies to Splunk's HTTP Event Collector: to another Splunk than the one that runs this program, or from where none does.
//
// It is a discern.Sink beside the event stream and keeps nothing itself: what the collector did not take stays pending. Where the token has
// indexer acknowledgement, an event counts as delivered when it is indexed, else when the collector took it. The collector's answers are those of
// Splunk's manual "Troubleshoot HTTP Event Collector" (9.3, codes 0-27) and of the REST reference of services/collector.
package hec

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync/atomic"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// Options say where events go and what they are called there.
type Options struct {
	URL    string // https://HOST:8088, or with /services/collector or /services/collector/event; http:// to this machine only
	Token  string // of the collector; it is in no error and in no print of a Sink
	Index  string // "" is the token's own
	Host   string // of the events; "" is the collector's own choice, as for Source
	Source string
	Client *http.Client // nil: http.DefaultClient. Redirects are followed by none
	// Pause waits, or returns the context's error when that ends first. nil: it waits.
	Pause    func(ctx context.Context, d time.Duration) error
	AckWait  time.Duration // how long acknowledgements are waited for, pauses alone; 0: 5 minutes, which Splunk's own clients wait
	Patience time.Duration // for one answer; 0: 1 minute
}

// A Sink is a collector. It is safe for concurrent use.
type Sink struct {
	Options
	at            *address
	authorization string
	channel       string
	down          atomic.Bool // the last thing it did was not to answer: it is not waited for again before it does
	acks          atomic.Bool // its token has acknowledgement
	late          atomic.Bool // no acknowledgement came in time
}

var _ discern.Gatherer = (*Sink)(nil)

// New checks the options; it sends nothing yet.
func New(o Options) (*Sink, error) {
	at, err := parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("hec_url: %w", err)
	}
	if o.Token == "" || strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("hec_credential: there is no HEC token in it, nor in CT_ANOMALY_HEC_TOKEN; " +
			"give the token's value as Splunk shows it, without spaces and without the word Splunk")
	}
	jar, err := cookiejar.New(nil) // a load balancer marks by a cookie which indexer knows of an acknowledgement
	if err != nil {
		return nil, err
	}
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	if client.Jar == nil {
		client.Jar = jar
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.Client = &client
	if o.Pause == nil {
		o.Pause = pause
	}
	if o.AckWait == 0 {
		o.AckWait = 5 * time.Minute
	}
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	s := &Sink{Options: o, at: at, authorization: "Splunk " + o.Token, channel: guid()}
	s.Token = ""
	return s, nil
}

// Name implements discern.Sink.
func (*Sink) Name() string { return "hec" }

// Gathers implements discern.Gatherer: one request, and one wait for its acknowledgement, carries what an account's look tells.
func (*Sink) Gathers() {}

// Send implements discern.Sink. Its error is a *discern.Untaken. An event is repeated, with the same bytes, when an answer or an
// acknowledgement was lost.
func (s *Sink) Send(ctx context.Context, events []discern.Pending) error {
	d := &delivery{Sink: s, waiting: map[int64][]string{}}
	for len(events) > 0 && d.stop == nil {
		var b []item
		b, events = d.batch(events)
		d.send(ctx, b)
	}
	for i := range events {
		d.untaken = append(d.untaken, events[i].ID)
	}
	d.await(ctx)
	return d.result()
}

// Format is what every print of a Sink shows: where it sends, never with what.
func (s *Sink) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "HEC at "+s.at.host) }

// guid names the channel of a run, in the form that Splunk wants: version 4 of RFC 9562.
func guid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
