package logs

import (
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// A past is the stretch of deliveries from before the input existed that is wanted, Unix seconds.
type past struct{ begin, end int64 }

// history tells whether a file was delivered before the input existed.
func (r *reading) history(i int) bool { return r.files[i].delivered < r.since }

// out tells whether a first run leaves a file out. One of which nobody knows when it was delivered stays.
func (r *reading) out(i int) bool {
	file := &r.files[i]
	return file.delivered < r.from && !file.guessed
}

func (r *reading) widen(i int) {
	if t := r.files[i].delivered; r.history(i) {
		if r.past.begin == 0 || t < r.past.begin {
			r.past.begin = t
		}
		r.past.end = max(r.past.end, t)
	}
}

// remember notes whether there is history to read.
func (r *reading) remember() {
	r.hadHistory = slices.ContainsFunc(r.queue, func(i int) bool { return r.history(i) && !r.out(i) })
}

// History says how far the reading of what was delivered before Since has come; nil when there was nothing of it to read in this run. What
// is left are files that were not put away: not read yet, or to be tried again.
func (r *reading) History() *discern.History {
	if !r.hadHistory {
		return nil
	}
	h := &discern.History{Days: span(r.past.begin, r.past.end)}
	h.DoneDays = h.Days
	for _, i := range slices.Concat(r.again, r.given, r.queue) {
		file := &r.files[i]
		if !r.history(i) || r.out(i) {
			continue
		}
		h.DoneDays = max(0, min(h.DoneDays, int((file.delivered-r.past.begin)/discern.Day)))
		h.LeftFiles++
		h.LeftBytes += file.Size
	}
	return h
}

// span counts the days of a stretch, a begun one for none.
func span(begin, end int64) int { return max(1, int((end-begin)/discern.Day)) }
