package athena

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/discern"
)

// spoilt is a front whose queries fail at each of some files until it is left out.
func spoilt(t *testing.T, reason string, keys ...string) *athenatest.Front {
	f := quiet(t)
	f.Answer(func(sql string) (athenatest.Answer, error) {
		low, high := between(sql)
		for _, k := range keys {
			if path := "s3://logs/" + k; path < low || path > high {
				continue
			}
			if !strings.Contains(sql, `"$path" <> 's3://logs/`+k+`'`) {
				return athenatest.Answer{}, fmt.Errorf(reason, "s3://logs/"+k)
			}
		}
		return answer(fileRow("write", 2), pairRow("AIDAEXAMPLE000000001", "iam.amazonaws.com:CreateUser", 2)), nil
	})
	return f
}

// between are the first and the last path that a query on one region asks for.
func between(sql string) (low, high string) {
	_, rest, _ := strings.Cut(sql, `"$path" BETWEEN '`)
	low, rest, _ = strings.Cut(rest, "' AND '")
	high, _, _ = strings.Cut(rest, "'")
	return low, high
}

func keys(n int) []string {
	var all []string
	for i := range n {
		all = append(all, key(me, "us-east-1", noon.Add(-20*time.Minute), fmt.Sprint("bad", i)))
	}
	return all
}

const openSplit = "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split %s (offset=0, length=123): incorrect header check"

func TestABadFileIsLeftOutAndReadElsewhere(t *testing.T) {
	k := keys(2)
	f := spoilt(t, openSplit, k...)
	f.Put("logs", k[0], []byte("no log file"))
	// The same record as in the good file, and one more.
	f.Put("logs", k[1], file(t, call("e2", "2026-11-21T11:09:00Z", "iam:CreateUser"), call("e3", "2026-11-21T11:59:00Z", "iam:CreateUser")))
	l := open(t, options(t, f))
	p, err := l.Next(t.Context())
	require.NoError(t, err)
	require.Len(t, f.Queries(), 3)
	require.Len(t, p.Sightings, 1)
	require.Equal(t, 4, p.Sightings[0].Count)
	require.Equal(t, at(t, "2026-11-21T11:59:00Z"), p.Sightings[0].Last)
	require.Len(t, p.Bad, 2)
	require.Equal(t, "s3://logs/"+k[0], p.Bad[0].Path)
	require.Contains(t, p.Bad[1].Fault, "HIVE_CANNOT_OPEN_SPLIT")
	require.Equal(t, discern.Records{Write: 4}, p.Looks[me].Records)
	require.Equal(t, discern.Records{Write: 4}, p.Whole.Records)
	require.Equal(t, 3, p.Looks[me].Files)
	require.Equal(t, 3, p.Whole.Files)
	require.Equal(t, 1, p.Looks[me].BadFiles)

	found, err := l.Evidence(t.Context(), p.Sightings)
	require.NoError(t, err)
	require.Equal(t, 3, found[0].Count, "one of the four was delivered twice")
	require.Len(t, found[0].Records, 3)
}

func TestTooManyBadFiles(t *testing.T) {
	var spread []string
	for i := range mostLeftOut + 1 {
		spread = append(spread, key(me, "us-east-1", noon.Add(-time.Duration(i)*time.Minute), "bad"))
	}
	f := spoilt(t, openSplit, spread...)
	p, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Bad, mostLeftOut+1, "those that one query can't leave out are left out of two")
	for _, q := range f.Queries() {
		require.LessOrEqual(t, strings.Count(q.SQL, "<> 's3://"), mostLeftOut)
	}

	f = spoilt(t, openSplit, keys(mostLeftOut+1)...)
	for _, k := range keys(mostLeftOut + 1) {
		f.Put("logs", k, []byte("no log file"))
	}
	p, err = open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err, "they are of one minute, and read without Athena")
	require.Len(t, p.Sightings, 1)
}

func TestRecordsThatAreBad(t *testing.T) {
	f := quiet(t)
	wrong := fileRow("write", 3)
	odd := "2026-02-30"
	wrong[2], wrong[9], wrong[10] = &odd, &odd, &odd
	row := pairRow("AIDAEXAMPLE000000001", "iam.amazonaws.com:CreateUser", 3)
	row[2], row[9], row[10] = &odd, &odd, &odd
	insight := fileRow("insight", 5)
	other := "us-east-1/2026/11/21/111122223333_CloudTrail_us-east-1_20261121T1140Z_i.json.gz"
	insight[8] = &other
	answers(f, wrong, row, fileRow("nameless", 2), fileRow("data", 1), insight)
	p, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Empty(t, p.Sightings)
	require.Equal(t, 3, p.Looks[me].BadRecords)
	require.Equal(t, discern.Records{Data: 1}, p.Looks[me].Records)
	require.Equal(t, map[string]int{"insight": 5, "no eventSource or eventName": 2}, p.Skipped)
	require.Len(t, p.Bad, 2)
	require.Contains(t, p.Bad[0].Fault, "3 bad records")
	require.Contains(t, p.Bad[1].Fault, "nothing but Insights")
}

func TestAResultThatIsNone(t *testing.T) {
	for name, change := range map[string]func(*athenatest.Answer){
		"other columns":      func(a *athenatest.Answer) { a.Columns[0].Name = "x" },
		"a count of letters": func(a *athenatest.Answer) { a.Rows[0][11] = a.Rows[0][0] },
		"a list of none":     func(a *athenatest.Answer) { a.Rows[1][13] = a.Rows[0][0] },
		"no file named":      func(a *athenatest.Answer) { a.Rows[0][8] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.Answer(func(string) (athenatest.Answer, error) {
				a := answer(fileRow("write", 2), pairRow("AIDAEXAMPLE000000001", "iam.amazonaws.com:CreateUser", 2))
				change(&a)
				return a, nil
			})
			_, err := open(t, options(t, f)).Next(t.Context())
			require.ErrorIs(t, err, errCSV)
		})
	}
}
