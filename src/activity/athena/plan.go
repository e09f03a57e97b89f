package athena

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Bounds of a piece. A window that is longer than unlisted is cut by what its days hold; a live run's is asked for as it is, and nothing is
// listed for it.
const (
	unlisted   = 6 * 60 * minute
	pieceBytes = 512 << 20 // some 200,000 sightings, by the cost model of FIELD.md
	firstBytes = 64 << 20  // of the first piece of a run that has to end in time
	pieceDays  = 31
	readShare  = 4 // a query may take this part of the time left: judging what it gave may take as long again

	sweepStep = 6 * hour // a sweep ends with such a part of a day

	// slack is by how much a folder's day may be behind the minute in a file's name, and a clock.
	slack = 10 * minute
)

// plan finds what is to be looked at. Each window but the last ends with a day, or an hour of a day that holds too much for one.
func (l *Log) plan(ctx context.Context) error {
	now := l.now().Unix()
	now -= now % minute
	start := l.start(l.Sweep)
	all := []window{{from: start, to: now, open: true}}
	if start == 0 || now-start > unlisted {
		days, err := l.Files.Days(ctx, max(start, 0), 0)
		if err != nil {
			return fmt.Errorf("find what was delivered to account %s: %w", l.AccountID, err)
		}
		all = l.cut(days, start, now)
	}
	// What is new is not kept waiting by a sweep, which may take longer than a run.
	if live := l.start(0); live > start {
		swept := l.swept(all, live, now)
		after := []window{{from: live, to: now, open: true}}
		if now-live > unlisted {
			after = nil
			for _, w := range all {
				if w.from = max(w.from, live); w.to > live || w.open {
					after = append(after, w)
				}
			}
		}
		all = append(after, swept...)
	}
	l.windows = l.divide(all)
	for _, w := range l.windows {
		l.total += w.bytes
	}
	return nil
}

// start is the delivery time from which files are looked at, a whole minute; 0 is the first.
func (l *Log) start(sweep int64) int64 {
	start := l.From
	if l.After != 0 {
		start = l.After - l.Lookback
		if sweep != 0 {
			start = min(start, sweep)
		}
		start = max(start-slack, l.From)
	}
	return start - start%minute
}

// cut makes a window of each day with files, and of a part of a day that holds much. Days without files lie in no window, or in the one of the day
// before, so that what was delivered at midnight is in one of the two.
func (l *Log) cut(days []Day, start, now int64) []window {
	var all []window
	end := start
	for _, d := range days {
		if l.newest = max(l.newest, d.Start); d.Start > now {
			continue // a wrong date; the last window goes on to tomorrow
		}
		parts := min(max(1, (d.Bytes+pieceBytes-1)/pieceBytes), 24)
		hours := (24 + parts - 1) / parts
		from := max(end, d.Start-slack)
		for i := int64(0); i*hours < 24 && from < now; i++ {
			to := min(d.Start+(i+1)*hours*60*minute, d.Start+day)
			if to <= from {
				continue
			}
			all = append(all, window{from: from, to: to, bytes: d.Bytes / parts})
			from, end = to, to
		}
	}
	if n := len(all); n > 0 && all[n-1].to >= now {
		all[n-1].to, all[n-1].open = now, true
		return all
	}
	return append(all, window{from: max(end, now-now%day-slack), to: now, open: true})
}

// divide divides a window that holds both history and what came later, and marks history.
func (l *Log) divide(all []window) []window {
	border := (l.Since + minute - 1) / minute * minute
	var divided []window
	for _, w := range all {
		if w.from < border && (w.open || w.to > border) {
			before, after := w, w
			before.to, before.open, before.history = min(border, w.to), false, true
			after.from = before.to
			before.bytes = int64(float64(w.bytes) * float64(before.to-w.from) / float64(max(w.to-w.from, 1)))
			after.bytes = w.bytes - before.bytes
			if before.to > before.from {
				divided = append(divided, before)
			}
			divided = append(divided, after)
			continue
		}
		w.history = w.to <= border && !w.open
		divided = append(divided, w)
	}
	return divided
}

// take gives the window of the next piece: as many as meet, are of one kind, and hold together what a piece may.
func (l *Log) take(ctx context.Context) window {
	if l.most == 0 {
		l.most = pieceBytes
		if _, ends := ctx.Deadline(); ends {
			l.most = firstBytes
		}
	}
	w := l.windows[0]
	l.windows = l.windows[1:]
	most := l.most
	if w.sweep {
		most = firstBytes // however long the pieces before took
	}
	for len(l.windows) > 0 {
		next := l.windows[0]
		if next.from != w.to || next.history != w.history || next.sweep != w.sweep || w.bytes+next.bytes > most || next.to-w.from > pieceDays*day {
			break
		}
		w.to, w.open, w.bytes = next.to, next.open, w.bytes+next.bytes
		l.windows = l.windows[1:]
	}
	if w.open {
		now := l.now().Unix()
		w.to = max(w.to, now-now%minute)
	}
	return w
}

// learn fits the size of the next piece to how long this one took.
func (l *Log) learn(ctx context.Context, w window, took time.Duration) {
	deadline, ends := ctx.Deadline()
	if !ends {
		return
	}
	share := deadline.Sub(l.now()) / readShare
	switch {
	case took > share:
		l.most = max(l.most/2, firstBytes/4)
	case took < share/2 && w.bytes > l.most/4:
		l.most = min(l.most*2, pieceBytes)
	}
}

// halves are the two parts of a window that asks for too much; ok is false where it can't be halved.
func (w window) halves() (first, second window, ok bool) {
	if w.to-w.from < 2*minute {
		return w, w, false
	}
	middle := w.from + (w.to-w.from)/2
	middle -= middle % minute
	first, second = w, w
	first.to, first.open = middle, false
	second.from = middle
	first.bytes, second.bytes = w.bytes/2, w.bytes-w.bytes/2
	return first, second, true
}

// regionsOf asks which regions there are log files of. Folders of other names are none of CloudTrail's.
func (l *Log) regionsOf(ctx context.Context) error {
	found, err := l.Files.Regions(ctx)
	if err != nil {
		return fmt.Errorf("find the regions of account %s: %w", l.AccountID, err)
	}
	l.regions = slices.DeleteFunc(slices.Clone(found), func(r string) bool { return !regionForm.MatchString(r) })
	l.strange = len(found) - len(l.regions)
	if len(l.regions) == 0 {
		return fmt.Errorf("%w: there is no folder of a region below %s; see cloudtrail_bucket, cloudtrail_prefix and organization_id, "+
			"or whether the trail delivers for account %s", ErrNoFiles, l.t.location(), l.AccountID)
	}
	return nil
}
