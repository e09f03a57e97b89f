package dynamodb_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

const (
	principals = 250
	actions    = 40
	pairs      = principals * actions
	pool       = 60 // actions that an account's principals have between them
)

// settled writes what a table holds of an account that is watched for long: each principal has 40 actions, and one in twenty of all items is so
// far behind that it is due for a refresh.
func settled(t *testing.T, write func([]discern.Deed)) (sightings []discern.Sighting, stale int) {
	r := rand.New(rand.NewPCG(1, 2))
	var deeds []discern.Deed
	due := 0
	put := func(h discern.Holder, action string, ok bool) (isStale bool) {
		k := discern.Known{FirstSeen: now - 200*day, LastSeen: now - r.Int64N(6*day)}
		if due++; due%20 == 0 {
			k.LastSeen, isStale = now-8*day, true
		}
		if ok {
			k.FirstOK = k.FirstSeen
		}
		deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: h, Action: action, Now: k}}})
		return isStale
	}
	action := func(i int) string { return fmt.Sprintf("elasticloadbalancing.amazonaws.com:DescribeThing%d", i%pool) }
	for p := range principals {
		h := discern.Holder{Kind: discern.Principal, ID: fmt.Sprintf("AROAEXAMPLE%010d", p)}
		for a := range actions {
			if put(h, action(p+a), true) {
				stale++
			}
			sightings = append(sightings, saw(h.ID, action(p+a)))
		}
	}
	for p := range principals {
		put(discern.Holder{Kind: discern.Principal, ID: fmt.Sprintf("AROAEXAMPLE%010d", p)}, "", false)
	}
	for _, h := range []discern.Holder{{Kind: discern.Account, ID: account}, {Kind: discern.Organization}} {
		for a := range pool {
			put(h, action(a), false)
		}
		deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: h, Now: discern.Known{FirstSeen: now - 200*day}}}})
	}
	watermark := discern.Known{FirstSeen: now - 200*day, LastSeen: now - 4000}
	deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: discern.Holder{Kind: discern.Watermark, ID: account}, Action: "t", Now: watermark}}})
	write(deeds)
	return sightings, stale
}

func TestCapacityOfTenThousandKnownPairs(t *testing.T) {
	_, table := fresh(t)
	sightings, stale := settled(t, func(deeds []discern.Deed) {
		before := open(t, options(local(t, address()), table))
		_, err := before.Begin(t.Context(), "before")
		require.NoError(t, err)
		done, err := before.Write(t.Context(), deeds)
		require.NoError(t, err)
		require.NotContains(t, done, false)
		require.NoError(t, before.End(t.Context(), "before"))
		reads, writes, requests := before.Spent()
		t.Logf("first run:           %6.1f RCU %8.1f WCU %6d requests to learn %d pairs", reads, writes, requests, pairs)
	})
	require.Len(t, sightings, pairs)
	require.Equal(t, pairs/20, stale)

	s := open(t, options(local(t, address()), table))
	covered, told := run(t, s, "run1", sightings)
	require.Empty(t, told)
	require.Equal(t, pairs, covered.Known)
	reads, writes, requests := s.Spent()
	t.Logf("a whole run of ours: %6.1f RCU %8.1f WCU %6d requests for %d pairs, %d of them refreshed", reads, writes, requests, pairs, stale)
	require.LessOrEqual(t, reads, 400.0)
	require.LessOrEqual(t, writes, 550.0)
	require.LessOrEqual(t, requests, 300)

	again := open(t, options(local(t, address()), table))
	_, told = run(t, again, "run2", sightings)
	require.Empty(t, told)
	_, rewritten, _ := again.Spent()
	require.Less(t, rewritten, 10.0, "each was refreshed")
	t.Run("the older tools' way", func(t *testing.T) { seedsWay(t, table, sightings) })
}

// seedsWay does what the older tools do, for 500 of the pairs: for each, one read by key and one update of the TTL.
func seedsWay(t *testing.T, table string, sightings []discern.Sighting) {
	const sample = 500
	client := sdk.NewFromConfig(local(t, address()))
	var reads, writes float64
	for _, s := range sightings[:sample] {
		got, err := client.GetItem(t.Context(), &sdk.GetItemInput{
			TableName: &table, Key: key(s.Principal, s.Action), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		require.NoError(t, err)
		require.NotEmpty(t, got.Item)
		reads += *got.ConsumedCapacity.CapacityUnits
		set, err := client.UpdateItem(t.Context(), &sdk.UpdateItemInput{
			TableName: &table, Key: key(s.Principal, s.Action), UpdateExpression: aws.String("SET #t = :t"), ExpressionAttributeNames: map[string]string{"#t": "TTL"},
			ExpressionAttributeValues: item{":t": number(now + 90*day)}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		require.NoError(t, err)
		writes += *set.ConsumedCapacity.CapacityUnits
	}
	const times = pairs / sample
	t.Logf("the older tools:     %6.1f RCU %8.1f WCU %6d requests for %d pairs (counted for %d of them, times %d)", reads*times, writes*times, 2*pairs, pairs, sample, times)
	require.Equal(t, float64(sample), writes)
}
