package logs

import (
	"context"
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

// measure widens the past by the files that are dated: by the names of all files listed, also of those read long ago, then by the files
// whose time stands inside.
func (f *Folder) measure() {
	for i := range f.files {
		t := f.files[i].delivered
		if t == 0 || t >= f.Since {
			continue
		}
		if f.past.from == 0 || t < f.past.from {
			f.past.from = t
		}
		f.past.to = max(f.past.to, t)
	}
}

// narrow cuts the past to the days that are wanted.
func (f *Folder) narrow() {
	if f.HistoryDays >= 0 {
		f.past.from = max(f.past.from, f.past.to-int64(f.HistoryDays)*discern.Day)
	}
}

// History says how far the reading of what was delivered before Since has come; nil when there was nothing of it to read in this run.
func (f *Folder) History() *discern.History {
	if !f.hadHistory {
		return nil
	}
	h := &discern.History{Days: span(f.past.from, f.past.to)}
	h.DoneDays = h.Days
	for _, i := range slices.Concat(f.given, f.queue) {
		if !f.history(i) {
			break
		}
		if h.LeftFiles == 0 {
			h.DoneDays = min(h.Days, int(max(0, f.files[i].delivered-f.past.from)/discern.Day))
		}
		h.LeftFiles++
		h.LeftBytes += f.files[i].Size
	}
	return h
}

// span counts the days of a stretch, the last one whole.
func span(from, to int64) int { return int((to - from + discern.Day) / discern.Day) }
