package dynamodb_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

func TestOpenSaysWhatIsMissing(t *testing.T) {
	_, err := dynamodb.Open(t.Context(), dynamodb.Options{})
	require.ErrorContains(t, err, "dynamo_table_name")
	require.ErrorContains(t, err, "which collector")
}

func TestATableThatIsNotThereIsNamedWithTheMend(t *testing.T) {
	s := open(t, options(local(t, address()), "no-such-table"))
	_, err := s.Recall(t.Context(), []discern.Question{{Holder: role}})
	require.ErrorContains(t, err, "table no-such-table does not exist in region us-east-1: make it with ct_anomaly setup dynamodb")
}

func TestWhatIsCleanedUpAndWhen(t *testing.T) {
	client, table := fresh(t)
	s := open(t, options(local(t, address()), table))
	k := discern.Known{FirstSeen: now - day, LastSeen: now}
	for kind, id := range map[discern.Kind]string{
		discern.Principal: "AROA1", discern.Rule: "1", discern.Instance: "1\x1fAROA1\x1fi-1", discern.Account: "1", discern.Organization: "", discern.Watermark: "1",
	} {
		done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: discern.Holder{Kind: kind, ID: id}, Action: "a:B", Now: k}}}})
		require.NoError(t, err)
		require.Equal(t, []bool{true}, done)
	}
	out, err := client.Scan(t.Context(), &sdk.ScanInput{TableName: &table})
	require.NoError(t, err)
	ttl := map[string]types.AttributeValue{}
	for _, it := range out.Items {
		ttl[it["RoleId"].(*types.AttributeValueMemberS).Value] = it["TTL"]
	}
	end := number(now + (90+7+365)*day)
	require.Equal(t, map[string]types.AttributeValue{
		"AROA1": end, "#rule/1": end, "#instance/1\x1fAROA1\x1fi-1": end, "#account/1": nil, "#organization/": nil, "#watermark/1": nil,
	}, ttl)
}

func TestReadsAreEventuallyConsistentUntilTheHolderChanges(t *testing.T) {
	p, s, direct, _ := faulty(t)
	var consistent []bool
	p.fault = func(_ int, op string, body map[string]any) fault {
		if op == "Query" {
			consistent = append(consistent, body["ConsistentRead"].(bool))
		}
		return fault{}
	}
	other := discern.Holder{Kind: discern.Principal, ID: "AROA2"}
	k := discern.Known{FirstSeen: now, LastSeen: now}
	require.Empty(t, memory(t, s, role))
	_, err := direct.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "a:B", Now: k}}}})
	require.NoError(t, err)
	done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "a:B", Now: discern.Known{FirstSeen: now - 1, LastSeen: now}}}}})
	require.NoError(t, err)
	require.Equal(t, []bool{false}, done)
	require.Len(t, memory(t, s, role), 1)
	require.Empty(t, memory(t, s, other))
	require.Equal(t, []bool{false, true, false}, consistent, "only of one whose items were just written, or lost to another")
}

func TestATableOfANewerVersionIsRefused(t *testing.T) {
	client, table := fresh(t)
	it := key("#table", "#")
	it["Format"] = number(dynamodb.Format + 1)
	_, err := client.PutItem(t.Context(), &sdk.PutItemInput{TableName: &table, Item: it})
	require.NoError(t, err)
	_, err = open(t, options(local(t, address()), table)).Begin(t.Context(), "run1")
	require.ErrorIs(t, err, dynamodb.ErrNewer)
}

func TestRunsAreByCollector(t *testing.T) {
	_, table := fresh(t)
	o := options(local(t, address()), table)
	one := open(t, o)
	o.Owner = "another"
	other := open(t, o)
	for _, s := range []*dynamodb.Store{one, other} {
		unfinished, err := s.Begin(t.Context(), "run of "+s.Owner())
		require.NoError(t, err)
		require.Empty(t, unfinished)
	}
	require.NoError(t, other.End(t.Context(), "run of another"))
	unfinished, err := one.Begin(t.Context(), "next")
	require.NoError(t, err)
	require.Equal(t, "run of collector", unfinished)
	unfinished, err = other.Begin(t.Context(), "next")
	require.NoError(t, err)
	require.Empty(t, unfinished)
}

func TestTheLedgerIsCheap(t *testing.T) {
	client, table := fresh(t)
	o := options(local(t, address()), table)
	o.LedgerDays = 4
	var files []discern.File
	for i := range 80 {
		files = append(files, discern.File{Path: "AWSLogs/1/CloudTrail/us-east-1/" + string(rune('a'+i)), Size: 1, Modified: (now/3600)*3600*1e9 + int64(i)})
	}
	s := open(t, o)
	require.NoError(t, s.Looked(t.Context(), files))
	_, writes, requests := s.Spent()
	require.Equal(t, 1, requests)
	require.LessOrEqual(t, writes, 2.0, "80 files of an account and hour")
	unread, err := s.Unread(t.Context(), files)
	require.NoError(t, err)
	require.Empty(t, unread)
	reads, _, requests := s.Spent()
	require.Equal(t, 2, requests)
	require.LessOrEqual(t, reads, 1.0)

	out, err := client.Scan(t.Context(), &sdk.ScanInput{TableName: &table})
	require.NoError(t, err)
	require.Len(t, out.Items, 1)
	require.Equal(t, number(now+4*day), out.Items[0]["TTL"])
	require.True(t, time.Unix(now, 0).After(time.Unix(0, files[0].Modified)))

	t.Run("is a trail's where it is named so", func(t *testing.T) {
		o.Owner = "another"
		unread, err := open(t, o).Unread(t.Context(), files)
		require.NoError(t, err)
		require.Len(t, unread, len(files), "each collector has its own")
		for _, owner := range []string{"one", "two"} {
			o.Owner, o.Ledger = owner, "s3://bucket"
			shared := open(t, o)
			unread, err := shared.Unread(t.Context(), files)
			require.NoError(t, err)
			require.Equal(t, owner == "one", len(unread) > 0)
			require.NoError(t, shared.Looked(t.Context(), files))
		}
	})
	t.Run("and splits what one item can't hold", func(t *testing.T) {
		many := make([]discern.File, 40_000)
		for i := range many {
			many[i] = discern.File{Path: "folder/file", Size: int64(i), Modified: 1}
		}
		require.NoError(t, s.Looked(t.Context(), many))
		unread, err := s.Unread(t.Context(), many)
		require.NoError(t, err)
		require.Empty(t, unread)
		out, err := client.Query(t.Context(), &sdk.QueryInput{
			TableName: &table, KeyConditionExpression: aws.String("#r = :r"), ExpressionAttributeNames: map[string]string{"#r": "RoleId"},
			ExpressionAttributeValues: item{":r": &types.AttributeValueMemberS{Value: "#ledger/collector\x1f"}}, Select: types.SelectCount,
		})
		require.NoError(t, err)
		require.Equal(t, int32(2), out.Count)
	})
}
