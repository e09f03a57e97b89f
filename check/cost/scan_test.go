package cost

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What a query makes Athena itself do. It is worked out from the text of the query and the listing of the bucket: the files that lie in the partitions
// and paths named are read whole, by one GET each, as packed files can't be read in parts; each partition named is listed, a thousand keys at
// a time, also where it is empty; a result is put with its metadata.
type scan struct{ files, lists int }

const (
	pageKeys    = 1000
	resultFiles = 2
)

// asked are the conditions of a query that keep Athena from reading files.
type asked struct {
	account     string
	partitioned bool
	regions     []string // with days: the partitions
	days        []string // yyyy/mm/dd
	ranges      [][2]string
}

var (
	quoted     = regexp.MustCompile(`'([^']*)'`)
	tableNamed = regexp.MustCompile(`FROM "?(?:default"?\."?)?(?:cloudtrail|ct_anomaly|[a-z]+_ct_anomaly)_([0-9]{12})"?`)
	listNamed  = func(column string) *regexp.Regexp { return regexp.MustCompile(`"` + column + `" IN \(([^)]*)\)`) }
	regionList = listNamed("region")
	dayList    = listNamed("day")
	pathRange  = regexp.MustCompile(`"\$path" BETWEEN '([^']*)' AND '([^']*)'`)
	daySplit   = regexp.MustCompile(`year='([0-9]+)'\s+AND month='([0-9]+)'\s+AND day='([0-9]+)'`)
	partitions = regexp.MustCompile(`PARTITION \(region='([^']+)'`)
)

func literalsIn(list []string) (all []string) {
	if list == nil {
		return nil
	}
	for _, m := range quoted.FindAllStringSubmatch(list[1], -1) {
		all = append(all, m[1])
	}
	return all
}

// conditions reads the text of a query: of ours, of jellyparks', whose table has the partitions that were added, or of Netflix's.
func conditions(sql string, added []string) (asked, error) {
	table := tableNamed.FindStringSubmatch(sql)
	if table == nil {
		return asked{}, fmt.Errorf("the query names no table of an account: %.80s", sql)
	}
	a := asked{account: table[1], regions: literalsIn(regionList.FindStringSubmatch(sql)), days: literalsIn(dayList.FindStringSubmatch(sql))}
	if day := daySplit.FindStringSubmatch(sql); day != nil {
		a.regions, a.days = added, []string{strings.Join(day[1:], "/")}
	}
	a.partitioned = len(a.regions) > 0 && len(a.days) > 0
	for _, m := range pathRange.FindAllStringSubmatch(sql, -1) {
		a.ranges = append(a.ranges, [2]string{m[1], m[2]})
	}
	return a, nil
}

func (a asked) holds(f logfile) bool {
	if a.partitioned && !(slices.Contains(a.regions, regions[f.region]) && slices.Contains(a.days, f.delivered().Format("2006/01/02"))) {
		return false
	}
	if len(a.ranges) == 0 {
		return true
	}
	path := "s3://" + trailBucket + "/" + f.key()
	return slices.ContainsFunc(a.ranges, func(r [2]string) bool { return r[0] <= path && path <= r[1] })
}

// files are those of an account that a query reads at a time.
func (a asked) files(now time.Time) iter.Seq[logfile] {
	return func(yield func(logfile) bool) {
		for hour := -24 * daysKept; hour <= int(now.Sub(dayBegins).Hours()); hour++ {
			if a.partitioned && !slices.Contains(a.days, at(float64(hour)).Format("2006/01/02")) {
				continue
			}
			for f := range logfiles(a.account, hour) {
				if kept := now.AddDate(0, 0, -daysKept); f.delivered().Before(kept) || f.delivered().After(now) {
					continue
				}
				if a.holds(f) && !yield(f) {
					return
				}
			}
		}
	}
}

// scan is what Athena does for a query at a time.
func (a asked) scan(now time.Time) (s scan) {
	for range a.files(now) {
		s.files++
	}
	if !a.partitioned {
		s.lists = (s.files + pageKeys - 1) / pageKeys
		return s
	}
	for range a.days { // no partition of a day holds more than a page: 288 files a region
		s.lists += len(a.regions)
	}
	return s
}

// charged is what a query with such a scan costs.
func (s scan) charged() count {
	bytes := float64(s.files * bytesOfFile)
	return count{
		Queries: 1, Scanned: bytes, Billed: billed(bytes),
		Lists: float64(s.lists + resultFiles), Gets: float64(s.files), Within: float64(s.lists + resultFiles + s.files),
	}
}

// defined is what a statement costs that defines something: its result is put all the same.
func defined() count { return count{DDL: 1, Lists: resultFiles, Within: resultFiles} }

// runsBefore is how long before an hour, or a quarter of one, is over a run begins: all its files are there by then.
const runsBefore = 2 * time.Minute

// average is what a query costs that is made each hour of the measured day, over that day.
func (a asked) average() (each count) {
	for hour := 1; hour <= 24; hour++ {
		each.add(a.scan(at(float64(hour)).Add(-runsBefore)).charged().times(1.0 / 24))
	}
	return each
}
