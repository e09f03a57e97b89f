package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

type noRisk struct{}

func (noRisk) Risky(string) bool              { return false }
func (noRisk) Weigh(*discern.Event, []string) {}

const account = "111122223333"

// pieceOf is what one run finds.
func pieceOf(sightings []discern.Sighting) discern.Piece {
	slices.SortFunc(sightings, func(a, b discern.Sighting) int { return a.Before(&b) })
	look := &discern.Look{Files: 1, Earliest: sightings[0].First, NewestDelivery: now - 300}
	return discern.Piece{
		Start: now - 3600, End: now, Sightings: sightings, Looks: map[string]*discern.Look{account: look}, Whole: discern.Look{Files: 1},
		Files: []discern.File{{Path: "AWSLogs/" + account + "/CloudTrail/us-east-1/a.json.gz", Size: 1, Modified: now * 1e9}},
	}
}

func saw(principal, action string) discern.Sighting {
	return discern.Sighting{Account: account, Principal: principal, Action: action, First: now - 600, Last: now - 500, Count: 3}
}

// run lets one run see sightings and gives the coverage and what it told, sorted.
func run(t *testing.T, s *dynamodb.Store, id string, sightings []discern.Sighting) (discern.Coverage, []string) {
	t.Helper()
	tray := &baselinetest.Tray{}
	st := &discern.Study{
		Activity: &baselinetest.Script{Pieces: []discern.Piece{pieceOf(sightings)}}, Baseline: s, Outbox: s, Ledger: s, Journal: s, Sinks: []discern.Sink{tray}, Risk: noRisk{},
		Terms: discern.Terms{LearningDays: 90, PrincipalLearningDays: 7, ForgetAfterDays: 90, RefreshDays: 7, OwnAddress: func(string) bool { return false }},
		Now:   func() time.Time { return time.Unix(now, 0) }, RunID: id, Owner: s.Owner(), Trail: "t", Engine: "script", Mode: "live",
	}
	covered, err := st.Run(t.Context())
	require.NoError(t, err)
	told := []string{}
	for _, sent := range tray.Events {
		require.Len(t, sent, 1)
		var e discern.Event
		require.NoError(t, json.Unmarshal([]byte(sent[0]), &e))
		require.False(t, e.Learning, "the principal is past learning")
		told = append(told, strings.Join([]string{e.AnomalyType, e.PrincipalID, e.Action}, " "))
	}
	slices.Sort(told)
	return covered, told
}

func TestAnOlderToolsTableTellsFromTheFirstRun(t *testing.T) {
	const roles, held, users = 25, 40, 50
	client, table := fresh(t)
	s := open(t, options(local(t, address()), table))
	var sightings []discern.Sighting
	want := []string{}
	for r := range roles {
		role := fmt.Sprintf("AROAEXAMPLE%09d", r)
		for a := range held {
			action := fmt.Sprintf("s3.amazonaws.com:Action%d", a)
			seed(t, client, table, role, action, now+int64(1+a)*day)
			sightings = append(sightings, saw(role, action))
		}
		planted := fmt.Sprintf("iam.amazonaws.com:Planted%d", r)
		sightings = append(sightings, saw(role, planted))
		want = append(want, "new_action "+role+" "+planted)
	}
	seed(t, client, table, "AROAEXAMPLE000000000", "iam.amazonaws.com:LongAgo", now-day) // expired, and still there
	sightings = append(sightings, saw("AROAEXAMPLE000000000", "iam.amazonaws.com:LongAgo"))
	want = append(want, "new_action AROAEXAMPLE000000000 iam.amazonaws.com:LongAgo")
	for u := range users {
		for a := range 5 {
			sightings = append(sightings, saw(fmt.Sprintf("AIDAEXAMPLE%09d", u), fmt.Sprintf("ec2.amazonaws.com:Action%d", a)))
		}
	}
	visitor := "AROAEXAMPLE000000001@" + account // the older tool knew it by its bare id
	sightings = append(sightings, saw(visitor, "s3.amazonaws.com:Action1"), saw(visitor, "iam.amazonaws.com:PlantedByVisitor"))
	want = append(want, "new_action "+visitor+" iam.amazonaws.com:PlantedByVisitor")
	slices.Sort(want)

	covered, told := run(t, s, "run1", sightings)
	require.Equal(t, want, told)
	require.Equal(t, users*5, covered.Learnt, "users it never held are learnt in silence")
	require.Equal(t, roles*held+1, covered.Known)
	_, again := run(t, s, "run2", sightings)
	require.Empty(t, again)

	t.Run("and the older tool finds all it held, as it was", func(t *testing.T) {
		for r := range roles {
			for a := range held {
				pair := key(fmt.Sprintf("AROAEXAMPLE%09d", r), fmt.Sprintf("s3.amazonaws.com:Action%d", a))
				out, err := client.GetItem(t.Context(), &sdk.GetItemInput{TableName: &table, Key: pair})
				require.NoError(t, err)
				require.Contains(t, out.Item, "TTL")
				require.IsType(t, number(0), out.Item["TTL"])
			}
		}
	})
}
