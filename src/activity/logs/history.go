package logs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// readShare is the part of the time left that one piece may take to be read: judging it, and going back for the evidence, may take as long
// again, and a piece that is not put away in time is read once more by the next run.
const readShare = 4

// A spell is the time that a piece has to be read in. The zero spell has no end.
type spell struct {
	now func() time.Time
	end time.Time
}

func (f *Folder) spell(ctx context.Context) spell {
	deadline, ok := ctx.Deadline()
	if !ok {
		return spell{}
	}
	now := f.Now()
	return spell{f.Now, now.Add(deadline.Sub(now) / readShare)}
}

func (s spell) ends() bool { return !s.end.IsZero() }

func (s spell) over() bool { return s.ends() && s.now().After(s.end) }

// history tells whether a file was delivered before the input existed.
func (f *Folder) history(i int) bool { return f.files[i].delivered < f.Since }

// A past is the stretch of deliveries from before the input existed that is wanted, Unix seconds.
type past struct{ from, to int64 }

// measure finds the past from all files that are listed, also from those read long ago.
func (f *Folder) measure() {
	now := f.Now().Unix()
	for i := range f.files {
		f.widen(i)
		if t := f.files[i].delivered; t <= now {
			f.latest = max(f.latest, t)
		}
	}
	if f.HistoryDays >= 0 {
		f.past.from = max(f.past.from, f.past.to-int64(f.HistoryDays)*discern.Day)
	}
}

func (f *Folder) widen(i int) {
	if t := f.files[i].delivered; f.history(i) {
		if f.past.from == 0 || t < f.past.from {
			f.past.from = t
		}
		f.past.to = max(f.past.to, t)
	}
}

// wanted is the delivery time before which a first run leaves files out. The days are counted back from the newest file, but for one that
// lies in the future: a single wrong date must not make an end of all history.
func (f *Folder) wanted() int64 {
	if f.HistoryDays < 0 {
		return 0
	}
	bound := f.Now().Unix()
	if f.Since != 0 {
		bound = f.Since - 1
	}
	var newest, past int64
	for _, i := range f.queue {
		t := f.files[i].delivered
		if newest = max(newest, t); t <= bound {
			past = max(past, t)
		}
	}
	switch {
	case f.HistoryDays == 0 && f.Since != 0:
		return f.Since
	case f.HistoryDays == 0:
		return newest + 1
	case past == 0 && f.Since == 0:
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

// out tells whether a first run leaves a file out. One of which nobody knows when it was delivered stays.
func (f *Folder) out(i int) bool {
	file := &f.files[i]
	return f.First && file.delivered < f.from && !file.guessed
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

// History says how far the reading of what was delivered before Since has come; nil when there was nothing of it to read in this run. What
// is left are files that were not put away: not read yet, or to be tried again.
func (f *Folder) History() *discern.History {
	if !f.hadHistory {
		return nil
	}
	h := &discern.History{Days: span(f.past.from, f.past.to)}
	h.DoneDays = h.Days
	for _, i := range slices.Concat(f.again, f.given, f.queue) {
		file := &f.files[i]
		if !f.history(i) || f.out(i) {
			continue
		}
		h.DoneDays = max(0, min(h.DoneDays, int((file.delivered-f.past.from)/discern.Day)))
		h.LeftFiles++
		h.LeftBytes += file.Size
	}
	return h
}

// span counts the days of a stretch, a begun one for none.
func span(from, to int64) int { return max(1, int((to-from)/discern.Day)) }
