package logs

import (
	"context"

	"cloudtrail_anomaly/src/cloudtrail"
)

// date finds the delivery time of the files whose names don't tell it: their newest event time. They are read once for that; which is
// the price of judging what was delivered first before what was delivered later.
func (f *Folder) date(ctx context.Context) error {
	var undated []int
	for i := range f.files {
		if f.files[i].delivered == 0 {
			undated = append(undated, i)
		}
	}
	readers := make([]*worker, f.Workers)
	for i := range readers {
		readers[i] = &worker{folder: f, reader: cloudtrail.NewReader()}
	}
	return f.share(ctx, undated, func(w, file int) {
		// What can't be read here is found and named again when the file's turn comes.
		_, _ = readers[w].scan(ctx, &f.files[file], func(r *cloudtrail.Record) error {
			if t, err := r.Time(); err == nil {
				f.files[file].delivered = max(f.files[file].delivered, t)
			}
			return nil
		})
	})
}
