package cost

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// A pairHour is what our query groups records by: who did what in which hour of event time.
type pairHour struct {
	p            int
	action, hour string
}

// A pairSeen is what it tells of them.
type pairSeen struct {
	first, last time.Time
	records     int
	files       []string // as JSON strings
}

const mostPlaces = 10 // files that our query names of a group, at most

var ourColumns = []string{"kind", "account", "hour", "principal", "action", "ending", "instance", "address", "file", "first_time", "last_time", "records", "events", "files", "everywhere"}

// answer is what our query results in: a row for each file, and one for each pair and hour in them.
func (w workload) answer(a asked, now time.Time) athenatest.Answer {
	var answer athenatest.Answer
	for _, name := range ourColumns {
		answer.Columns = append(answer.Columns, athenatest.Column{Name: name, Type: "varchar"})
	}
	seen := map[pairHour]*pairSeen{}
	var order []pairHour
	for f := range a.files(now) {
		file := strings.TrimPrefix(f.key(), "AWSLogs/"+a.account+"/CloudTrail/")
		whole := pairSeen{}
		for r := range w.records(f) {
			whole.see(r.time)
			key := pairHour{r.p, r.action, r.time.Format("2006-01-02T15")}
			pair := seen[key]
			if pair == nil {
				pair = &pairSeen{}
				seen[key], order = pair, append(order, key)
			}
			pair.see(r.time)
			if len(pair.files) < mostPlaces {
				pair.files = append(pair.files, strconv.Quote(file))
			}
		}
		answer.Rows = append(answer.Rows, row("file", a.account, whole.first.Format("2006-01-02T15"), "", "", "read", file, whole))
	}
	for _, key := range order {
		answer.Rows = append(answer.Rows, row("pair", a.account, key.hour, roleID(a.account, key.p), key.action, "ok", "", *seen[key]))
	}
	return answer
}

func (s *pairSeen) see(t time.Time) {
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
	s.records++
}

func row(kind, account, hour, principal, action, ending, file string, s pairSeen) []*string {
	n := strconv.Itoa(s.records)
	return athenatest.Values(kind, account, hour, principal, action, ending, "", "", file, s.first.Format(time.RFC3339), s.last.Format(time.RFC3339), n, n,
		fmt.Sprintf("[%s]", strings.Join(s.files, ",")), "")
}
