package logs

import (
	"context"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// measure finds the past from all files that are listed, also from those read long ago.
func (f *Folder) measure() {
	now := f.now().Unix()
	for i := range f.files {
		f.widen(i)
		if t := f.files[i].delivered; t <= now {
			f.latest = max(f.latest, t)
		}
	}
	if f.HistoryDays >= 0 {
		f.past.begin = max(f.past.begin, f.past.end-int64(f.HistoryDays)*discern.Day)
	}
}

// wanted is the delivery time before which a first run leaves files out. The days are counted back from the newest file, but for one that
// lies in the future: a single wrong date must not make an end of all history.
func (f *Folder) wanted() int64 {
	if f.HistoryDays < 0 {
		return 0
	}
	bound := f.now().Unix()
	if f.since != 0 {
		bound = f.since - 1
	}
	var newest, past int64
	for _, i := range f.queue {
		t := f.files[i].delivered
		if newest = max(newest, t); t <= bound {
			past = max(past, t)
		}
	}
	switch {
	case f.HistoryDays == 0 && f.since != 0:
		return f.since
	case f.HistoryDays == 0:
		return newest + 1
	case past == 0 && f.since == 0:
		past = newest
	}
	return past - int64(f.HistoryDays)*discern.Day
}

// narrow measures the past anew, by the files of a first run that are wanted.
func (f *Folder) narrow() {
	f.from, f.past = f.wanted(), past{}
	for _, i := range f.queue {
		if !f.out(i) {
			f.widen(i)
		}
	}
}

// cut leaves out, in a first run, what was delivered before the history that is wanted. It counts as looked at from then on, so that no
// later run takes it for new, and what comes later is read, however old it is.
func (f *Folder) cut(ctx context.Context) error {
	if !f.First {
		return nil
	}
	var before []discern.File
	f.queue = slices.DeleteFunc(f.queue, func(i int) bool {
		out := f.out(i)
		if out {
			before = append(before, f.files[i].File)
		}
		return out
	})
	if len(before) > 0 {
		f.skipped["delivered before the history that is wanted"] = len(before)
	}
	if f.Ledger != nil {
		if err := f.Ledger.Looked(ctx, before); err != nil {
			return fmt.Errorf("leave out %d files from before the history that is wanted: %w", len(before), err)
		}
	}
	if f.Begun == nil {
		return nil
	}
	return f.Begun(ctx)
}

// Newest is when the newest file of all that are listed was delivered, also of those looked at long ago, Unix seconds; 0 where none is. What
// claims to be of the future does not count.
func (f *Folder) Newest() int64 { return f.latest }
