package dynamodb_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

type item = map[string]types.AttributeValue

func key(role, action string) item {
	return item{"RoleId": &types.AttributeValueMemberS{Value: role}, "Action": &types.AttributeValueMemberS{Value: action}}
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// seed puts an item as the older tools do for a new pair; touch does what they do when they see one again.
func seed(t *testing.T, client *sdk.Client, table, role, action string, ttl int64) {
	t.Helper()
	it := key(role, action)
	it["TTL"] = number(ttl)
	_, err := client.PutItem(t.Context(), &sdk.PutItemInput{TableName: &table, Item: it})
	require.NoError(t, err)
}

func touch(t *testing.T, client *sdk.Client, table, role, action string, ttl int64) {
	t.Helper()
	_, err := client.UpdateItem(t.Context(), &sdk.UpdateItemInput{
		TableName: &table, Key: key(role, action), UpdateExpression: aws.String("SET #t = :t"),
		ExpressionAttributeNames: map[string]string{"#t": "TTL"}, ExpressionAttributeValues: item{":t": number(ttl)},
	})
	require.NoError(t, err)
}

func TestAnOlderToolsItemsAreKnownUntilTheirTTL(t *testing.T) {
	client, table := fresh(t)
	s := open(t, options(local(t, address()), table))
	seed(t, client, table, "AROA1", "a:Holds", now+day)
	seed(t, client, table, "AROA1", "a:Expired", now-day)
	odd := map[string]types.AttributeValue{
		"a:NoTTL": nil, "a:Text": &types.AttributeValueMemberS{Value: "soon"}, "a:Decimal": &types.AttributeValueMemberN{Value: fmt.Sprint(now) + ".75"},
	}
	for action, ttl := range odd {
		it := key("AROA1", action)
		if ttl != nil {
			it["TTL"] = ttl
		}
		_, err := client.PutItem(t.Context(), &sdk.PutItemInput{TableName: &table, Item: it})
		require.NoError(t, err)
	}
	role := discern.Holder{Kind: discern.Principal, ID: "AROA1"}
	answer, err := s.Recall(t.Context(), []discern.Question{{Holder: role}})
	require.NoError(t, err)
	const forever = 1<<32 - 1
	memory := discern.Memory{
		"a:Holds": {Until: now + day}, "a:Expired": {Until: now - day}, "a:NoTTL": {Until: forever}, "a:Text": {Until: forever}, "a:Decimal": {Until: now},
	}
	require.Equal(t, memory, answer[role])

	t.Run("each can be taken over from what was read", func(t *testing.T) {
		var deeds []discern.Deed
		for action, was := range memory {
			k := discern.Known{FirstSeen: now, LastSeen: now, FirstOK: now, Until: was.Until}
			deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: role, Action: action, Was: was, Now: k}}})
		}
		done, err := s.Write(t.Context(), deeds)
		require.NoError(t, err)
		require.NotContains(t, done, false)
		done, err = s.Write(t.Context(), deeds[:1])
		require.NoError(t, err)
		require.Equal(t, []bool{true}, done, "it is as it was to become")
	})
	t.Run("the older tool can still read and move what was taken over", func(t *testing.T) {
		out, err := client.GetItem(t.Context(), &sdk.GetItemInput{TableName: &table, Key: key("AROA1", "a:Holds")})
		require.NoError(t, err)
		require.Equal(t, number(now+97*day+365*day), out.Item["TTL"], "a number: 365 days after the pair is forgotten")
		touch(t, client, table, "AROA1", "a:Holds", now+90*day)
		again, err := s.Recall(t.Context(), []discern.Question{{Holder: role, Actions: []string{"a:Holds"}}})
		require.NoError(t, err)
		require.Equal(t, discern.Memory{"a:Holds": {FirstSeen: now, LastSeen: now, FirstOK: now, Until: now + day}}, again[role])
	})
	t.Run("its move of an item that is not taken over yet does not wedge the claim", func(t *testing.T) {
		seed(t, client, table, "AROA2", "a:B", now)
		touch(t, client, table, "AROA2", "a:B", now+day)
		h := discern.Holder{Kind: discern.Principal, ID: "AROA2"}
		taken := discern.Change{Holder: h, Action: "a:B", Was: discern.Known{Until: now}, Now: discern.Known{FirstSeen: now, LastSeen: now}}
		done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{taken}}})
		require.NoError(t, err)
		require.Equal(t, []bool{true}, done)
	})
}

// TestReadOldRefusesOurOwnTable by its marker, by a pair that was seen, and by one that was copied: a TTL alone would make each of them known, and allowed.
func TestReadOldRefusesOurOwnTable(t *testing.T) {
	pair := func(k discern.Known) func(s *dynamodb.Store) error {
		return func(s *dynamodb.Store) error {
			_, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: discern.Holder{Kind: discern.Principal, ID: "AROA1"}, Action: "a:B", Now: k}}}})
			return err
		}
	}
	for name, use := range map[string]func(s *dynamodb.Store) error{
		"a run":  func(s *dynamodb.Store) error { _, err := s.Begin(t.Context(), "run1"); return err },
		"seen":   pair(discern.Known{FirstSeen: now, LastSeen: now, FirstDenied: now}),
		"copied": pair(discern.Known{Until: now}),
	} {
		t.Run(name, func(t *testing.T) {
			_, table := fresh(t)
			require.NoError(t, use(open(t, options(local(t, address()), table))))
			err := dynamodb.ReadOld(t.Context(), local(t, address()), table, func(principal, action string, ttl int64) error {
				t.Errorf("gave %s %s", principal, action)
				return nil
			})
			require.ErrorContains(t, err, "ct_anomaly itself keeps a baseline in table "+table+": copy that with ct_anomaly baseline export --all --dynamo-table-name "+table)
		})
	}
}

func TestReadOldGivesEveryPairOfATable(t *testing.T) {
	client, table := fresh(t)
	want := map[string]int64{}
	for i := range 60 {
		role, action := fmt.Sprint("AROA", i%7), fmt.Sprint("a:B", i)
		seed(t, client, table, role, action, now+int64(i))
		want[role+" "+action] = now + int64(i)
	}
	got := map[string]int64{}
	require.NoError(t, dynamodb.ReadOld(t.Context(), local(t, address()), table, func(principal, action string, ttl int64) error {
		got[principal+" "+action] = ttl
		return nil
	}))
	require.Equal(t, want, got)
	err := dynamodb.ReadOld(t.Context(), local(t, address()), "no-such-table", nil)
	require.EqualError(t, err, "there is no table no-such-table in region us-east-1: correct --from-dynamodb or --aws-region")
	err = dynamodb.ReadOld(t.Context(), local(t, address()), otherKeys(t).Table(), nil)
	require.ErrorContains(t, err, "is no baseline: it has partition key RoleId (N), and an older tool's has partition key RoleId (S), sort key Action (S): correct --from-dynamodb")
}
