package athena

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/awscall"
)

// asked hands statements in at a place for results as somebody else would, and waits until each has left something there.
func asked(t *testing.T, f *athenatest.Front, o Options, location string, statements ...string) {
	t.Helper()
	client := sdk.NewFromConfig(o.Config)
	for _, sql := range statements {
		out, err := client.StartQueryExecution(t.Context(), &sdk.StartQueryExecutionInput{
			QueryString: aws.String(sql), ResultConfiguration: &types.ResultConfiguration{OutputLocation: aws.String(location)},
		})
		require.NoError(t, err)
		for done := false; !done; {
			at, err := client.GetQueryExecution(t.Context(), &sdk.GetQueryExecutionInput{QueryExecutionId: out.QueryExecutionId})
			require.NoError(t, err)
			done = at.QueryExecution.Status.State == types.QueryExecutionStateSucceeded
		}
	}
}

// leftovers are a place for results that others use too, with all that lies there: what our own queries left are those of the last four, in seen/.
func leftovers(t *testing.T) (f *athenatest.Front, o Options, all []string) {
	t.Helper()
	f = athenatest.New(t)
	f.Answer(func(string) (athenatest.Answer, error) {
		return athenatest.Answer{Columns: []athenatest.Column{{Name: "_col0", Type: "integer"}}, Rows: [][]*string{athenatest.Values("1")}}, nil
	})
	o = options(t, f)
	o.Bucket, o.Prefix = "results", "seen"
	f.MakeBucket("results")
	const forgotten = "0a1b2c3d-0000-4000-8000-0123456789ab"
	for _, key := range []string{
		"seen/" + forgotten + ".csv", "seen/report.csv", "seen/" + forgotten + ".parquet", "other/" + forgotten + ".csv", "seen/2026/11/" + forgotten + ".csv", "seenothers.csv",
	} {
		f.Put("results", key, []byte("theirs"))
	}
	mine := query{table: o.table(), window: window{from: noon.Unix() - 3600, to: noon.Unix()}, regions: []string{"eu-west-1"}}
	other := mine
	other.table.Account = "444455556666"
	asked(t, f, o, "s3://results/seen/", `SELECT DISTINCT eventname FROM "default"."ct_anomaly_111122223333"`+"\nLIMIT 5", other.text(), "SELECT eventsource FROM cloudtrail_logs")
	asked(t, f, o, "s3://results/elsewhere/", mine.text())
	_, err := Setup(t.Context(), o, false)
	require.NoError(t, err)
	asked(t, f, o, "s3://results/seen/", mine.text(), mine.text())
	_, err = Drop(t.Context(), o, false)
	require.NoError(t, err)
	return f, o, f.Objects("results")
}

// TestTeardownDeletesOurOwnResults and no other object: what people asked of the same table, what other tools and other accounts' looks left in the same
// folder, what Athena has forgotten, and whatever else lies there and around stays.
func TestTeardownDeletesOurOwnResults(t *testing.T) {
	f, o, before := leftovers(t)
	require.Len(t, f.Queries(), 3+1+1+2+1)
	ours := map[string]bool{}
	for _, q := range f.Queries()[4:] {
		key := strings.TrimPrefix(q.Output, "s3://results/")
		ours[key], ours[key+".metadata"] = true, true
	}
	var stays []string
	for _, key := range before {
		if !ours[key] {
			stays = append(stays, key)
		}
	}
	require.Len(t, before, len(stays)+1+2*2+1, "a table made, two queries with their metadata, and a table dropped")

	const step = "delete the results of 4 queries in s3://results/seen/ (6 objects)"
	steps, notes, err := ClearResults(t.Context(), o, []string{me}, true)
	require.NoError(t, err)
	require.Equal(t, []string{step}, steps)
	require.Len(t, notes, 1)
	require.Contains(t, notes[0], "results of 1 query in s3://results/seen/ are left")
	require.Equal(t, before, f.Objects("results"), "a dry run deletes nothing")

	f.PageSize(2)
	steps, _, err = ClearResults(t.Context(), o, []string{me}, false)
	require.NoError(t, err)
	require.Equal(t, []string{step}, steps)
	require.ElementsMatch(t, stays, f.Objects("results"))

	steps, _, err = ClearResults(t.Context(), o, []string{me}, false)
	require.NoError(t, err)
	require.Empty(t, steps, "safe to repeat")
	steps, _, err = ClearResults(t.Context(), o, []string{me, "444455556666"}, false)
	require.NoError(t, err)
	require.Equal(t, []string{"delete the results of 1 query in s3://results/seen/ (2 objects)"}, steps)
}

// Athena is asked about fifty queries at once, and a batch that it refuses for one of another workgroup keeps the others from nothing.
func TestResultsAreAskedAboutFiftyAtOnce(t *testing.T) {
	f, o, before := leftovers(t)
	const strangers = 120
	for i := range strangers {
		f.Put("results", fmt.Sprintf("seen/00000000-0000-4000-8000-%012x.csv", i), []byte("theirs"))
	}
	ask := func() int {
		f.ForgetCalls()
		steps, notes, err := ClearResults(t.Context(), o, []string{me}, true)
		require.NoError(t, err)
		require.Equal(t, []string{"delete the results of 4 queries in s3://results/seen/ (6 objects)"}, steps)
		require.Len(t, notes, 1)
		require.Contains(t, notes[0], "results of 121 queries in s3://results/seen/ are left")
		require.Zero(t, f.Count("athena", "GetQueryExecution"))
		return f.Count("athena", "BatchGetQueryExecution")
	}
	// 121 that nobody knows, 2 that people asked, 1 of another account, 4 of our own
	require.Equal(t, (121+3+4+mostAsked-1)/mostAsked, ask())

	c, err := awscall.Open(t.Context(), awscall.Options{EndpointURL: f.URL, Region: "eu-west-1", Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}, MaxAttempts: 1})
	require.NoError(t, err)
	o.Config = c.Base() // which tells a refusal as one
	const refusal = "You do not have permission to access the workgroup of a query"
	f.Fail(athenatest.Fault{Operation: "BatchGetQueryExecution", Code: "AccessDeniedException", Message: refusal, Times: 1})
	require.Equal(t, 3+2, ask())
	f.Fail(athenatest.Fault{Operation: "BatchGetQueryExecution", Code: "InvalidRequestException", Message: refusal, Times: 1})
	require.Equal(t, 3+2, ask())

	f.Fail(athenatest.Fault{Operation: "BatchGetQueryExecution", Code: "AccessDeniedException", Message: refusal})
	steps, _, err := ClearResults(t.Context(), o, []string{me}, false)
	require.NoError(t, err)
	require.Empty(t, steps, "nobody knows whose they are, so all stay")
	require.Len(t, f.Objects("results"), len(before)+strangers)
}

func TestResultsThatCantBeDeleted(t *testing.T) {
	f, o, before := leftovers(t)
	for _, operation := range []string{"ListObjectsV2", "BatchGetQueryExecution", "DeleteObjects", "GetWorkGroup"} {
		f.Fail(athenatest.Fault{Operation: operation, Status: http.StatusInternalServerError, Code: "InternalError", Times: 9})
		steps, _, err := ClearResults(t.Context(), o, []string{me}, false)
		require.Error(t, err, operation)
		require.Empty(t, steps)
		f.Mend()
		require.Equal(t, before, f.Objects("results"))
	}

	o.Place = nil
	o.Bucket = "never-made"
	steps, notes, err := ClearResults(t.Context(), o, []string{me}, false)
	require.NoError(t, err, "no bucket, no results")
	require.Empty(t, steps)
	require.Empty(t, notes)
	o.Bucket = ""
	steps, _, err = ClearResults(t.Context(), o, []string{me}, false)
	require.NoError(t, err, "a workgroup that never had a place")
	require.Empty(t, steps)
	f.SetWorkGroup("primary", athenatest.WorkGroup{Managed: true})
	steps, _, err = ClearResults(t.Context(), o, []string{me}, false)
	require.NoError(t, err, "Athena keeps them, and drops them by itself")
	require.Empty(t, steps)
}
