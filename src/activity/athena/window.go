package athena

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A window is a stretch of deliveries, by the minute in the files' names, that one query looks at.
type window struct {
	from, to int64 // Unix seconds, whole minutes; to itself is not in it
	open     bool  // it goes on to whatever is delivered while the query runs; to is then only when the query was planned
	bytes    int64 // stored, as far as they were listed; 0 where nobody knows
	history  bool
	sweep    bool // it was looked at before
}

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
)

// dayForm is how folders and partitions name a day.
const dayForm = "2006/01/02"

// nameForm is how files name the minute in which they were delivered: AWS CloudTrail User Guide, "CloudTrail log file examples".
const nameForm = "20060102T1504Z"

// mostRanges bounds the ranges of one query, one for each region, and mostLeftOut the files it leaves out. Together they stay below 100: from
// there on Presto's engine may take the span from the first to the last range for all of them (hive.domain-compaction-threshold), which
// reads everything in between.
const (
	mostRanges  = 70
	mostLeftOut = 20
)

// days are the partitions in which the window's files can lie. A folder is the day of publication, which may begin before the minute in a
// file's name is over, and a query begins after it was planned: in the last hour of a day, an open window goes into tomorrow's. It does not
// at other times, because each day named costs a list of each region's folder.
func (w window) days() []string {
	var all []string
	for t := w.from - w.from%day; t <= w.last(); t += day {
		all = append(all, time.Unix(t, 0).UTC().Format(dayForm))
	}
	return all
}

// last is a moment of the last day that the window goes into.
func (w window) last() int64 {
	if w.open {
		return w.to + hour
	}
	return w.to
}

// places are what of a region's paths lies in the window: they sort by folder of the day, then by minute. Windows that meet leave no path
// between them.
func (w window) places(t Table, region string) (low, high string) {
	if w.open {
		last := time.Unix(w.last(), 0).UTC().Format(dayForm)
		return w.edge(t, region, w.from), t.location() + region + "/" + last + "/~" // sorts after every letter and digit
	}
	return w.edge(t, region, w.from), w.edge(t, region, w.to)
}

// of are the paths that lie in the window.
func (w window) of(t Table, paths []string) []string {
	var some []string
	for _, path := range paths {
		region, delivered := labelOf(path)
		if low, high := w.places(t, region); delivered == 0 || low <= path && path <= high {
			some = append(some, path)
		}
	}
	return some
}

// edge is where the files delivered in a minute begin.
func (w window) edge(t Table, region string, at int64) string {
	moment := time.Unix(at, 0).UTC()
	return fmt.Sprintf("%s%s/%s/%s_CloudTrail_%s_%s", t.location(), region, moment.Format(dayForm), t.Account, region, moment.Format(nameForm))
}

// where is the condition on the files, in literals alone: what else a condition on "$path" is made of does not keep files from being read.
func (w window) where(t Table, regions, leftOut []string) string {
	ranges := make([]string, len(regions))
	for i, region := range regions {
		low, high := w.places(t, region)
		ranges[i] = fmt.Sprintf(`"$path" BETWEEN %s AND %s`, literal(low), literal(high))
	}
	text := fmt.Sprintf("\"region\" IN (%s)\n    AND \"day\" IN (%s)\n    AND (%s)",
		literals(regions), literals(w.days()), strings.Join(ranges, "\n      OR "))
	for _, path := range leftOut {
		text += "\n    AND \"$path\" <> " + literal(path)
	}
	return text
}

// name says which window it is, for errors.
func (w window) name() string {
	end := "now"
	if !w.open {
		end = stamp(w.to)
	}
	return stamp(w.from) + " to " + end
}

// swept are the windows of a sweep, of what was delivered before a run's own window. Its last hours are left to the next sweep, and each window to
// the run that finds it unfinished: so it is the same question for hours, and a query that outlasts a run is paid once.
func (l *Log) swept(all []window, live, now int64) []window {
	end := max(live-live%sweepStep, min(live, now-day)) // no more than a day, which is where the next one begins at the latest
	var swept []window
	for _, w := range all {
		w.from, w.to = max(w.from, l.Swept), min(w.to, end)
		if w.open, w.sweep = false, true; w.from < w.to {
			swept = append(swept, w)
		}
	}
	return swept
}

// asked names the window in a query's token. An open one is another question each minute, and all are in another day's sweep.
func (w window) asked(sweep int64) string {
	return stamp(w.from) + " to " + stamp(w.to) + " " + stamp(sweep-sweep%day)
}

func stamp(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

// groups cuts regions into as many as one query may have.
func groups(regions []string) [][]string {
	sorted := slices.Compact(slices.SortedFunc(slices.Values(regions), cmp.Compare[string]))
	return slices.Collect(slices.Chunk(sorted, mostRanges))
}
