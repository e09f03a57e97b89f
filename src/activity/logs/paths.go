package logs

import (
	"context"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// Read reads just these files, given as s3://bucket/key, as one piece. The numbers of its sightings are indices of paths, and what it holds is
// judged by the terms of the bucket, but nothing is asked of the ledger and nothing listed.
func (b *Bucket) Read(ctx context.Context, paths []string) (*discern.Piece, error) {
	r, _, err := b.only(ctx, paths)
	if err != nil {
		return nil, err
	}
	p := newPiece()
	if len(paths) == 0 {
		return p, nil
	}
	r.enqueue()
	r.weigh()
	p.Newest = r.newest
	gathered := cloudtrail.NewGather()
	chunk := r.queue
	r.queue = nil
	if err := r.read(ctx, chunk, gathered, p); err != nil {
		return nil, err
	}
	p.Sightings = slices.AppendSeq(make([]discern.Sighting, 0, gathered.Len()), gathered.Sightings())
	return p, nil
}

// EvidenceIn reads the records behind sightings whose files are indices of paths, given as s3://bucket/key. The answer has one entry for each
// sighting. A file that can't be read leaves its records out; that none can be opened is an error.
func (b *Bucket) EvidenceIn(ctx context.Context, sightings []discern.Sighting, paths []string) ([]discern.Evidence, error) {
	for i := range sightings {
		for _, n := range sightings[i].Files {
			if int(n) >= len(paths) {
				return nil, fmt.Errorf("read the evidence of %s: there is no file %d among %d", sightings[i].Action, n, len(paths))
			}
		}
	}
	r, o, err := b.only(ctx, paths)
	if err != nil {
		return nil, err
	}
	found, err := r.Evidence(ctx, sightings)
	if err != nil {
		return nil, err
	}
	if o.given.Load() == 0 && o.kept.Load() > 0 {
		return nil, fmt.Errorf("read the evidence of %d sightings: none of %d files could be opened: %w", len(sightings), o.kept.Load(), o.why())
	}
	return found, nil
}

// only is a reading of just these files.
func (b *Bucket) only(ctx context.Context, paths []string) (*reading, *objects, error) {
	client, err := b.objects.client(ctx, b.Trail.Bucket)
	if err != nil {
		return nil, nil, err
	}
	o := newObjects(b.Config)
	o.clients[b.Trail.Bucket] = client
	r := &reading{terms: b.reading.terms, place: o, files: make([]logfile, len(paths))}
	r.progressed = nil
	for i, path := range paths {
		if _, _, err := objectAt(path); err != nil {
			return nil, nil, err
		}
		r.files[i] = logfile{File: discern.File{Path: path}, label: labelOf(path)}
	}
	return r, o, nil
}
