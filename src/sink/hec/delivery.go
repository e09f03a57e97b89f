package hec

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// How often and how long a collector that does not take a batch is asked again.
const (
	tries        = 5
	firstPause   = time.Second
	longestPause = time.Minute // what it asks for may be no longer
)

// mostBad in a row, with nothing taken between them, are no bad events but a collector that refuses all.
const mostBad = 20

// A delivery is what becomes of the events of one Send.
type delivery struct {
	*Sink
	untaken []string
	stop    error              // why nothing more is sent
	refused error              // why the first that was refused by itself was
	bad     int                // how many were
	row     int                // of them since an event was taken
	waiting map[int64][]string // by acknowledgement
	unacked error              // why those that no acknowledgement came for are not known to be indexed
}

// send has the collector take a batch, in as many parts as that needs.
func (d *delivery) send(ctx context.Context, batch []item) {
	for work := [][]item{batch}; len(work) > 0; {
		part := work[len(work)-1]
		work = work[:len(work)-1]
		if len(part) == 0 {
			continue
		}
		if d.stop != nil {
			d.leave(part)
			continue
		}
		a, err := d.insist(ctx, pack(part))
		if err != nil {
			d.halt(fmt.Errorf("send anomalies to %s: %w", d.at.host, err), part)
			continue
		}
		switch a.rule().fate {
		case taken:
			d.take(part, a.ack)
		case shut:
			d.halt(fmt.Errorf("send anomalies to %s: %w", d.at.host, d.fault(a)), part)
		default:
			work = append(work, d.split(part, a)...)
		}
	}
}

// split parts what a collector did not take because of one event, or of its size. The last part is sent first.
//
// The events before the one that is wrong were taken: Splunk reads a body as a stream (moby/moby#35862 shows it, numbers count from 0). Where
// the token has acknowledgement that is not certain, for this answer promises none.
func (d *delivery) split(part []item, a *answer) [][]item {
	n, single := a.number, len(part) == 1
	switch {
	case single:
		d.refuse(part[0].id, d.fault(a))
		return nil
	case a.rule().fate != bad || n < 0 || n >= len(part):
		return [][]item{part[len(part)/2:], part[:len(part)/2]}
	}
	d.refuse(part[n].id, d.fault(a))
	if d.acks.Load() {
		return [][]item{part[n+1:], part[:n]}
	}
	if n > 0 {
		d.take(part[:n], nil)
	}
	return [][]item{part[n+1:]}
}

// insist sends a body until it is answered for good. A collector that did not answer the last time is asked just once: what it has not taken
// waits, so that a dead one does not hold a run up for each of its accounts.
func (d *delivery) insist(ctx context.Context, body []byte) (*answer, error) {
	left := tries
	if d.down.Load() {
		left = 1
	}
	for next := firstPause; ; next *= 2 {
		a, err := d.ask(ctx, http.MethodPost, eventPath, body)
		if err == nil && a.rule().fate != again {
			d.down.Store(false)
			return a, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the run's time is over; the next run sends them: %w", ctx.Err())
		}
		wait := next/2 + rand.N(next/2)
		if err == nil {
			wait = max(wait, a.wait)
			err = d.fault(a)
		} else {
			err = unreached(err)
		}
		if left--; left == 0 || wait > longestPause || untrusted(err) {
			d.down.Store(true)
			return nil, err
		}
		if d.Pause(ctx, wait) != nil {
			return nil, fmt.Errorf("the run's time is over; the next run sends them: %w", err)
		}
	}
}

// unreached says why there is no answer.
func unreached(err error) error {
	if untrusted(err) {
		return fmt.Errorf("%w; put the authority of the collector's certificate into ca_file, and the name it was made out to into hec_url", err)
	}
	return fmt.Errorf("%w; see that hec_url is reached from this host, through proxy_url where that is set", err)
}

// take notes what the collector took.
func (d *delivery) take(part []item, ack *int64) {
	d.row = 0
	if ack == nil {
		return
	}
	d.acks.Store(true)
	if earlier := d.waiting[*ack]; earlier != nil { // of another indexer, or of one that began anew: what it will say is of the later
		d.untaken = append(d.untaken, earlier...)
		d.unacked = d.noAck("several indexers answer, or one has started anew")
		d.waiting[*ack] = nil
	}
	for i := range part {
		d.waiting[*ack] = append(d.waiting[*ack], part[i].id)
	}
}

// refuse leaves one event out.
func (d *delivery) refuse(id string, why error) {
	d.untaken = append(d.untaken, id)
	if d.bad++; d.refused == nil {
		d.refused = fmt.Errorf("send anomaly %s to %s: %w", id, d.at.host, why)
	}
	if d.row++; d.row == mostBad {
		d.stop = fmt.Errorf("%d events in a row are refused there: nothing more is sent in this run", mostBad)
	}
}

// halt stops sending.
func (d *delivery) halt(why error, part []item) {
	d.stop = why
	d.leave(part)
}

func (d *delivery) leave(part []item) {
	for i := range part {
		d.untaken = append(d.untaken, part[i].id)
	}
}

// result says what was not taken, and why.
func (d *delivery) result() error {
	if len(d.untaken) == 0 {
		return nil
	}
	why := []error{d.refused, d.stop, d.unacked}
	if d.bad > 1 {
		why[0] = fmt.Errorf("%w; %d more are refused too", d.refused, d.bad-1)
	}
	return &discern.Untaken{IDs: d.untaken, Err: errors.Join(why...)}
}
