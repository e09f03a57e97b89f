package risk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

var _ discern.Risk = (*Table)(nil)

const (
	listed   = "iam.amazonaws.com:CreateLoginProfile" // high
	bucket   = "s3.amazonaws.com:PutBucketPolicy"     // medium
	unlisted = "sqs.amazonaws.com:CreateQueue"
	reading  = "sqs.amazonaws.com:ListQueues"
)

func event(kind, action, outcome string) discern.Event {
	return discern.Event{AnomalyType: kind, Action: action, Outcome: outcome, Scope: discern.ScopePrincipal, PrincipalType: "IAMUser"}
}

func with(e discern.Event, change func(*discern.Event)) discern.Event {
	change(&e)
	return e
}

func TestWeighActions(t *testing.T) {
	table, err := Load()
	require.NoError(t, err)
	root := func(e *discern.Event) { e.PrincipalType = "Root" }
	public := func(e *discern.Event) { e.SharedWith = []string{"111122223333", "everyone"} }
	organization := func(e *discern.Event) { e.Scope = discern.ScopeOrganization }
	reads := func(e *discern.Event) { e.ReadOnly = true }
	newAction := func(action, outcome string) discern.Event { return event(discern.NewAction, action, outcome) }
	for _, c := range []struct {
		name             string
		event            discern.Event
		severity, reason string
	}{
		{"listed", newAction(listed, "ok"), "high", "CreateLoginProfile gives a user a password for the console"},
		{"listed, failed", newAction(listed, "error"), "high", "CreateLoginProfile gives a user a password for the console"},
		{"listed, denied", newAction(listed, "denied"), "medium", "CreateLoginProfile gives a user a password for the console; lowered, as it was denied"},
		{"listed, by root", with(newAction(listed, "ok"), root), "critical", "CreateLoginProfile gives a user a password for the console; raised, as root did it"},
		{"listed as critical stays so", with(newAction("cloudtrail.amazonaws.com:StopLogging", "ok"), root), "critical", "StopLogging stops a trail from recording"},
		{"listed, shared with everyone", with(newAction(bucket, "ok"), public), "high", "PutBucketPolicy changes who may reach a bucket; raised, as it shares with everyone"},
		{"shared with one account", with(newAction(bucket, "ok"), func(e *discern.Event) { e.SharedWith = []string{"111122223333"} }), "medium", "PutBucketPolicy changes who may reach a bucket"},
		{"all at once", with(with(newAction(bucket, "denied"), public), root), "high", "PutBucketPolicy changes who may reach a bucket; lowered, as it was denied; raised, as it shares with everyone; raised, as root did it"},
		{"listed, new to the organization", with(newAction(bucket, "ok"), organization), "medium", "PutBucketPolicy changes who may reach a bucket"},
		{"unlisted write", newAction(unlisted, "ok"), "low", "CreateQueue is not listed as risky"},
		{"unlisted write, denied", newAction(unlisted, "denied"), "informational", "CreateQueue is not listed as risky; lowered, as it was denied"},
		{"unlisted write, new to the organization", with(newAction(unlisted, "ok"), organization), "medium", "CreateQueue is not listed as risky; raised, as it is new to the whole organization"},
		{"unlisted read", with(newAction(reading, "ok"), reads), "informational", "ListQueues only reads and is not listed as risky"},
		{"unlisted read, denied", with(newAction(reading, "denied"), reads), "informational", "ListQueues only reads and is not listed as risky"},
		{"unlisted read, new to the organization", with(with(newAction(reading, "ok"), reads), organization), "informational", "ListQueues only reads and is not listed as risky"},
		{"unlisted read, by root", with(with(newAction(reading, "ok"), reads), root), "low", "ListQueues only reads and is not listed as risky; raised, as root did it"},
		{"denied, then unlisted success", event(discern.DeniedThenSuccess, unlisted, "ok"), "medium", "CreateQueue is not listed as risky; raised, as it was denied before"},
		{"denied, then reading", with(event(discern.DeniedThenSuccess, reading, "ok"), reads), "medium", "ListQueues only reads and is not listed as risky; raised, as it was denied before"},
		{"denied, then listed success", event(discern.DeniedThenSuccess, listed, "ok"), "high", "CreateLoginProfile gives a user a password for the console"},
		{"suppressed", with(newAction(listed, "ok"), func(e *discern.Event) { e.Suppressed = true }), "informational", "CreateLoginProfile gives a user a password for the console; lowered, as it is suppressed"},
		{"suppressed and informational anyway", with(with(newAction(reading, "ok"), reads), func(e *discern.Event) { e.Suppressed = true }), "informational", "ListQueues only reads and is not listed as risky"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := c.event
			table.Weigh(&e, []string{e.Action})
			require.Equal(t, c.severity, e.Severity)
			require.Equal(t, c.reason, e.SeverityReason)
			require.Equal(t, table.rows[e.Action].tactic, e.MitreTactic)
			require.Equal(t, table.rows[e.Action].technique, e.MitreTechnique)
		})
	}
}

func TestWeighRules(t *testing.T) {
	table, err := Load()
	require.NoError(t, err)
	root := func(e *discern.Event) { e.PrincipalType = "Root" }
	match := func(rule, outcome string, changes ...func(*discern.Event)) discern.Event {
		e := event(discern.RuleMatch, "cloudtrail.amazonaws.com:DeleteTrail", outcome)
		e.Rule = rule
		for _, change := range changes {
			change(&e)
		}
		return e
	}
	verdict := func(v string) func(*discern.Event) { return func(e *discern.Event) { e.Verdict = v } }
	group := func(e *discern.Event) { e.Action = "logs.amazonaws.com:DeleteLogGroup" }
	reads := func(e *discern.Event) { e.ReadOnly = true }
	suppressed := func(e *discern.Event) { e.Suppressed = true }
	for _, c := range []struct {
		name     string
		event    discern.Event
		severity string
	}{
		{"a trail deleted", match("log_deletion", "ok"), "critical"},
		{"a log group deleted", match("log_deletion", "ok", group), "high"},
		{"deleting a log group denied", match("log_deletion", "denied", group), "medium"},
		{"deleting logs denied", match("log_deletion", "denied"), "high"},
		{"deleting logs failed", match("log_deletion", "error"), "high"},
		{"logging stopped", match("stop_logging", "ok"), "critical"},
		{"stopping the logging denied", match("stop_logging", "denied"), "high"},
		{"instance credentials elsewhere", match("instance_credentials", "ok", verdict(discern.VerdictSecondAddress)), "critical"},
		{"instance credentials elsewhere, denied", match("instance_credentials", "denied", verdict(discern.VerdictSecondAddress)), "critical"},
		{"instance credentials, perhaps at home", match("instance_credentials", "ok", verdict(discern.VerdictLiteral)), "informational"},
		{"root", match("root_activity", "ok", root), "high"},
		{"root reads", match("root_activity", "ok", root, reads), "medium"},
		{"user without MFA", match("console_login_without_mfa", "ok"), "medium"},
		{"root without MFA", match("console_login_without_mfa", "ok", root), "high"},
		{"suppressed", match("log_deletion", "ok", suppressed), "informational"},
		{"a rule without a row", match("tomorrow", "ok"), "medium"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := c.event
			table.Weigh(&e, []string{e.Action})
			require.Equal(t, c.severity, e.Severity, e.SeverityReason)
			require.Contains(t, e.SeverityReason, "rule "+e.Rule)
			require.Equal(t, table.rows["rule:"+e.Rule].technique, e.MitreTechnique, "the rule's technique, not the action's")
		})
	}
}

func TestWeighNewPrincipal(t *testing.T) {
	table, err := Load()
	require.NoError(t, err)
	const caller = "sts.amazonaws.com:GetCallerIdentity" // listed as low
	for _, c := range []struct {
		name                string
		actions             []string
		readOnly            bool
		severity, technique string
		reason              string
	}{
		{"the worst counts", []string{reading, bucket, listed, unlisted}, true, "high", "T1098.001", "CreateLoginProfile gives a user a password for the console"},
		{"of equals the listed one", []string{unlisted, caller}, false, "low", "T1087.004", "GetCallerIdentity asks whose credentials these are"},
		{"of equals the first listed one", []string{bucket, "iam.amazonaws.com:CreateRole"}, false, "medium", "T1537", "PutBucketPolicy changes who may reach a bucket"},
		{"one reading action", []string{reading}, true, "informational", "", "ListQueues only reads and is not listed as risky"},
		{"several actions of which the first reads", []string{reading, unlisted}, true, "low", "", "none of its actions is listed as risky"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := event(discern.NewPrincipal, "", "denied")
			e.ReadOnly = c.readOnly
			table.Weigh(&e, c.actions)
			require.Equal(t, []string{c.severity, c.technique, c.reason}, []string{e.Severity, e.MitreTechnique, e.SeverityReason})
		})
	}
}
