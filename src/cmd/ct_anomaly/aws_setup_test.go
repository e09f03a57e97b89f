package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/policy"
)

// queried is an organization whose logs lie in a front's bucket, so that Athena can be set up for them, with the flags of a collector.
func queried(t *testing.T, accounts int, f *athenatest.Front) (*organization, []string) {
	t.Helper()
	o := organize(t, accounts)
	o.front = f
	o.before(t, f)
	o.begin(t)
	return o, []string{"--cloudtrail-bucket", trailBucket, "--athena-bucket", "results", "--dynamo-table-name", baselineTable, "--organizations-account-id", o.management,
		"--athena-account-id", o.home, "--role-external-id", externalID}
}

// permit lets the user do what a purpose needs, and no more.
func (o *organization) permit(t *testing.T, purpose policy.Purpose, args ...string) granted {
	t.Helper()
	o.authorise(t, false)
	g := o.policy(t, append([]string{"--for", string(purpose)}, args...)...)
	o.install(t, g, "", "")
	o.authorise(t, true)
	o.taken()
	return g
}

// TestAWSSetupDoctorAndTeardown: each with the policies that are printed for it.
func TestAWSSetupDoctorAndTeardown(t *testing.T) {
	f := athenatest.New(t)
	o, args := queried(t, 5, f)

	g := o.permit(t, policy.Setup, args...)
	planned := must(t, exitDone, append([]string{"setup", "all", "--dry-run"}, args...)...)
	require.Equal(t, 5, strings.Count(planned.out, "CREATE EXTERNAL TABLE"))
	require.Contains(t, planned.out, "make table "+baselineTable)
	require.Empty(t, f.Queries(), "a dry run does nothing")
	made := must(t, exitDone, append([]string{"setup", "all"}, args...)...)
	require.Equal(t, lines(t, strings.ReplaceAll(planned.out, would, "done: ")), lines(t, made.out))
	require.Empty(t, must(t, exitDone, append([]string{"setup", "all"}, args...)...).out, "safe to repeat")
	o.withinPolicy(t, g, o.taken())

	f.Answer(func(sql string) (athenatest.Answer, error) {
		if sql != "SELECT 1" {
			return athenatest.Answer{}, fmt.Errorf("doctor asks for %s", sql)
		}
		return athenatest.Answer{Columns: []athenatest.Column{{Name: "_col0", Type: "integer"}}, Rows: [][]*string{athenatest.Values("1")}}, nil
	})
	g = o.permit(t, policy.Run, args...)
	d := must(t, exitDone, append([]string{"doctor"}, args...)...)
	require.NotContains(t, d.out, "FAILED")
	require.Equal(t, 5, strings.Count(d.out, "Athena table"), d.out)
	o.withinPolicy(t, g, o.taken())

	const theirs = "cloudtrail_anomaly/0a1b2c3d-0000-4000-8000-0123456789ab.csv" // of a query that this Athena does not know
	f.Put("results", theirs, []byte("theirs"))
	before := f.Objects("results")
	g = o.permit(t, policy.Teardown, args...)
	dry := must(t, exitDone, append([]string{"teardown", "--dry-run"}, args...)...)
	require.Equal(t, 5, strings.Count(dry.out, "DROP TABLE"))
	require.Contains(t, dry.out, "delete table "+baselineTable)
	require.Contains(t, dry.out, "would delete the results of 5 queries in s3://results/cloudtrail_anomaly/ (5 objects)", "those that made the tables")
	require.Contains(t, dry.err, "results of 1 query in s3://results/cloudtrail_anomaly/ are left")
	no := atWith(t.Context(), today, t.TempDir(), strings.NewReader("y\n"), append([]string{"teardown"}, args...)...)
	require.Equal(t, exitFailed, no.code)
	require.Contains(t, no.err, "nothing was removed")
	require.Equal(t, before, f.Objects("results"))
	require.NotEmpty(t, must(t, exitDone, append([]string{"teardown", "--dry-run"}, args...)...).out)
	yes := atWith(t.Context(), today, t.TempDir(), strings.NewReader("yes\n"), append([]string{"teardown"}, args...)...)
	require.Equal(t, exitDone, yes.code, yes.err)
	require.Contains(t, yes.err, "would delete the results of 5 queries", "asked before")
	require.Contains(t, yes.out, "done: delete the results of 10 queries", "those that removed the tables too")
	require.Equal(t, []string{theirs}, f.Objects("results"))
	gone := must(t, exitDone, append([]string{"teardown"}, args...)...)
	require.Contains(t, gone.err, "There is nothing that setup made.")
	require.Empty(t, gone.out)
	o.withinPolicy(t, g, o.taken())
}

// TestAWSSetupGoesOn: what can't be made keeps nothing else from being made.
func TestAWSSetupGoesOn(t *testing.T) {
	o, args := queried(t, 2, athenatest.New(t))
	name := baselineTable
	_, err := dynamodb.NewFromConfig(o.in(o.home)).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: &name, KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	r := must(t, exitFailed, append([]string{"setup", "all"}, args...)...)
	require.Contains(t, r.err, "it needs partition key RoleId (S)")
	require.Equal(t, 2, strings.Count(r.out, "CREATE EXTERNAL TABLE"), r.out)
}

// TestAWSTeardownLeavesWhatIsNotOurs: a table of an older tool stays, and does not keep what setup made.
func TestAWSTeardownLeavesWhatIsNotOurs(t *testing.T) {
	o, args := queried(t, 2, athenatest.New(t))
	o.oldTable(t, baselineTable)
	must(t, exitDone, append([]string{"setup", "athena"}, args...)...)
	r := must(t, exitDone, append([]string{"teardown", "--yes"}, args...)...)
	require.Equal(t, 2, strings.Count(r.out, "DROP TABLE"))
	require.Contains(t, r.err, "was not made by ct_anomaly setup dynamodb")
	_, err := dynamodb.NewFromConfig(o.in(o.home)).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(baselineTable)})
	require.NoError(t, err)
}

// oldTable is a table as an older tool has it, with what it knows of the role app in each account.
func (o *organization) oldTable(t *testing.T, name string) {
	t.Helper()
	api := dynamodb.NewFromConfig(o.in(o.home))
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	_, err := api.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: []types.KeySchemaElement{key("RoleId", types.KeyTypeHash), key("Action", types.KeyTypeRange)},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("RoleId"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("Action"), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	for _, m := range o.members {
		_, err := api.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: map[string]types.AttributeValue{
			"RoleId": &types.AttributeValueMemberS{Value: roleID("app", m.id)},
			"Action": &types.AttributeValueMemberS{Value: "s3.amazonaws.com:ListBuckets"},
			"TTL":    &types.AttributeValueMemberN{Value: "1803168000"}}}) // in 2027
		require.NoError(t, err)
	}
}

// TestAWSTheBaselineInDynamoDB is shown, exported and imported; and an older tool's table is copied.
func TestAWSTheBaselineInDynamoDB(t *testing.T) {
	o := organize(t, 4)
	o.begin(t)
	o.oldTable(t, "older")
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	table := []string{"--dynamo-table-name", baselineTable}
	copied := must(t, exitDone, append([]string{"baseline", "import", "--from-dynamodb", "older"}, table...)...)
	require.Contains(t, copied.err, "4 pairs copied from older")

	// The role is past its learning at once: what the older tool did not know of it is told, and the account learns all others.
	detect := slices.Concat([]string{"detect", "anomaly", "--output", "json", "--state", t.TempDir(), "--logs", "s3://" + trailBucket}, table)
	told := events(t, must(t, exitDone, detect...).out)
	require.Len(t, told, 4)
	for _, e := range told {
		require.Equal(t, []string{"s3.amazonaws.com:PutObject", discern.NewAction}, []string{e.Action, e.AnomalyType})
		require.False(t, e.Learning)
	}

	shown := must(t, exitDone, append([]string{"baseline", "show"}, table...)...)
	require.Contains(t, shown.out, "4 principals, 8 pairs, 4 accounts, 0 anomalies pending")
	one := must(t, exitDone, append([]string{"baseline", "show", roleID("app", o.home)}, table...)...)
	require.Len(t, lines(t, one.out), 3)
	exported := must(t, exitDone, append([]string{"baseline", "export", "--all"}, table...)...)

	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", "second")
	second := []string{"--dynamo-table-name", "second"}
	s := atWith(t.Context(), today, t.TempDir(), strings.NewReader(exported.out), append([]string{"baseline", "import"}, second...)...)
	require.Equal(t, exitDone, s.code, s.err)
	pairs := func(table []string) []string {
		return lines(t, must(t, exitDone, append([]string{"baseline", "export"}, table...)...).out)
	}
	require.Len(t, pairs(table), 8)
	require.Equal(t, pairs(table), pairs(second))
	require.Equal(t, lines(t, exported.out), lines(t, must(t, exitDone, append([]string{"baseline", "export", "--all"}, second...)...).out))
	require.Empty(t, events(t, must(t, exitDone, slices.Concat(detect[:len(detect)-2], second, []string{"--state", t.TempDir()})...).out), "what was told is known")

	forgotten := must(t, exitDone, append([]string{"baseline", "forget", "--principal", roleID("app", o.home)}, table...)...)
	require.Contains(t, forgotten.err, "2 pairs forgotten")
	require.Len(t, pairs(table), 6)
}
