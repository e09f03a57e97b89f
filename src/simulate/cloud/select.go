package cloud

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/rules"
)

// What is read of a query: the files it asks for. That its text does what it says is shown on Trino, by the tests of the athena package; here the
// reader of log files answers in its stead.
var (
	baseIn   = regexp.MustCompile(`replace\("\$path", '([^']*)', ''\)`)
	regionIn = regexp.MustCompile(`"region" IN \(([^)]*)\)`)
	dayIn    = regexp.MustCompile(`"day" IN \(([^)]*)\)`)
	rangeIn  = regexp.MustCompile(`"\$path" BETWEEN '([^']*)' AND '([^']*)'`)
	exceptIn = regexp.MustCompile(`"\$path" <> '([^']*)'`)
)

var resultColumns = []string{"kind", "account", "hour", "principal", "action", "ending", "instance", "address", "file",
	"first_time", "last_time", "records", "events", "files", "everywhere"}

// A group is a row that is being made.
type group struct {
	key         [9]string // the columns before first_time
	first, last string
	records     int
	ids         map[string]bool
	nameless    int // records without an eventID
	places      []string
	files       []string
}

// Select answers the hourly query from the objects of the trail's bucket.
func (c *Cloud) Select(sql string) (athenatest.Answer, error) {
	base := baseIn.FindStringSubmatch(sql)
	if base == nil {
		return athenatest.Answer{}, fmt.Errorf("SYNTAX_ERROR: this is not the query that the simulator knows")
	}
	var a athenatest.Answer
	groups, order := map[[9]string]*group{}, []*group{}
	reader := cloudtrail.NewReader()
	for _, key := range c.asked(sql, base[1]) {
		body, _ := c.Object(Bucket, key)
		a.Scanned += int64(len(body))
		file := strings.TrimPrefix("s3://"+Bucket+"/"+key, base[1])
		_, err := reader.Read(context.Background(), bytes.NewReader(body), func(r *cloudtrail.Record) error {
			for _, row := range rowsOf(r, file) {
				g := groups[row]
				if g == nil {
					g = &group{key: row, ids: map[string]bool{}}
					groups[row], order = g, append(order, g)
				}
				g.add(r, file)
			}
			return nil
		})
		if err == nil && c.OnSelect != nil {
			c.OnSelect(key)
		}
		if err != nil {
			return a, fmt.Errorf("HIVE_CURSOR_ERROR: Error reading s3://%s/%s", Bucket, key)
		}
	}
	for _, name := range resultColumns {
		a.Columns = append(a.Columns, athenatest.Column{Name: name, Type: "varchar"})
	}
	for _, g := range order {
		a.Rows = append(a.Rows, g.row(strings.Contains(sql, "array_agg(DISTINCT witness)")))
	}
	return a, nil
}

// asked are the keys of the files in the query's partitions and ranges.
func (c *Cloud) asked(sql, base string) []string {
	listed := func(of *regexp.Regexp) []string {
		m := of.FindStringSubmatch(sql)
		return strings.Split(strings.NewReplacer("'", "", " ", "").Replace(m[1]), ",")
	}
	regions, days := listed(regionIn), listed(dayIn)
	ranges, excepted := rangeIn.FindAllStringSubmatch(sql, -1), exceptIn.FindAllStringSubmatch(sql, -1)
	var keys []string
	for _, key := range c.Objects(Bucket) {
		path := "s3://" + Bucket + "/" + key
		rest, ok := strings.CutPrefix(path, base)
		if !ok || excepts(excepted, path) {
			continue
		}
		region, rest, _ := strings.Cut(rest, "/")
		if len(rest) < len("2006/01/02/") || !slices.Contains(regions, region) || !slices.Contains(days, rest[:len("2006/01/02")]) {
			continue
		}
		if slices.ContainsFunc(ranges, func(r []string) bool { return r[1] <= path && path <= r[2] }) {
			keys = append(keys, key)
		}
	}
	return keys
}

func excepts(excepted [][]string, path string) bool {
	return slices.ContainsFunc(excepted, func(e []string) bool { return e[1] == path })
}

// rowsOf are the groups that a record belongs to.
func rowsOf(r *cloudtrail.Record, file string) [][9]string {
	hour := string(r.EventTime)[:len("2006-01-02T15")]
	class := "write"
	switch {
	case string(r.EventCategory) == "Data":
		class = "data"
	case r.ReadOnly == cloudtrail.Yes:
		class = "read"
	}
	ending := map[discern.Outcome]string{discern.OK: "ok", discern.Denied: "denied", discern.Failed: "error"}[r.Outcome()]
	rows := [][9]string{
		{"file", r.Account(), hour, "", "", class, "", "", file},
		{"pair", r.Account(), hour, r.Principal(), r.Action(), ending, "", "", ""},
	}
	for _, rule := range rules.All() {
		if m, ok := rule.Match(r); ok {
			rows = append(rows, [9]string{m.Rule, r.Account(), hour, r.Principal(), r.Action(), ending, m.Instance, m.Address, ""})
		}
	}
	return rows
}

func (g *group) add(r *cloudtrail.Record, file string) {
	at, id := string(r.EventTime), r.Text("eventID")
	if g.records == 0 || at < g.first {
		g.first = at
	}
	g.last = max(g.last, at)
	g.records++
	if id == "" {
		g.nameless++
	} else {
		g.ids[id] = true
	}
	g.places = append(g.places, at+"\x1f"+id+"\x1f"+file)
	g.files = append(g.files, file)
}

// mostPlaces is how many of a group's earliest records tell in which files they lie.
const mostPlaces = 10

func (g *group) row(everywhere bool) []*string {
	row := athenatest.Values(append(append([]string{}, g.key[:]...), g.first, g.last, strconv.Itoa(g.records), strconv.Itoa(len(g.ids)+g.nameless))...)
	for i, blank := range g.key {
		if blank == "" && i > 1 {
			row[i] = nil
		}
	}
	if g.key[0] == "file" {
		files := "[]"
		return append(row, &files, nil)
	}
	slices.Sort(g.places)
	var files []string
	for _, p := range g.places[:min(len(g.places), mostPlaces)] {
		if file := p[strings.LastIndexByte(p, 0x1f)+1:]; !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	row = append(row, listOf(files), nil)
	if everywhere {
		slices.SortFunc(g.files, cmp.Compare[string])
		row[len(row)-1] = listOf(slices.Compact(g.files))
	}
	return row
}

func listOf(texts []string) *string {
	list, _ := json.Marshal(texts) // texts are always JSON
	s := string(list)
	return &s
}
