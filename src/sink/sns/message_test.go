package sns

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func pending(t *testing.T, e discern.Event) discern.Pending {
	t.Helper()
	line, err := json.Marshal(e)
	require.NoError(t, err)
	return discern.Pending{ID: e.AnomalyID, Event: line}
}

func anomaly(n int, who, action, severity string) discern.Event {
	return discern.Event{AnomalyID: fmt.Sprintf("%032x", n), AnomalyType: discern.NewAction, Mode: "live", PrincipalID: who, PrincipalName: "deploy", PrincipalType: "AssumedRole",
		AccountID: "111122223333", AccountName: "prod", Action: action, Severity: severity, Reason: "Role deploy called it for the first time.",
		FirstTime: fmt.Sprintf("2026-11-23T10:%02d:00Z", n%60), LastTime: fmt.Sprintf("2026-11-23T11:%02d:00Z", n%60)}
}

// TestAMessageForEachPrincipal, which a consumer of Netflix's tool can read.
func TestAMessageForEachPrincipal(t *testing.T) {
	other := anomaly(3, "AROA2", "s3.amazonaws.com:GetObject", "low")
	other.AccountID, other.PrincipalName = "444455556666", ""
	quiet := anomaly(5, "AROA1", "sts.amazonaws.com:Quiet", "critical")
	quiet.Suppressed = true
	rule := anomaly(4, "AROA1", "cloudtrail.amazonaws.com:StopLogging", "critical")
	rule.AnomalyType, rule.Rule = discern.RuleMatch, "stop_logging"
	messages, unread := pack([]discern.Pending{
		pending(t, anomaly(1, "AROA1", "iam.amazonaws.com:CreateUser", "high")), pending(t, other), pending(t, anomaly(2, "AROA1", "ec2.amazonaws.com:RunInstances", "medium")),
		pending(t, rule), pending(t, quiet), {ID: "x", Event: []byte("{")},
	})
	require.Equal(t, []string{"x"}, unread)
	require.Len(t, messages, 2)
	require.Len(t, messages[0].ids, 3, "what is suppressed is not told")

	var theirs struct{ Actions, Role, Account string } // as Netflix's consumers have it
	require.NoError(t, json.Unmarshal(messages[0].body, &theirs))
	require.Equal(t, "cloudtrail.amazonaws.com:StopLogging,ec2.amazonaws.com:RunInstances,iam.amazonaws.com:CreateUser", theirs.Actions)
	require.Equal(t, "deploy", theirs.Role)
	require.Equal(t, "111122223333", theirs.Account)

	var b body
	require.NoError(t, json.Unmarshal(messages[0].body, &b))
	require.Equal(t, "critical", b.Severity)
	require.Equal(t, 3, b.Count)
	require.Equal(t, "cloudtrail.amazonaws.com:StopLogging", b.Anomalies[0].Action, "the worst first")
	require.Equal(t, []string{"stop_logging"}, b.Rules)
	require.Equal(t, "2026-11-23T10:01:00Z", b.FirstTime)
	require.Equal(t, "2026-11-23T11:04:00Z", b.LastTime)
	require.Equal(t, "critical CloudTrail: 3 anomalies of deploy in 111122223333 (prod)", messages[0].subject)
	require.Equal(t, `["new_action","rule"]`, aws.ToString(messages[0].attributes["type"].StringValue))
	require.Equal(t, "111122223333", aws.ToString(messages[0].attributes["account"].StringValue))
	require.Equal(t, "AROA2", aws.ToString(messages[1].attributes["role"].StringValue), "whoever has no name has a key")
}

// TestAMessageHasRoom: first single anomalies are left out, then the actions are told in several messages, and none is lost.
func TestAMessageHasRoom(t *testing.T) {
	for n, most := range map[int]int{400: 1, 9000: 4} {
		var events []discern.Pending
		for i := range n {
			e := anomaly(i, "AROA1", fmt.Sprintf("iam.amazonaws.com:%s%d", strings.Repeat("Action", 8), i), "low")
			e.Reason = strings.Repeat("long ", 300)
			events = append(events, pending(t, e))
		}
		messages, _ := pack(events)
		require.LessOrEqual(t, len(messages), most)
		told, left, ids := 0, 0, map[string]bool{}
		for _, m := range messages {
			require.LessOrEqual(t, m.size(), mostBytes)
			var b body
			require.NoError(t, json.Unmarshal(m.body, &b))
			told += len(strings.Split(b.Actions, ","))
			left += b.LeftOut
			require.Equal(t, b.Count, len(b.Anomalies)+b.LeftOut)
			for _, id := range m.ids {
				require.False(t, ids[id])
				ids[id] = true
			}
		}
		require.Equal(t, n, told)
		require.Len(t, ids, n)
		require.Positive(t, left)
	}
}

func TestASubjectIsPlain(t *testing.T) {
	e := anomaly(1, "AROA1", "a:B", "high")
	e.PrincipalName = "müller\nBcc: " + strings.Repeat("x", 200)
	messages, _ := pack([]discern.Pending{pending(t, e)})
	require.Len(t, messages[0].subject, 100)
	require.Contains(t, messages[0].subject, "m?ller?Bcc: xxx")
}

// TestWhatIsLiveIsTold: a principal of whom history and news are told at once is not hidden from those who want the news.
func TestWhatIsLiveIsTold(t *testing.T) {
	old, fresh := anomaly(1, "AROA1", "a:Old", "critical"), anomaly(2, "AROA1", "a:Fresh", "low")
	old.Mode = discern.ModeHistory
	for _, events := range [][]discern.Pending{{pending(t, old), pending(t, fresh)}, {pending(t, fresh), pending(t, old)}} {
		messages, _ := pack(events)
		require.Len(t, messages, 1)
		require.Equal(t, "live", aws.ToString(messages[0].attributes["mode"].StringValue))
		require.Contains(t, string(messages[0].body), `"mode":"live"`)
	}
	messages, _ := pack([]discern.Pending{pending(t, old)})
	require.Equal(t, "history", aws.ToString(messages[0].attributes["mode"].StringValue))
}

// TestWhatAFIFOTopicDropsTwice: the same anomalies again, in whatever order, have the same id; those of one principal stay in one group.
func TestWhatAFIFOTopicDropsTwice(t *testing.T) {
	one, two, three := pending(t, anomaly(1, "AROA1", "a:B", "low")), pending(t, anomaly(2, "AROA1", "a:C", "high")), pending(t, anomaly(3, "AROA2", "a:C", "high"))
	first, _ := pack([]discern.Pending{one, two, three})
	again, _ := pack([]discern.Pending{two, one})
	fewer, _ := pack([]discern.Pending{one})
	require.Equal(t, first[0].once, again[0].once)
	require.NotEqual(t, first[0].once, fewer[0].once, "other news are not dropped")
	require.Equal(t, first[0].group, fewer[0].group)
	require.NotEqual(t, first[0].group, first[1].group)
}
