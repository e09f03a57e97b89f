package athenatest

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
)

func config(f *Front) aws.Config {
	return aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(f.URL), HTTPClient: &http.Client{Transport: new(http.Transport)},
		Credentials: credentials.NewStaticCredentialsProvider("AKIAPROGRAM000000000", "secret", "")}
}

func clients(f *Front) (*athena.Client, *s3.Client) {
	cfg := config(f)
	return athena.NewFromConfig(cfg, func(o *athena.Options) { o.RetryMaxAttempts = 1 }),
		s3.NewFromConfig(cfg, func(o *s3.Options) { o.RetryMaxAttempts, o.UsePathStyle = 1, true })
}

// refused checks an error answer's code.
func refused(t *testing.T, err error, code string) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.ErrorCode(), refusal.ErrorMessage())
	return refusal.ErrorMessage()
}

func start(t *testing.T, a *athena.Client, sql string, change ...func(*athena.StartQueryExecutionInput)) string {
	t.Helper()
	in := &athena.StartQueryExecutionInput{QueryString: &sql, QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String("default")}}
	for _, c := range change {
		c(in)
	}
	out, err := a.StartQueryExecution(t.Context(), in)
	require.NoError(t, err)
	return *out.QueryExecutionId
}

// finish polls a query to its end, and gives the states seen.
func finish(t *testing.T, a *athena.Client, id string) (*types.QueryExecution, []types.QueryExecutionState) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var seen []types.QueryExecutionState
	for {
		out, err := a.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: &id})
		require.NoError(t, err)
		state := out.QueryExecution.Status.State
		if len(seen) == 0 || seen[len(seen)-1] != state {
			seen = append(seen, state)
		}
		if state != types.QueryExecutionStateQueued && state != types.QueryExecutionStateRunning {
			return out.QueryExecution, seen
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// counted answers any SELECT with a row for each of n numbers.
func counted(n int) func(string) (Answer, error) {
	return func(string) (Answer, error) {
		answer := Answer{Columns: []Column{{"n", "varchar"}}, Scanned: 1000}
		for range n {
			answer.Rows = append(answer.Rows, Values("x"))
		}
		return answer, nil
	}
}

func TestAQueryGoesThroughItsStates(t *testing.T) {
	f := New(t)
	f.Answer(counted(1))
	a, _ := clients(f)
	for name, test := range map[string]struct {
		course Course
		seen   []types.QueryExecutionState
	}{
		"usual":     {Course{Queued: 1}, []types.QueryExecutionState{"QUEUED", "SUCCEEDED"}},
		"slow":      {Course{Queued: 3, Running: 2}, []types.QueryExecutionState{"QUEUED", "RUNNING", "SUCCEEDED"}},
		"failed":    {Course{State: "FAILED", Reason: "INTERNAL_ERROR: x"}, []types.QueryExecutionState{"FAILED"}},
		"cancelled": {Course{Queued: 1, State: "CANCELLED", Reason: "x"}, []types.QueryExecutionState{"QUEUED", "CANCELLED"}},
	} {
		t.Run(name, func(t *testing.T) {
			f.Next(test.course)
			id := start(t, a, "SELECT 1")
			require.Eventually(t, func() bool { all := f.Queries(); return all[len(all)-1].State != running }, time.Minute, time.Millisecond)
			q, seen := finish(t, a, id)
			require.Equal(t, test.seen, seen)
			require.Equal(t, test.course.Reason, aws.ToString(q.Status.StateChangeReason))
			require.NotNil(t, q.Status.CompletionDateTime)
		})
	}
}

func TestATokenStartsOneQuery(t *testing.T) {
	f := New(t)
	f.Answer(counted(1))
	a, _ := clients(f)
	token := func(in *athena.StartQueryExecutionInput) {
		in.ClientRequestToken = aws.String("0123456789abcdef0123456789abcdef")
	}
	first := start(t, a, "SELECT 1", token)
	require.Equal(t, first, start(t, a, "SELECT 1", token))
	require.Len(t, f.Queries(), 1)
	require.Equal(t, 2, f.Count("athena", "StartQueryExecution"))
	_, err := a.StartQueryExecution(t.Context(), &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 2"),
		ClientRequestToken: aws.String("0123456789abcdef0123456789abcdef")})
	require.Contains(t, refused(t, err, "InvalidRequestException"), "Idempotent parameters do not match")

	f.Fail(Fault{Service: "athena", Operation: "StartQueryExecution", Times: 1, Lose: true})
	retrying := athena.NewFromConfig(config(f))
	start(t, retrying, "SELECT 3")
	require.Len(t, f.Queries(), 2, "the answer was lost, the query was not, and the second call found it")
}

func TestAQueryIsStopped(t *testing.T) {
	f := New(t)
	f.Answer(counted(1))
	a, _ := clients(f)
	for name, course := range map[string]Course{"queued": {Queued: -1}, "running": {Running: -1}} {
		t.Run(name, func(t *testing.T) {
			f.Next(course)
			id := start(t, a, "SELECT 1")
			_, err := a.GetQueryResults(t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: &id})
			require.Contains(t, refused(t, err, "InvalidRequestException"), "not yet finished")
			for range 2 {
				_, err = a.StopQueryExecution(t.Context(), &athena.StopQueryExecutionInput{QueryExecutionId: &id})
				require.NoError(t, err)
			}
			q, _ := finish(t, a, id)
			require.Equal(t, types.QueryExecutionStateCancelled, q.Status.State)
		})
	}
}

func TestFaultsCome(t *testing.T) {
	f := New(t)
	f.Answer(counted(1))
	a, _ := clients(f)
	f.Throttle("GetWorkGroup", 2)
	for range 2 {
		_, err := a.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
		require.Equal(t, "Rate exceeded", refused(t, err, "ThrottlingException"))
	}
	_, err := a.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
	require.NoError(t, err)

	f.Fail(Fault{Service: "athena", Hang: true})
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = a.GetWorkGroup(short, &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	f.Mend()
	_, err = a.ListDatabases(t.Context(), &athena.ListDatabasesInput{CatalogName: aws.String("AwsDataCatalog")})
	require.NoError(t, err)

	f.Next(Course{State: "FAILED", Reason: "HIVE_CURSOR_ERROR: x: s3://logs/a"})
	ids := []string{start(t, a, "SELECT 1"), "00000000-0000-0000-0000-000000000000"}
	finish(t, a, ids[0])
	batch, err := a.BatchGetQueryExecution(t.Context(), &athena.BatchGetQueryExecutionInput{QueryExecutionIds: ids})
	require.NoError(t, err)
	require.Equal(t, types.QueryExecutionStateFailed, batch.QueryExecutions[0].Status.State)
	require.Len(t, batch.UnprocessedQueryExecutionIds, 1)
}

func TestOtherServicesFallBack(t *testing.T) {
	f := New(t)
	ask := func() int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.URL, nil)
		require.NoError(t, err)
		request.Header.Set("X-Amz-Target", "AWSOrganizationsV20161128.ListAccounts")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	require.Equal(t, http.StatusNotImplemented, ask())
	f.Fallback(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	require.Equal(t, http.StatusTeapot, ask())
	require.Equal(t, 2, f.Count("else", "AWSOrganizationsV20161128.ListAccounts"))
}
