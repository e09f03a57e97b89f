package athena

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/awscall"
)

func TestCheckQueries(t *testing.T) {
	f := quiet(t)
	o := options(t, f)
	o.Database, o.DeleteResults = "not_there_yet", true
	results, err := CheckQueries(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "s3://results/", results)
	require.Equal(t, "SELECT 1", f.Queries()[0].SQL)
	require.Empty(t, f.Objects("results"), "deleted after use")

	f.SetWorkGroup("primary", athenatest.WorkGroup{Managed: true})
	results, err = CheckQueries(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "Athena itself", results)
}

func TestResultsThatHaveNoPlace(t *testing.T) {
	f := quiet(t)
	o := options(t, f)
	o.Bucket, o.Prefix = "mistyped", "some/place"
	_, err := CheckQueries(t.Context(), o)
	require.ErrorIs(t, err, ErrNoPlace)
	require.ErrorContains(t, err, "no bucket for results at s3://mistyped/some/place/")
	require.ErrorContains(t, err, "correct athena_bucket")

	f.SetWorkGroup("primary", athenatest.WorkGroup{OutputLocation: "s3://long-gone/", Enforced: true})
	_, err = CheckQueries(t.Context(), o)
	require.ErrorIs(t, err, ErrNoPlace)
	require.ErrorContains(t, err, "correct the setting of the workgroup primary")
}

func TestResultsThatAreRefused(t *testing.T) {
	f := quiet(t)
	o := options(t, f)
	o.Role = "arn:aws:iam::111122223333:role/CT_AthenaRole"
	f.Next(athenatest.Course{State: "FAILED", Reason: "Access denied when writing output to url: s3://results/x.csv . Please ensure you are allowed to access the S3 bucket."})
	_, err := CheckQueries(t.Context(), o)
	var refused *awscall.Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []string{"s3:PutObject", "arn:aws:s3:::results/x.csv", o.Role}, []string{refused.Action, refused.Resource, refused.Role})

	f.Fail(athenatest.Fault{Service: "s3", Operation: "GetObject", Status: 403, Code: "AccessDenied", Message: "Access Denied"})
	_, err = CheckQueries(t.Context(), o)
	require.ErrorContains(t, err, "read the result of query")
}

func TestThePlaceOfResults(t *testing.T) {
	f := quiet(t)
	cfg := config(f)
	for name, test := range map[string]struct {
		group                  athenatest.WorkGroup
		bucket, prefix         string
		wantBucket, wantPrefix string
	}{
		"the workgroup's":  {athenatest.WorkGroup{OutputLocation: "s3://results/of/all/"}, "", "ours", "results", "of/all"},
		"its whole bucket": {athenatest.WorkGroup{OutputLocation: "s3://results"}, "", "", "results", ""},
		"its, enforced":    {athenatest.WorkGroup{OutputLocation: "s3://results/a", Enforced: true}, "mine", "ours", "results", "a"},
		"ours":             {athenatest.WorkGroup{OutputLocation: "s3://results/a"}, "mine", "ours", "mine", "ours"},
		"Athena's own":     {athenatest.WorkGroup{Managed: true}, "mine", "ours", "", ""},
	} {
		f.SetWorkGroup("team", test.group)
		bucket, prefix, err := NewPlace(cfg, "team", test.bucket, test.prefix).Results(t.Context())
		require.NoError(t, err, name)
		require.Equal(t, []string{test.wantBucket, test.wantPrefix}, []string{bucket, prefix}, name)
	}
	_, _, err := NewPlace(cfg, "no-such", "", "").Results(t.Context())
	require.Error(t, err)
}
