package logs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/cloudtrail/evidence"
	"cloudtrail_anomaly/src/discern"
)

// keptRecords is how many records of a sighting are evidence.
const keptRecords = 5

// countedIDs bounds the eventIDs remembered of one sighting to count each once; a record beyond is counted as it comes.
const countedIDs = 100_000

// mark is what a record and the sighting it belongs to have in common.
type mark struct {
	account, principal, action string
	outcome                    discern.Outcome
	step                       int64
	rule, instance, address    string
}

func markOf(s *discern.Sighting) mark {
	return mark{s.Account, s.Principal, s.Action, s.Outcome, s.Step(), s.Rule, s.Instance, s.Address}
}

// A dossier gathers the evidence of one sighting.
type dossier struct {
	mu      sync.Mutex
	ids     map[string]struct{}
	count   int
	records []discern.Record
}

// Evidence implements discern.Activity: it reads again the files that hold the sightings' records.
func (r *reading) Evidence(ctx context.Context, sightings []discern.Sighting) ([]discern.Evidence, error) {
	wanted := make(map[mark]*dossier, len(sightings))
	files := map[uint32]bool{}
	rules := false
	for i := range sightings {
		s := &sightings[i]
		wanted[markOf(s)] = &dossier{ids: map[string]struct{}{}}
		rules = rules || s.Rule != ""
		for _, n := range s.Files {
			files[n] = true
		}
	}
	numbers := make([]int, 0, len(files))
	for n := range files {
		numbers = append(numbers, int(n))
	}
	readers := make([]*worker, r.workers)
	for i := range readers {
		readers[i] = &worker{reading: r, reader: cloudtrail.NewReader()}
	}
	var mu sync.Mutex
	kept := map[uint32]error{} // the files that can't be read just now
	err := r.share(ctx, numbers, func(w, number int) {
		f := &r.files[number]
		err := r.recordsOf(ctx, readers[w], f, wanted, rules)
		if err != nil && !f.tried && !r.place.blame(err).kept { // somebody else has read it before: what came broken may be whole
			err = r.recordsOf(ctx, readers[w], f, wanted, rules)
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) { // a file that went since leaves its records out; the sighting itself stands
			return
		}
		b := r.place.blame(err)
		if later := b.kept && !r.givenUp(b, f); later || f.whole && !b.kept { // what was whole a moment ago is not what came now
			mu.Lock()
			defer mu.Unlock()
			kept[uint32(number)] = fmt.Errorf("read the records of anomalies in %s: %w", f.Path, err)
		}
	})
	if err != nil {
		return nil, err
	}
	found := make([]discern.Evidence, len(sightings))
	for i := range sightings {
		for _, n := range sightings[i].Files {
			if err := kept[n]; err != nil { // an event is finished once and for all: the next run judges it again
				return nil, err
			}
		}
		d := wanted[markOf(&sightings[i])]
		found[i] = discern.Evidence{Count: d.count, Records: d.records}
	}
	return found, nil
}

// recordsOf puts the records of a file into the dossiers that want them.
func (r *reading) recordsOf(ctx context.Context, w *worker, f *logfile, wanted map[mark]*dossier, rules bool) error {
	_, err := w.scan(ctx, f, func(rec *cloudtrail.Record) error {
		r.file(rec, wanted, rules, f.Path)
		return nil
	})
	return err
}

// file puts a record into the dossiers that want it.
func (r *reading) file(rec *cloudtrail.Record, wanted map[mark]*dossier, rules bool, path string) {
	t, _ := rec.Time()
	if r.to != 0 && t > r.to {
		return
	}
	m := mark{account: rec.Account(), principal: rec.Principal(), action: rec.Action(), outcome: rec.Outcome(), step: (&discern.Sighting{First: t}).Step()}
	if d := wanted[m]; d != nil && r.judged(rec) {
		d.add(rec, t, path)
	}
	if !rules || r.match == nil {
		return
	}
	r.match(rec, func(rule, instance, address string) {
		m.rule, m.instance, m.address = rule, instance, address
		if d := wanted[m]; d != nil && r.judged(rec) {
			d.add(rec, t, path)
		}
	})
}

// add counts a record, and keeps it when it is among the earliest.
func (d *dossier) add(r *cloudtrail.Record, t int64, path string) {
	id := r.Text("eventID")
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, twice := d.ids[id]; twice && id != "" {
		d.twin(id, path)
		return
	}
	if id != "" && len(d.ids) < countedIDs {
		d.ids[id] = struct{}{}
	}
	d.count++
	if n := len(d.records); n == keptRecords {
		last := &d.records[n-1]
		if discern.EarlierRecord(discern.Record{Time: t, EventID: id, File: path}, *last) > 0 {
			return
		}
	}
	kept := evidence.Of(r)
	kept.File = path
	at, _ := slices.BinarySearchFunc(d.records, kept, discern.EarlierRecord)
	d.records = slices.Insert(d.records, at, kept)
	d.records = d.records[:min(len(d.records), keptRecords)]
}

// twin lets a record that was delivered twice be told from the file that comes first by name, whichever was read first.
func (d *dossier) twin(id, path string) {
	for i := range d.records {
		if k := &d.records[i]; k.EventID == id && path < k.File {
			k.File = path
		}
	}
}
