package hec

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// How acknowledgements are asked for. Splunk's manual says every 10 seconds; an indexer with little to do gives one after up to 2 minutes.
const (
	longestPoll = 10 * time.Second
	lateWait    = 30 * time.Second // where none came in time before
)

// await asks for the acknowledgements until all have come, or for a bounded time. An indexer forgets one that it has given: where that answer is
// lost, the events are sent again.
func (d *delivery) await(ctx context.Context) {
	most := d.AckWait
	if d.late.Load() {
		most = min(most, lateWait)
	}
	left := most
	for next := firstPause; len(d.waiting) > 0; next = min(2*next, longestPoll) {
		next = min(next, left)
		if d.Pause(ctx, next) != nil {
			d.forget(d.noAck("the run's time is over"))
			return
		}
		left -= next
		a, err := d.poll(ctx)
		switch {
		case err != nil: // what was lost may come with the next
		case a.rule().fate == shut && a.acks == nil:
			d.forget(fmt.Errorf("ask %s for acknowledgements: %w", d.at.host, d.fault(a)))
			return
		default:
			d.acknowledge(a.acks)
		}
		if left <= 0 && len(d.waiting) > 0 {
			d.late.Store(true)
			d.forget(d.noAck(fmt.Sprintf("not all came within %s", most)))
			return
		}
	}
}

func (d *delivery) poll(ctx context.Context) (*answer, error) {
	body, err := json.Marshal(map[string][]int64{"acks": slices.Sorted(maps.Keys(d.waiting))})
	if err != nil {
		return nil, err
	}
	return d.ask(ctx, http.MethodPost, ackPath, body)
}

// acknowledge believes what was asked for alone.
func (d *delivery) acknowledge(acks map[string]bool) {
	for text, indexed := range acks {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && indexed && d.waiting[id] != nil {
			delete(d.waiting, id)
			d.late.Store(false)
		}
	}
}

// forget leaves those that no acknowledgement came for.
func (d *delivery) forget(why error) {
	for _, id := range slices.Sorted(maps.Keys(d.waiting)) {
		d.untaken = append(d.untaken, d.waiting[id]...)
	}
	d.unacked = why
	clear(d.waiting)
}

func (d *delivery) noAck(why string) error {
	return fmt.Errorf("%s took anomalies and has not acknowledged that they are indexed: %s; they are sent again. "+
		"Have the load balancer before the indexers keep a client at one of them, or disable acknowledgement for the token", d.at.host, why)
}
