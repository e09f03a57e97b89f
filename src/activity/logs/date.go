package logs

import (
	"context"
	"time"

	"cloudtrail_anomaly/src/cloudtrail"
)

// guess lets files whose names don't tell when they were delivered stand, for now, at the time when they were last changed.
func (f *Folder) guess() {
	for i := range f.files {
		if file := &f.files[i]; file.delivered == 0 {
			file.guessed, file.delivered = true, time.Unix(0, file.Modified).Unix()
		}
	}
}

// date finds the delivery time of the files whose names don't tell it: their newest event time. They are read once for that; which is
// the price of judging what was delivered first before what was delivered later. Where a run has to end in time, those that it does not
// come to stay at their guess: reading must not begin anew for ever.
func (f *Folder) date(ctx context.Context) error {
	var undated []int
	for i := range f.files {
		if f.files[i].guessed {
			undated = append(undated, i)
		}
	}
	spell := f.spell(ctx)
	readers := make([]*worker, f.workers)
	for i := range readers {
		readers[i] = &worker{reading: &f.reading, reader: cloudtrail.NewReader()}
	}
	return f.share(ctx, undated, func(w, number int) {
		if spell.over() {
			return
		}
		file, newest := &f.files[number], int64(0)
		// What can't be read here is found and named again when the file's turn comes.
		_, _ = readers[w].scan(ctx, file, func(r *cloudtrail.Record) error {
			if t, err := r.Time(); err == nil {
				newest = max(newest, t)
			}
			return nil
		})
		if newest != 0 {
			file.guessed, file.delivered = false, newest
		}
	})
}
