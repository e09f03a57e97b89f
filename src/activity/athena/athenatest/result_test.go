package athenatest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/stretchr/testify/require"
)

func TestAWorkGroupHasItsWay(t *testing.T) {
	f := New(t)
	f.Answer(counted(3))
	a, _ := clients(f)
	there := func(in *athena.StartQueryExecutionInput) {
		in.ResultConfiguration = &types.ResultConfiguration{OutputLocation: aws.String("s3://results/mine")}
	}
	for name, test := range map[string]struct {
		group  WorkGroup
		change []func(*athena.StartQueryExecutionInput)
		output string // before the id
		fault  string
	}{
		"its place":   {WorkGroup{OutputLocation: "s3://results/theirs/"}, nil, "s3://results/theirs/", ""},
		"the query's": {WorkGroup{OutputLocation: "s3://results/theirs/"}, []func(*athena.StartQueryExecutionInput){there}, "s3://results/mine/", ""},
		"enforced": {WorkGroup{OutputLocation: "s3://results/theirs/", Enforced: true}, []func(*athena.StartQueryExecutionInput){there},
			"s3://results/theirs/", ""},
		"no place":       {WorkGroup{}, nil, "", "No output location"},
		"no such bucket": {WorkGroup{OutputLocation: "s3://elsewhere/"}, nil, "", "Unable to verify/create output bucket"},
		"managed":        {WorkGroup{Managed: true}, nil, "", ""},
		"managed, place": {WorkGroup{Managed: true}, []func(*athena.StartQueryExecutionInput){there}, "", "managed"},
		"disabled":       {WorkGroup{Disabled: true}, nil, "", "disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			f.SetWorkGroup("primary", test.group)
			in := &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1")}
			for _, c := range test.change {
				c(in)
			}
			out, err := a.StartQueryExecution(t.Context(), in)
			if test.fault != "" {
				require.Contains(t, refused(t, err, "InvalidRequestException"), test.fault)
				return
			}
			require.NoError(t, err)
			q, _ := finish(t, a, *out.QueryExecutionId)
			require.Equal(t, types.QueryExecutionStateSucceeded, q.Status.State)
			if test.output == "" {
				require.Nil(t, q.ResultConfiguration)
			} else {
				require.Equal(t, test.output+*out.QueryExecutionId+".csv", *q.ResultConfiguration.OutputLocation)
			}
			results, err := a.GetQueryResults(t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: out.QueryExecutionId})
			require.NoError(t, err)
			require.Len(t, results.ResultSet.Rows, 4)
		})
	}
	got, err := a.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
	require.NoError(t, err)
	require.NotNil(t, got.WorkGroup.Configuration)
	_, err = a.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("none")})
	refused(t, err, "InvalidRequestException")
}

func TestTheCutoffCancels(t *testing.T) {
	f := New(t)
	f.Answer(counted(1))
	f.SetWorkGroup("primary", WorkGroup{OutputLocation: "s3://results/", CutoffBytes: 999})
	a, _ := clients(f)
	q, _ := finish(t, a, start(t, a, "SELECT 1"))
	require.Equal(t, types.QueryExecutionStateCancelled, q.Status.State)
	require.Contains(t, *q.Status.StateChangeReason, "Bytes scanned limit was exceeded")
	require.EqualValues(t, 1000, *q.Statistics.DataScannedInBytes)
}

func TestResultsComeInPagesAndAsAFile(t *testing.T) {
	f := New(t)
	odd := "a \"quoted\", comma\nand newline"
	f.Answer(func(string) (Answer, error) {
		answer := Answer{Columns: []Column{{"a", "varchar"}, {"b", "bigint"}}}
		for range 1500 {
			answer.Rows = append(answer.Rows, []*string{&odd, nil})
		}
		return answer, nil
	})
	a, _ := clients(f)
	id := start(t, a, "SELECT 1")
	q, _ := finish(t, a, id)
	pages := athena.NewGetQueryResultsPaginator(a, &athena.GetQueryResultsInput{QueryExecutionId: &id})
	var rows []types.Row
	var sizes []int
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		rows, sizes = append(rows, out.ResultSet.Rows...), append(sizes, len(out.ResultSet.Rows))
		require.Equal(t, "bigint", *out.ResultSet.ResultSetMetadata.ColumnInfo[1].Type)
	}
	require.Equal(t, []int{1000, 501}, sizes)
	require.Equal(t, "a", *rows[0].Data[0].VarCharValue, "the header is the first row")
	require.Equal(t, odd, *rows[1500].Data[0].VarCharValue)
	require.Nil(t, rows[1500].Data[1].VarCharValue)
	_, err := a.GetQueryResults(t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: &id, MaxResults: aws.Int32(1001)})
	refused(t, err, "InvalidRequestException")

	file, there := f.Object("results", id+".csv")
	require.True(t, there)
	require.Equal(t, "s3://results/"+id+".csv", *q.ResultConfiguration.OutputLocation)
	require.Equal(t, "\"a\",\"b\"\n\"a \"\"quoted\"\", comma\nand newline\",\n", string(file[:len("\"a\",\"b\"\n\"a \"\"quoted\"\", comma\nand newline\",\n")]))
	require.Equal(t, []string{id + ".csv", id + ".csv.metadata"}, f.Objects("results"))
	f.Delete("results", id+".csv")
	_, err = a.GetQueryResults(t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: &id})
	require.Contains(t, refused(t, err, "InvalidRequestException"), "Could not find results")
}
