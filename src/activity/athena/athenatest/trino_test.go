package athenatest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/stretchr/testify/require"
)

type record map[string]any

func logFile(t testing.TB, records ...record) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	require.NoError(t, json.NewEncoder(z).Encode(map[string]any{"Records": records}))
	require.NoError(t, z.Close())
	return b.Bytes()
}

const folder = "AWSLogs/1/CloudTrail/us-east-1/2026/11/20/"

func fileAt(hour, minute int) string {
	return fmt.Sprintf("%s1_CloudTrail_us-east-1_20261120T%02d%02dZ_x.json.gz", folder, hour, minute)
}

// putDay writes a day of log files, four an hour.
func putDay(t testing.TB, f *Front) {
	for hour := range 24 {
		for quarter := range 4 {
			records := make([]record, 20)
			for i := range records {
				records[i] = record{"eventTime": fmt.Sprintf("2026-11-20T%02d:%02d:%02dZ", hour, quarter*15, i), "eventName": fmt.Sprintf("Get%d", i%3),
					"eventSource": "s3.amazonaws.com", "requestParameters": record{"a": record{"b": []int{1, 2}}}, "resources": []record{{"ARN": "arn:x", "n": 3}},
					"userIdentity": record{"type": "AssumedRole", "sessionContext": record{"sessionIssuer": record{"arn": "say \"hi\",\nbye"}}}}
			}
			f.Put("logs", fileAt(hour, quarter*15), logFile(t, records...))
		}
	}
}

func text(row types.Row) []string {
	values := make([]string, len(row.Data))
	for i, d := range row.Data {
		values[i] = "NULL"
		if d.VarCharValue != nil {
			values[i] = *d.VarCharValue
		}
	}
	return values
}

// ask runs a SELECT to its end, and gives its rows without the header.
func ask(t *testing.T, a *athena.Client, sql string) ([][]string, *types.QueryExecution) {
	t.Helper()
	id := start(t, a, sql)
	q, _ := finish(t, a, id)
	require.Equal(t, types.QueryExecutionStateSucceeded, q.Status.State, aws.ToString(q.Status.StateChangeReason))
	out, err := a.GetQueryResults(t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: &id})
	require.NoError(t, err)
	var rows [][]string
	for _, row := range out.ResultSet.Rows[1:] {
		rows = append(rows, text(row))
	}
	return rows, q
}

func TestSQLRunsOnTrino(t *testing.T) {
	f := Start(t)
	a, _ := clients(f)
	putDay(t, f)
	finish(t, a, start(t, a, tableOf("1")))

	rows, q := ask(t, a, `SELECT eventname, region, day, count(*) AS n, min("$path") AS path, min(requestparameters) AS parameters,
  min(useridentity.sessioncontext.sessionissuer.arn) AS issuer, max(resources[1].n) AS m, min(useridentity.arn) AS nothing,
  json_format(CAST(array_agg(DISTINCT eventsource) AS JSON)) AS sources, min_by(ROW("$path", eventname), eventtime, 1) AS first
FROM "default"."ct_1" WHERE "region" IN ('us-east-1') AND "day" IN ('2026/11/19', '2026/11/20') GROUP BY eventname, region, day ORDER BY eventname`)
	first := "s3://logs/" + fileAt(0, 0)
	require.Equal(t, []string{"Get0", "us-east-1", "2026/11/20", "672", first, `{"a":{"b":[1,2]}}`, "say \"hi\",\nbye", "3", "NULL", `["s3.amazonaws.com"]`,
		"[{field0=" + first + ", field1=Get0}]"}, rows[0])
	require.Len(t, rows, 3)
	require.Positive(t, *q.Statistics.DataScannedInBytes)
	require.Positive(t, f.engine("GetObject"))
	require.Zero(t, f.Count("s3", "GetObject"), "what the engine reads is not the program's")

	csv, _ := f.Object("results", *q.QueryExecutionId+".csv")
	require.Contains(t, string(csv), "\"say \"\"hi\"\",\nbye\",\"3\",,")
}

// engine counts the engine's calls of S3.
func (f *Front) engine(operation string) (n int) {
	for _, c := range f.Calls() {
		if c.Operation == operation && c.ByEngine {
			n++
		}
	}
	return n
}

func TestPathRangesPrune(t *testing.T) {
	f := Start(t)
	a, _ := clients(f)
	putDay(t, f)
	require.NoError(t, f.CreateTable(tableOf("1")))
	const query = `SELECT count(*) FROM "default"."ct_1" WHERE "region" IN ('us-east-1') AND "day" IN ('2026/11/20', '2026/11/21')
  AND eventtime >= '2026-11-20T22' AND eventtime < '2026-11-20T23'`
	all, whole := ask(t, a, query)
	require.Equal(t, 96, f.engine("GetObject"))
	f.ForgetCalls()
	some, part := ask(t, a, query+fmt.Sprintf(` AND ("$path" BETWEEN 's3://logs/%s' AND 's3://logs/%s'
    OR "$path" BETWEEN 's3://logs/a' AND 's3://logs/b')`, fileAt(22, 0), fileAt(22, 59)))
	require.Equal(t, all, some)
	require.Equal(t, [][]string{{"80"}}, some)
	require.Equal(t, 4, f.engine("GetObject"))
	require.Equal(t, 2, f.engine("ListObjectsV2"), "one for each day")
	require.Less(t, *part.Statistics.DataScannedInBytes, *whole.Statistics.DataScannedInBytes/6)
	t.Logf("22-23 h of 24: %d of %d bytes", *part.Statistics.DataScannedInBytes, *whole.Statistics.DataScannedInBytes)
}

func TestTrinosFaultsAreAthenas(t *testing.T) {
	f := Start(t)
	a, _ := clients(f)
	putDay(t, f)
	require.NoError(t, f.CreateTable(tableOf("1")))
	whole := logFile(t, record{"eventName": strings.Repeat("x", 100)})
	const from = ` FROM "default"."ct_1" WHERE region = 'us-east-1' AND day = '2026/11/20'`
	for name, test := range map[string]struct {
		sql  string
		file []byte
		want string
	}{
		"no such table":    {`SELECT * FROM "default"."ct_2"`, nil, "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.ct_2' does not exist"},
		"no such column":   {`SELECT nothing` + from, nil, "COLUMN_NOT_FOUND: line 1:8"},
		"no SQL":           {`SELEC 1`, nil, "SYNTAX_ERROR"},
		"no region":        {`SELECT 1 FROM "default"."ct_1"`, nil, "Injected projection requires single predicate"},
		"a file cut off":   {`SELECT max(eventname)` + from, whole[:40], "s3://logs/" + fileAt(23, 59)},
		"a file of text":   {`SELECT max(eventname)` + from, []byte("not gzip at all"), "s3://logs/" + fileAt(23, 59)},
		"another type":     {`SELECT max(useridentity.type)` + from, logFile(t, record{"userIdentity": "text"}), "s3://logs/" + fileAt(23, 59)},
		"an unknown field": {`SELECT useridentity.x` + from, nil, "useridentity"},
	} {
		t.Run(name, func(t *testing.T) {
			f.Delete("logs", fileAt(23, 59))
			if test.file != nil {
				f.Put("logs", fileAt(23, 59), test.file)
			}
			q, _ := finish(t, a, start(t, a, test.sql))
			require.Equal(t, types.QueryExecutionStateFailed, q.Status.State)
			require.Contains(t, *q.Status.StateChangeReason, test.want)
			require.NotContains(t, *q.Status.StateChangeReason, f.trino.catalog)
			t.Log(*q.Status.StateChangeReason)
		})
	}
}

func TestTrinoStops(t *testing.T) {
	f := Start(t)
	a, _ := clients(f)
	putDay(t, f)
	require.NoError(t, f.CreateTable(tableOf("1")))
	id := start(t, a, `SELECT count(*) FROM UNNEST(sequence(1, 10000)) a CROSS JOIN UNNEST(sequence(1, 10000)) b CROSS JOIN UNNEST(sequence(1, 10000)) c`)
	_, err := a.StopQueryExecution(t.Context(), &athena.StopQueryExecutionInput{QueryExecutionId: &id})
	require.NoError(t, err)
	q, _ := finish(t, a, id)
	require.Equal(t, types.QueryExecutionStateCancelled, q.Status.State)
	stopped := make(chan struct{})
	go func() { f.running.Wait(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(time.Minute):
		t.Fatal("Trino was not told")
	}

	f.SetWorkGroup("primary", WorkGroup{OutputLocation: "s3://results/", CutoffBytes: 1000})
	q, _ = finish(t, a, start(t, a, `SELECT count(*) FROM "default"."ct_1" WHERE region = 'us-east-1' AND day = '2026/11/20'`))
	require.Equal(t, types.QueryExecutionStateCancelled, q.Status.State)
	require.Greater(t, *q.Statistics.DataScannedInBytes, int64(1000))
}
