package discern

import (
	"context"
	"fmt"
	"slices"
)

// claim takes the findings in order, batch by batch: evidence, finished event, claim, delivery. Then it writes what was learnt and
// refreshed. It returns the principals of whom another collector had changed something meanwhile.
func (r *part) claim(ctx context.Context, activity Activity, j *judge, p *Piece) (lost map[string]bool, err error) {
	lost = map[string]bool{}
	kept, err := r.keepWatch(ctx, j, p)
	if err != nil {
		return nil, err
	}
	if !kept { // another account, or collector, was quicker: all is judged again on what it left
		for _, who := range j.who {
			lost[who.holder.ID] = true
		}
		return lost, nil
	}
	for start := 0; start < len(j.findings); start += batchFindings {
		batch := j.findings[start:min(start+batchFindings, len(j.findings))]
		deeds, events, err := r.deeds(ctx, activity, batch, p)
		if err != nil {
			return nil, err
		}
		done, err := r.write(ctx, deeds)
		if err != nil {
			return nil, fmt.Errorf("claim %d anomalies: %w", len(deeds), err)
		}
		var claimed []Pending
		for i, ok := range done {
			if ok {
				claimed = append(claimed, *deeds[i].Pending)
				r.told(events[i])
			} else {
				lost[batch[i].sightings[0].Principal] = true
			}
		}
		r.hand(ctx, claimed)
	}
	return lost, r.keep(ctx, j, lost)
}

// keepWatch writes since when the accounts and the organization are watched, before anything is told: a run that is killed while it
// tells has then begun their baseline, and the next one does not begin it again.
func (r *part) keepWatch(ctx context.Context, j *judge, p *Piece) (kept bool, err error) {
	var deeds []Deed
	for account := range p.Looks {
		for _, h := range []*shelf{j.memory.of(Account, account), j.memory.of(Organization, "")} {
			if c, ok := h.settle(""); ok {
				deeds = append(deeds, Deed{Changes: []Change{c}})
			}
		}
	}
	done, err := r.write(ctx, deeds)
	if err != nil {
		return false, fmt.Errorf("keep since when %d accounts are watched: %w", len(p.Looks), err)
	}
	return !slices.Contains(done, false), nil
}

// deeds makes the claims of a batch of findings, each with its finished event.
func (r *part) deeds(ctx context.Context, activity Activity, batch []finding, p *Piece) ([]Deed, []*Event, error) {
	var wanted []Sighting
	for i := range batch {
		wanted = append(wanted, batch[i].sightings...)
	}
	evidence, err := activity.Evidence(ctx, wanted)
	if err != nil {
		return nil, nil, fmt.Errorf("read the evidence of %d anomalies: %w", len(batch), err)
	}
	deeds, events, news := make([]Deed, len(batch)), make([]*Event, len(batch)), newActions(batch)
	for i := range batch {
		f := &batch[i]
		e, actions := r.event(f, evidence[:len(f.sightings)], p)
		evidence = evidence[len(f.sightings):]
		r.role(ctx, e, news[e.PrincipalID])
		e.Reason = reason(e, f, actions)
		if r.Terms.Suppress != nil {
			e.SuppressedBy, e.Suppressed = r.Terms.Suppress(e)
		}
		r.Risk.Weigh(e, actions)
		line, err := e.Line()
		if err != nil {
			return nil, nil, err
		}
		now := r.Now().Unix()
		pending := &Pending{ID: e.AnomalyID, Event: line, Owner: r.Owner, Lease: now + leaseSeconds, Claimed: now}
		for _, sink := range r.Sinks {
			pending.Sinks = append(pending.Sinks, sink.Name())
		}
		deeds[i], events[i] = Deed{Changes: f.changes, Pending: pending}, e
	}
	return deeds, events, nil
}

// keep writes what no claim carried. A refresh lost to another collector is no loss: the other one has seen the pair too. What was
// learnt or moved of a principal is judged again with the rest of it.
func (r *part) keep(ctx context.Context, j *judge, lost map[string]bool) error {
	changes := j.memory.unsettled()
	deeds := make([]Deed, len(changes))
	for i := range changes {
		deeds[i] = Deed{Changes: changes[i : i+1 : i+1]}
	}
	done, err := r.write(ctx, deeds)
	if err != nil {
		return fmt.Errorf("keep %d changes: %w", len(deeds), err)
	}
	for i, ok := range done {
		if c := &changes[i]; !ok && c.Holder.Kind == Principal {
			lost[c.Holder.ID] = true
		}
	}
	return nil
}
