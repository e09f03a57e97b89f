package athena

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/discern"
)

// shared holds real records published by others, and what an independent program finds in them. It is no part of the repository.
const shared = "../../../../shared/data"

// A finding is a sighting and its evidence, without the numbers of files.
type finding struct {
	Sighting discern.Sighting
	Evidence discern.Evidence
}

// findings gives all that an activity finds, each sighting's evidence with it, and the pieces.
func findings(t *testing.T, a discern.Activity) (map[mark]finding, []*discern.Piece) {
	t.Helper()
	found := map[mark]finding{}
	var pieces []*discern.Piece
	for {
		p, err := a.Next(t.Context())
		if err != nil {
			require.EqualError(t, err, "EOF")
			return found, pieces
		}
		pieces = append(pieces, p)
		require.True(t, slices.IsSortedFunc(p.Sightings, func(a, b discern.Sighting) int { return a.Before(&b) }))
		evidence, err := a.Evidence(t.Context(), p.Sightings)
		require.NoError(t, err)
		for i, s := range p.Sightings {
			require.NotEmpty(t, s.Files)
			s.Files = nil
			m := markOf(&s)
			have, twice := found[m]
			if twice { // in several pieces
				s.First, s.Last, s.Count = min(s.First, have.Sighting.First), max(s.Last, have.Sighting.Last), s.Count+have.Sighting.Count
				evidence[i] = discern.Evidence{}
			}
			found[m] = finding{s, evidence[i]}
		}
	}
}

// bothEngines looks at all that lies in an account's log with Athena's SQL and with the reader of log files, holds what they find equal, and gives
// the pieces of both.
func bothEngines(t *testing.T, f *athenatest.Front, o Options) (found map[mark]finding, theirs, ours []*discern.Piece) {
	t.Helper()
	o.After, o.From = 0, 0
	o.Files = filesOf(t, o.Config, o, match)
	found, theirs = findings(t, open(t, o))
	reader, err := logs.OpenBucket(logs.BucketOptions{
		Config: o.Config, Trail: logs.Trail{Bucket: o.Trail.Bucket, Prefix: o.Trail.Prefix, Organization: o.Trail.Organization, Region: "eu-west-1"},
		AccountID: o.AccountID, Now: o.Now, Account: o.Account, Category: o.Category, Match: match, From: 1, Chunk: 1 << 40,
	})
	require.NoError(t, err)
	want, ours := findings(t, reader)
	require.NotEmpty(t, want)
	for m, w := range want {
		require.Equal(t, w, found[m], "%+v", m)
	}
	require.Equal(t, len(want), len(found))
	return found, theirs, ours
}

// looks adds up what pieces looked at in an account, but for what the engines do not have in common.
func looks(pieces []*discern.Piece, account string) discern.Look {
	var sum discern.Look
	for _, p := range pieces {
		if look := p.Looks[account]; look != nil {
			sum.Add(look)
		}
	}
	sum.Bytes, sum.QueryIDs, sum.Cost = 0, nil, 0
	return sum
}

func skipped(pieces []*discern.Piece) map[string]int {
	sum := map[string]int{}
	for _, p := range pieces {
		for why, n := range p.Skipped {
			sum[why] += n
		}
	}
	return sum
}

// tabled is a front on Trino that has the table of an account, made by setup.
func tabled(t *testing.T, o func(*Options)) (*athenatest.Front, Options) {
	t.Helper()
	f := athenatest.Start(t)
	made := options(t, f)
	if o != nil {
		o(&made)
	}
	steps, err := Setup(t.Context(), made, false)
	require.NoError(t, err)
	require.NotEmpty(t, steps)
	return f, made
}

func TestTheRealRecords(t *testing.T) {
	f, o := tabled(t, nil)
	n := 0
	err := filepath.WalkDir(filepath.Join(shared, "cloudtrail"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json.gz") {
			return err
		}
		body, err := os.ReadFile(path)
		region := []string{"us-east-1", "eu-west-1"}[n%2]
		f.Put("logs", key(me, region, noon.Add(-time.Duration(n)*time.Minute), fmt.Sprint(n)), body)
		n++
		return err
	})
	if os.IsNotExist(err) {
		t.Skip("the real records and what is expected of them are not on this machine")
	}
	require.NoError(t, err)
	found, theirs, ours := bothEngines(t, f, o)
	require.Equal(t, looks(ours, me), looks(theirs, me))
	require.Equal(t, skipped(ours), skipped(theirs))

	type pair struct {
		First, Last   string
		Count, Errors int
	}
	got := map[[2]string]pair{}
	for m, s := range found {
		if m.rule != "" {
			continue
		}
		k := [2]string{m.principal, m.action}
		p, ok := got[k]
		if first := stamp(s.Sighting.First); !ok || first < p.First {
			p.First = first
		}
		p.Last = max(p.Last, stamp(s.Sighting.Last))
		if p.Count += s.Sighting.Count; m.outcome != discern.OK {
			p.Errors += s.Sighting.Count
		}
		got[k] = p
	}
	want := map[[2]string]pair{}
	file, err := os.Open(filepath.Join(shared, "expected.pairs.jsonl"))
	require.NoError(t, err)
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var line struct {
			pair
			Kind, Principal, Action string
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
		if line.Kind == "pair" {
			want[[2]string{line.Principal, line.Action}] = line.pair
		}
	}
	require.Equal(t, want, got)
	require.Len(t, got, 184)
}

func TestOddRecords(t *testing.T) {
	f, o := tabled(t, nil)
	random := odd{rand.New(rand.NewPCG(1, 2))}
	for n := range 24 {
		var records []any
		for i := range 250 {
			records = append(records, random.record(n*250+i))
		}
		body := file(t, records...)
		f.Put("logs", key(me, "us-east-1", noon.Add(-time.Duration(n)*time.Hour), "a"), body)
		if n%5 == 0 {
			f.Put("logs", key(me, "us-east-1", noon.Add(-time.Duration(n)*time.Hour), "b"), body) // delivered twice
		}
	}
	for name, change := range map[string]func(*Options){
		"all":            func(*Options) {},
		"of one account": func(o *Options) { o.Account = func(id string) bool { return id == me } },
		"of two categories": func(o *Options) {
			o.Category = func(name string) bool { return name == "Management" || name == "Data" }
		},
		"of no category":      func(o *Options) { o.Category = func(string) bool { return false } },
		"of a group of wards": func(o *Options) { o.Account = func(id string) bool { return id != "" } },
	} {
		t.Run(name, func(t *testing.T) {
			o := o
			change(&o)
			found, theirs, ours := bothEngines(t, f, o)
			require.Equal(t, skipped(ours), skipped(theirs))
			require.Equal(t, ours[0].Whole.BadRecords, theirs[0].Whole.BadRecords)
			for account := range ours[0].Looks {
				require.Equal(t, looks(ours, account), looks(theirs, account), account)
			}
			ruled := map[string]int{}
			for m := range found {
				ruled[m.rule]++
			}
			t.Logf("%d findings %v, %d accounts, %d bad records, skipped %v", len(found), ruled, len(ours[0].Looks), ours[0].Whole.BadRecords, skipped(ours))
		})
	}
}

func TestBadFiles(t *testing.T) {
	f, o := tabled(t, nil)
	good := file(t, call("e1", "2026-11-21T10:01:00Z", "iam:CreateUser"), call("e2", "2026-11-21T10:02:00Z", "iam:CreateRole"))
	pretty, err := json.MarshalIndent(map[string]any{"Records": []any{call("e3", "2026-11-21T10:03:00Z", "iam:CreateUser"), call("e4", "2026-11-21T10:04:00Z", "iam:CreateGroup")}}, "", "  ")
	require.NoError(t, err)
	long := make([]any, 400)
	for i := range long {
		long[i] = call(fmt.Sprint("long-", i), "2026-11-21T10:05:00Z", fmt.Sprint("s3:Put", rand.Int64()))
	}
	strange := call("e5", "2026-11-21T10:06:00Z", "iam:DeleteUser")
	strange["userIdentity"] = "a string"
	cut := file(t, long...)
	bodies := map[string][]byte{
		"cut": cut[:len(cut)*2/3], "text": []byte("not gzip at all"), "pretty": zipped(t, pretty), "string": file(t, strange, call("e6", "2026-11-21T10:07:00Z", "iam:CreateUser")),
		"empty": {}, "nothing": zipped(t, nil), "digest": zipped(t, []byte(`{"digestStartTime":"x"}`)), "good": good,
	}
	for i, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range bodies {
			if !yield(name) {
				return
			}
		}
	}) {
		f.Put("logs", key(me, "us-east-1", noon.Add(-time.Duration(i)*time.Minute), name), bodies[name])
	}
	found, theirs, ours := bothEngines(t, f, o)
	require.Contains(t, found, mark{me, "AIDAEXAMPLE000000001", "iam.amazonaws.com:CreateGroup", discern.OK, at(t, "2026-11-21T10:00:00Z"), "", "", ""})
	require.Equal(t, looks(ours, me).Records, looks(theirs, me).Records)
	named := map[string]string{}
	for _, b := range theirs[0].Bad {
		named[strings.TrimSuffix(b.Path[strings.LastIndexByte(b.Path, '_')+1:], ".json.gz")] = b.Fault
	}
	for _, name := range []string{"cut", "text", "pretty", "string"} {
		require.Contains(t, named, name)
	}
	require.NotContains(t, named, "good")
	for name, fault := range named {
		t.Logf("%s: %s", name, fault)
	}
	t.Logf("%d queries", len(theirs[0].Looks[me].QueryIDs))
}

func TestRangesPrune(t *testing.T) {
	f, o := tabled(t, nil)
	random := odd{rand.New(rand.NewPCG(3, 4))}
	midnight := noon.Truncate(24 * time.Hour)
	for n := range 24 * 12 {
		var records []any
		for i := range 40 {
			r := random.record(n*40 + i)
			r["eventTime"] = fmt.Sprintf("2026-11-21T%02d:%02d:%02dZ", n/12, n%12*5, i)
			records = append(records, r)
		}
		f.Put("logs", key(me, []string{"us-east-1", "eu-west-1"}[n%2], midnight.Add(time.Duration(n)*5*time.Minute), "a"), file(t, records...))
	}
	o.Now = func() time.Time { return midnight.Add(24 * time.Hour) }
	l := open(t, o)
	require.NoError(t, l.regionsOf(t.Context()))
	sightings := func(w window) (map[mark]discern.Sighting, int64) {
		tally := newTally(l)
		_, err := l.window(t.Context(), w, tally)
		require.NoError(t, err)
		scanned := tally.own.Bytes
		found := map[mark]discern.Sighting{}
		for _, s := range tally.piece(w, w.to).Sightings {
			s.Files = nil
			found[markOf(&s)] = s
		}
		return found, scanned
	}
	hour := window{from: midnight.Unix() + 22*3600, to: midnight.Unix() + 23*3600}
	whole, every := sightings(window{from: midnight.Unix(), to: midnight.Unix() + day})
	part, some := sightings(hour)
	for m := range whole {
		if m.step != hour.from && m.step < hour.from+3600 {
			delete(whole, m)
		}
	}
	for m := range whole {
		if m.step == hour.from {
			require.Equal(t, whole[m], part[m])
		}
	}
	require.NotEmpty(t, part)
	require.LessOrEqual(t, some, every/6)
	t.Logf("22 to 23 h of 24: %d of %d bytes", some, every)
}

func TestTheDemoOrganization(t *testing.T) {
	f := athenatest.Start(t)
	dir := t.TempDir()
	end := noon.AddDate(0, 0, -1)
	story, err := demo.Write(t.Context(), demo.Options{Dir: dir, End: end, Days: 3})
	require.NoError(t, err)
	f.PutLogs("logs", "", dir)
	bytes := 0
	for _, account := range story.Accounts {
		o := options(t, f)
		o.AccountID, o.Trail.Organization = account.ID, "o-exampleorg1"
		_, err := Setup(t.Context(), o, false)
		require.NoError(t, err)
		found, theirs, ours := bothEngines(t, f, o)
		require.Equal(t, looks(ours, account.ID).Records, looks(theirs, account.ID).Records)
		require.Equal(t, skipped(ours)[""], skipped(theirs)[""])
		for _, p := range theirs {
			bytes += int(p.Whole.Bytes)
		}
		t.Logf("account %s: %d findings in %d pieces", account.ID, len(found), len(theirs))
	}
	t.Logf("%d files of %d bytes, %d scanned", story.Files, story.Bytes, bytes)
}

func TestThreeDaysAreCaughtUp(t *testing.T) {
	f, o := tabled(t, nil)
	random := odd{rand.New(rand.NewPCG(5, 6))}
	for n := range 72 {
		var records []any
		for i := range 20 {
			r := random.record(n*20 + i)
			r["eventTime"], r["eventID"] = fmt.Sprintf("2026-11-%02dT%02d:%02d:00Z", 19+n/24, n%24, i), fmt.Sprint(n*20+i)
			records = append(records, r)
		}
		f.Put("logs", key(me, "us-east-1", noon.Add(-time.Duration(n)*time.Hour), "a"), file(t, records...))
	}
	sightings := func(o Options) (found map[mark]discern.Sighting, pieces []*discern.Piece) {
		o.Files = filesOf(t, o.Config, o, match)
		of, pieces := findings(t, open(t, o))
		found = map[mark]discern.Sighting{}
		for m, f := range of {
			found[m] = f.Sighting
		}
		return found, pieces
	}
	o.After = 0
	whole, one := sightings(o)
	require.Len(t, one, 1)

	o.Since = noon.Unix() - 30*3600
	divided, two := sightings(o)
	require.Len(t, two, 2)
	require.True(t, two[0].History)
	require.False(t, two[1].History)
	require.Equal(t, o.Since, two[0].Reached)
	require.Equal(t, noon.Unix(), two[1].Reached)
	require.Equal(t, whole, divided)

	o.Since, o.After = 0, noon.Unix()-3*day // an outage
	again, pieces := sightings(o)
	require.Equal(t, whole, again)
	require.Len(t, pieces, 1)
}

func TestNamesThatAreStrange(t *testing.T) {
	f, o := tabled(t, func(o *Options) { o.Trail.Prefix, o.Database = `it's/a "back\slash"; DROP TABLE x --`, "team-logs" })
	f.Put("logs", o.Trail.Prefix+"/"+someFile, file(t, call("e1", "2026-11-21T11:01:00Z", "iam:CreateUser")))
	o.Files = filesOf(t, o.Config, o, match)
	p, err := open(t, o).Next(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Sightings, 1)
	require.Equal(t, 1, p.Whole.Files)
	require.NoError(t, open(t, o).CheckTable(t.Context()))
}
