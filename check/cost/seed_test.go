package cost

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// A seed is a stand-in for one of the older tools at work on one account: it makes the calls of an hour that the tool's code makes (read at the
// commit named with each), in the same number. What it gets back it treats as the tool does, as far as further calls depend on it. A tool's faults
// that keep it from working at all are left out, and so are its waits.
type seed struct {
	*cloud
	workload
	account string
	asWho   aws.Config // the role in the account
	athena  *athena.Client
	s3      *s3.Client
}

const seedAccount = "111122223300"

func newSeed(t *testing.T) *seed {
	t.Helper()
	s := &seed{cloud: newCloud(t, []string{seedAccount}, principalsAnHour), workload: workload{principalsAnHour}, account: seedAccount}
	caller := s.caller()
	cfg := caller.Base()
	s.athena, s.s3 = athena.NewFromConfig(cfg), s3.NewFromConfig(cfg)
	makeTable(t, cfg, baseTable)
	s.fill(baseTable, s.knownRows())
	s.counted = count{}
	var err error
	s.asWho, err = caller.For(t.Context(), s.account, "role", true)
	require.NoError(t, err)
	return s
}

// sampled is the part of the principals whose rows are looked up one by one; the rest are counted like them.
const sampled = 10

// knownRows are the items of the sampled principals that the tool's table holds, in its form.
func (s *seed) knownRows() (items []json.RawMessage) {
	seen := 0
	for p, action := range s.pairs(0) {
		if seen++; seen > principalsAnHour*actionsAnHour {
			break // what is new
		}
		if p%sampled == 0 {
			items = append(items, json.RawMessage(fmt.Sprintf(`{"RoleId":{"S":%q},"Action":{"S":%q},"TTL":{"N":"4102444800"}}`, roleID(s.account, p), action)))
		}
	}
	return items
}

// listRoles lists the roles of the account, a hundred at a time.
func (s *seed) listRoles() (ids []string) {
	pages := iam.NewListRolesPaginator(iam.NewFromConfig(s.asWho), &iam.ListRolesInput{MaxItems: aws.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		require.NoError(s.t, err)
		for _, r := range page.Roles {
			ids = append(ids, *r.RoleId)
		}
	}
	return ids
}

// query has a statement run, and gives where its result is.
func (s *seed) query(sql string) (key string) {
	ctx := s.t.Context()
	started, err := s.athena.StartQueryExecution(ctx, &athena.StartQueryExecutionInput{
		QueryString: &sql, QueryExecutionContext: &athenatypes.QueryExecutionContext{Database: aws.String("default")},
		ResultConfiguration: &athenatypes.ResultConfiguration{OutputLocation: aws.String("s3://results/anomaly")},
	})
	require.NoError(s.t, err)
	for {
		got, err := s.athena.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: started.QueryExecutionId})
		require.NoError(s.t, err)
		switch q := got.QueryExecution; q.Status.State {
		case athenatypes.QueryExecutionStateSucceeded:
			return strings.TrimPrefix(*q.ResultConfiguration.OutputLocation, "s3://results/")
		case athenatypes.QueryExecutionStateFailed, athenatypes.QueryExecutionStateCancelled:
			require.Fail(s.t, "the query ends", "%s: %s", q.Status.State, aws.ToString(q.Status.StateChangeReason))
		}
		time.Sleep(time.Millisecond)
	}
}

// rows reads a result, without its header.
func (s *seed) rows(key string) [][]string {
	got, err := s.s3.GetObject(s.t.Context(), &s3.GetObjectInput{Bucket: aws.String("results"), Key: &key})
	require.NoError(s.t, err)
	defer got.Body.Close()
	rows, err := csv.NewReader(got.Body).ReadAll()
	require.NoError(s.t, err)
	return rows[1:]
}

// lookUp does what both tools do for each row, of the sampled principals: its item is read by its key, and has its TTL set anew or, where there is
// none, is put. The other principals are counted as if they were these.
func (s *seed) lookUp(pairs [][2]string) {
	ctx, table := s.t.Context(), sdk.NewFromConfig(s.caller().Base())
	before, known := s.sum(), 0
	order := map[string]int{} // of the roles, as they come
	for _, pair := range pairs {
		if _, met := order[pair[0]]; !met {
			order[pair[0]] = len(order)
		}
		if order[pair[0]]%sampled != 0 {
			continue
		}
		key := map[string]types.AttributeValue{"RoleId": &types.AttributeValueMemberS{Value: pair[0]}, "Action": &types.AttributeValueMemberS{Value: pair[1]}}
		got, err := table.GetItem(ctx, &sdk.GetItemInput{TableName: aws.String(baseTable), Key: key, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
		require.NoError(s.t, err)
		ttl := &types.AttributeValueMemberN{Value: "4102444801"}
		if got.Item != nil {
			known++
			_, err = table.UpdateItem(ctx, &sdk.UpdateItemInput{
				TableName: aws.String(baseTable), Key: key, UpdateExpression: aws.String("SET #t = :t"), ExpressionAttributeNames: map[string]string{"#t": "TTL"},
				ExpressionAttributeValues: map[string]types.AttributeValue{":t": ttl}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
		} else {
			key["TTL"] = ttl
			_, err = table.PutItem(ctx, &sdk.PutItemInput{TableName: aws.String(baseTable), Item: key, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
		}
		require.NoError(s.t, err)
	}
	require.Len(s.t, order, principalsAnHour)
	require.Equal(s.t, principalsAnHour*actionsAnHour/sampled, known, "what the table holds is found in it")
	s.count(s.sum().less(before).times(sampled - 1))
}

// defines has a statement run that defines something; the front takes it without understanding it.
func (s *seed) defines(sql string) {
	s.front.Usual(athenatest.Course{State: "SUCCEEDED"})
	s.query(sql)
	s.front.Usual(athenatest.Course{Queued: 1})
	s.count(defined())
	for _, m := range partitions.FindAllStringSubmatch(sql, -1) {
		s.added = append(s.added, m[1])
	}
}

// table is an answer of text columns.
func table(columns ...string) (a athenatest.Answer) {
	for _, name := range columns {
		a.Columns = append(a.Columns, athenatest.Column{Name: name, Type: "varchar"})
	}
	return a
}
