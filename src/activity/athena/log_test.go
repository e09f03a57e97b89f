package athena

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// quiet is a front in whose bucket one file lies, which the canned rows tell of.
func quiet(t *testing.T) *athenatest.Front {
	f := athenatest.New(t)
	f.Put("logs", someFile, file(t, call("e1", "2026-11-21T11:01:00Z", "iam:CreateUser"), call("e2", "2026-11-21T11:09:00Z", "iam:CreateUser")))
	answers(f, fileRow("write", 2), pairRow("AIDAEXAMPLE000000001", "iam.amazonaws.com:CreateUser", 2))
	return f
}

func TestALiveRunIsOneQuery(t *testing.T) {
	f := quiet(t)
	f.Usual(athenatest.Course{Queued: 3, Running: 2})
	o := options(t, f)
	o.DeleteResults = true
	var asked, ended, spent int64
	o.May = func(_ context.Context, bytes int64) (func(), error) {
		asked++
		require.Zero(t, bytes)
		return func() { ended++ }, nil
	}
	o.Spent = func(bytes int64) { spent += bytes }
	l := open(t, o)

	p, err := l.Next(t.Context())
	require.NoError(t, err)
	q := f.Queries()
	require.Len(t, q, 1)
	require.False(t, q[0].Reuse)
	require.Equal(t, 6, q[0].Polls, "three times QUEUED, twice RUNNING, and the end")
	require.Equal(t, "primary", q[0].WorkGroup)
	require.Equal(t, "default", q[0].Database)
	require.Len(t, q[0].Token, 64)
	require.Equal(t, 1, f.Count("athena", "GetWorkGroup"))
	require.Equal(t, 0, f.Count("athena", "GetTableMetadata"), "the table is looked at only where something is amiss")
	require.Equal(t, 1, f.Count("s3", "ListObjectsV2"), "the regions, and no file of theirs")
	require.EqualValues(t, 1, asked)
	require.EqualValues(t, 1, ended)
	require.EqualValues(t, 1_000_000, spent)

	require.Equal(t, []discern.Sighting{{
		Account: me, Principal: "AIDAEXAMPLE000000001", Action: "iam.amazonaws.com:CreateUser",
		First: at(t, "2026-11-21T11:01:00Z"), Last: at(t, "2026-11-21T11:09:00Z"), Count: 2, Files: []uint32{0},
	}}, p.Sightings)
	delivered := noon.Unix() - 1800
	look := discern.Look{
		Files: 1, FilesByRegion: map[string]int{"us-east-1": 1}, Records: discern.Records{Write: 2}, Bytes: 1_000_000, NewestDelivery: delivered,
		Earliest: at(t, "2026-11-21T11:01:00Z"), Latest: at(t, "2026-11-21T11:09:00Z"), QueryIDs: []string{q[0].ID}, Cost: 0.00005,
	}
	require.Equal(t, map[string]*discern.Look{me: &look}, p.Looks)
	require.Equal(t, look.Records, p.Whole.Records)
	require.Equal(t, 1, p.Whole.Files)
	require.Equal(t, delivered, p.Start)
	require.Equal(t, noon.Unix(), p.Reached)
	require.Equal(t, map[string]int64{me: delivered}, p.Newest)
	require.False(t, p.History)
	require.Empty(t, p.Bad)

	found, err := l.Evidence(t.Context(), p.Sightings)
	require.NoError(t, err)
	require.Equal(t, 2, found[0].Count)
	require.Len(t, found[0].Records, 2)
	require.Equal(t, "s3://logs/"+someFile, found[0].Records[0].File)

	require.Len(t, f.Objects("results"), 2, "the result and its metadata stay until the piece is put away")
	_, err = l.Next(t.Context())
	require.ErrorIs(t, err, io.EOF)
	require.Empty(t, f.Objects("results"))
}

func TestTheSameQueryIsPaidOnce(t *testing.T) {
	f := quiet(t)
	for range 2 { // the second as after a kill: nothing was put away
		_, err := open(t, options(t, f)).Next(t.Context())
		require.NoError(t, err)
	}
	require.Len(t, f.Queries(), 1)
	require.Equal(t, 2, f.Count("athena", "StartQueryExecution"))

	o := options(t, f)
	o.DeleteResults = true
	require.Len(t, all(t, open(t, o)), 1)
	require.Len(t, f.Queries(), 1)
	require.Len(t, all(t, open(t, options(t, f))), 1, "the result is gone, so the query is handed in anew")
	require.Len(t, f.Queries(), 2)
	require.NotEqual(t, f.Queries()[0].Token, f.Queries()[1].Token)
	require.Equal(t, f.Queries()[0].SQL, f.Queries()[1].SQL)
}

func TestAnAnswerIsLost(t *testing.T) {
	f := quiet(t)
	f.Fail(athenatest.Fault{Service: "athena", Operation: "StartQueryExecution", Times: 1, Lose: true})
	f.Throttle("GetQueryExecution", 1)
	require.Len(t, all(t, open(t, options(t, f))), 1)
	require.Len(t, f.Queries(), 1)
}

func TestAnOldAnswerIsFollowedByANewQuestion(t *testing.T) {
	f := quiet(t)
	o := options(t, f)
	// Athena's clock is the machine's: by ours, the query was handed in long ago.
	o.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	o.After = o.Now().Unix() - 3*3600
	pieces := all(t, open(t, o))
	require.Len(t, pieces, 2)
	require.InDelta(t, time.Now().Unix(), pieces[0].Reached, 60)
	require.Len(t, f.Queries(), 2)
}

func TestHowQueriesEnd(t *testing.T) {
	place := trail.Base(me)
	for name, test := range map[string]struct {
		courses []athenatest.Course
		want    error
		says    string
		queries int
	}{
		"a fault of its own, then well": {[]athenatest.Course{{State: "FAILED", Reason: "GENERIC_INTERNAL_ERROR: Something went wrong"}}, nil, "", 2},
		"faults of its own":             {repeated(3, athenatest.Course{State: "FAILED", Reason: "GENERIC_INTERNAL_ERROR: Something went wrong"}), ErrService, "GENERIC_INTERNAL_ERROR", 3},
		"S3 asks to slow down":          {[]athenatest.Course{{State: "FAILED", Reason: "Please reduce your request rate. (Service: Amazon S3; Status Code: 503)"}}, nil, "", 2},
		"cancelled once":                {[]athenatest.Course{{State: "CANCELLED", Reason: "Query cancelled by user"}}, nil, "", 2},
		"cancelled again and again":     {repeated(3, athenatest.Course{State: "CANCELLED", Reason: "Query cancelled by user"}), ErrCancelled, "by somebody", 3},
		"cut off once":                  {[]athenatest.Course{{State: "CANCELLED", Reason: "Query cancelled! : Bytes scanned limit was exceeded", Scanned: 7}}, nil, "", 3},
		"cut off for a minute": {repeated(20, athenatest.Course{State: "CANCELLED", Reason: "Query cancelled! : Bytes scanned limit was exceeded", Scanned: 7}),
			ErrScanLimit, "scanned 7 bytes: raise the limit of the workgroup primary", 7},
		"no table": {[]athenatest.Course{{State: "FAILED", Reason: "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.ct_anomaly_111122223333' does not exist"}},
			ErrNoTable, "ct_anomaly setup athena --accounts 111122223333", 1},
		"no database": {[]athenatest.Course{{State: "FAILED", Reason: "SCHEMA_NOT_FOUND: line 1:15: Schema 'x' does not exist"}}, ErrNoTable, "", 1},
		"a column amiss, and no table": {[]athenatest.Course{{State: "FAILED", Reason: "COLUMN_NOT_FOUND: line 20:5: Column 'eventid' cannot be resolved"}},
			ErrNoTable, "", 1},
		"no right to a file's folder": {[]athenatest.Course{{State: "FAILED", Reason: "Permission denied on S3 path: s3://logs/AWSLogs/111122223333"}},
			nil, "s3:GetObject", 1},
		"Lake Formation": {[]athenatest.Course{{State: "FAILED", Reason: "Insufficient Lake Formation permission(s) on ct_anomaly_111122223333"}},
			nil, "Lake Formation", 1},
		"no file named": {[]athenatest.Course{{State: "FAILED", Reason: "HIVE_BAD_DATA: Error parsing field value 'secret' for field 3"}}, ErrBadData, "HIVE_BAD_DATA", 1},
		"too much for a minute": {repeated(20, athenatest.Course{State: "FAILED", Reason: "EXCEEDED_MEMORY_LIMIT: Query exceeded per-node memory limit"}),
			ErrQuery, "even for", 7},
		"the same file though left out": {repeated(9, athenatest.Course{State: "FAILED", Reason: "HIVE_CURSOR_ERROR: Row is bad: " + place + "us-east-1/x.json.gz 'secret'"}),
			ErrBadData, "us-east-1/x.json.gz", 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.Next(test.courses...)
			_, err := open(t, options(t, f)).Next(t.Context())
			require.Equal(t, test.queries, len(f.Queries()))
			if test.says == "" && test.want == nil {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			} else {
				var refused *awscall.Refused
				require.ErrorAs(t, err, &refused)
			}
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func repeated(n int, c athenatest.Course) []athenatest.Course {
	all := make([]athenatest.Course, n)
	for i := range all {
		all[i] = c
	}
	return all
}

func TestALargeWindowIsHalved(t *testing.T) {
	f := quiet(t)
	f.Next(athenatest.Course{State: "FAILED", Reason: "Query exhausted resources at this scale factor"})
	p, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Len(t, f.Queries(), 3)
	require.Equal(t, 4, p.Sightings[0].Count, "the canned answer came for each half")
	first, second := f.Queries()[1].SQL, f.Queries()[2].SQL
	middle := "_20261121T1125Z'" // of 10:50 to 12:00
	require.Contains(t, first, middle)
	require.Contains(t, second, middle)
}

func TestAStoppedRunStopsItsQuery(t *testing.T) {
	for name, course := range map[string]athenatest.Course{"queued": {Queued: -1}, "running": {Running: -1}} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.Next(course)
			o := options(t, f)
			var spent []int64
			o.Spent = func(bytes int64) { spent = append(spent, bytes) }
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			_, err := open(t, o).Next(ctx)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, 1, f.Count("athena", "StopQueryExecution"))
			require.Equal(t, "CANCELLED", f.Queries()[0].State)
			require.Len(t, spent, 1)

			// The next run's query has the same token, which leads to the cancelled one.
			_, err = open(t, o).Next(t.Context())
			require.NoError(t, err)
			require.Len(t, f.Queries(), 2)
		})
	}
}

func TestABudgetEndsTheRun(t *testing.T) {
	f := quiet(t)
	o := options(t, f)
	enough := errors.New("enough for today")
	o.May = func(context.Context, int64) (func(), error) { return nil, enough }
	_, err := open(t, o).Next(t.Context())
	require.ErrorIs(t, err, enough)
	require.Empty(t, f.Queries())
}

func TestWhereResultsGo(t *testing.T) {
	for name, test := range map[string]struct {
		group  athenatest.WorkGroup
		bucket string
		output string
		want   error
	}{
		"the workgroup's":               {group: athenatest.WorkGroup{OutputLocation: "s3://results/a/"}, output: "s3://results/a/"},
		"ours":                          {group: athenatest.WorkGroup{OutputLocation: "s3://results/a/"}, bucket: "mine", output: "s3://mine/some/place/"},
		"ours where it has none":        {bucket: "mine", output: "s3://mine/some/place/"},
		"the workgroup's, enforced":     {group: athenatest.WorkGroup{OutputLocation: "s3://results/a/", Enforced: true}, bucket: "mine", output: "s3://results/a/"},
		"nowhere":                       {want: ErrNoPlace},
		"nowhere, enforced":             {group: athenatest.WorkGroup{Enforced: true}, bucket: "mine", want: ErrNoPlace},
		"Athena keeps them":             {group: athenatest.WorkGroup{Managed: true}},
		"Athena keeps them, also ours":  {group: athenatest.WorkGroup{Managed: true, Enforced: true}, bucket: "mine"},
		"the workgroup is switched off": {group: athenatest.WorkGroup{Disabled: true, OutputLocation: "s3://results/"}, want: ErrNoPlace},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.MakeBucket("mine")
			f.SetWorkGroup("team", test.group)
			o := options(t, f)
			o.Workgroup, o.Bucket, o.Prefix, o.DeleteResults = "team", test.bucket, "/some/place/", true
			_, err := CheckQueries(t.Context(), o)
			require.ErrorIs(t, err, test.want)
			p, err := open(t, o).Next(t.Context())
			require.ErrorIs(t, err, test.want)
			if test.want != nil {
				return
			}
			require.Len(t, p.Sightings, 1)
			require.True(t, strings.HasPrefix(f.Queries()[0].Output, test.output), f.Queries()[0].Output)
			require.Equal(t, test.group.Managed, f.Count("athena", "GetQueryResults") > 0)
		})
	}
}

func TestAccountsShareTheWorkgroup(t *testing.T) {
	f := quiet(t)
	o := options(t, f)
	o.Place = NewPlace(o.Config, "", "", "")
	for range 3 {
		_, err := open(t, o).Next(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, 1, f.Count("athena", "GetWorkGroup"))
}

func TestPagesOfRows(t *testing.T) {
	f := quiet(t)
	f.SetWorkGroup("primary", athenatest.WorkGroup{Managed: true})
	rows := [][]*string{fileRow("write", 2)}
	for i := range 2500 {
		rows = append(rows, pairRow("AIDA,\"\n"+string(rune('a'+i%26)), "iam.amazonaws.com:X"+strings.Repeat("x", i/26), 1))
	}
	answers(f, rows...)
	p, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Sightings, 2500)
	require.Equal(t, 3, f.Count("athena", "GetQueryResults"))

	f.SetWorkGroup("primary", athenatest.WorkGroup{OutputLocation: "s3://results/"})
	again, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, p.Sightings, again.Sightings, "from a file")
}

func TestNothingDelivered(t *testing.T) {
	f := quiet(t)
	require.NoError(t, f.CreateTable(Table{Database: "default", Account: me, Trail: trail}.Create()))
	answers(f)
	o := options(t, f)
	o.After = noon.Unix() - 600
	p, err := open(t, o).Next(t.Context())
	require.NoError(t, err, "the one file was delivered before")
	require.Empty(t, p.Sightings)
	require.Equal(t, noon.Unix(), p.Reached)
	require.Zero(t, p.Looks[me].Files)
	require.Len(t, p.Looks[me].QueryIDs, 1)

	_, err = open(t, options(t, f)).Next(t.Context())
	require.ErrorIs(t, err, ErrNoFiles, "a file lies there, and the query finds none")
	require.ErrorContains(t, err, "s3://logs/AWSLogs/111122223333/CloudTrail/${region}/${day}")

	o = options(t, f)
	o.AccountID = "444455556666"
	o.Files = filesOf(t, o.Config, o, match)
	_, err = open(t, o).Next(t.Context())
	require.Error(t, err, "it has no folder at all")
	require.ErrorContains(t, err, "444455556666")
}
