package main

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/policy"
)

// onBucket are the settings of an input that works through roles.
func (o *organization) onBucket(more map[string]string) map[string]string {
	params := map[string]string{"logs": "s3://" + trailBucket, "dynamo_table_name": baselineTable, "organizations_account_id": o.management, "athena_account_id": o.home,
		"role_external_id": externalID, "learning_days": "5", "config": "aws:\n  iam:\n    roleName: CT_IamReadOnly\n"}
	for name, value := range more {
		params[name] = value
	}
	return params
}

// TestAWSAnInput: its first run says what it found, what the history has and what was tried; then it reads it; later ones are live.
func TestAWSAnInput(t *testing.T) {
	o := organize(t, 6)
	o.workers(t)
	o.begin(t)
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	g := o.permit(t, policy.Run, o.reaching()...)
	in := anInput(t, o.onBucket(map[string]string{"interval": "900"}))

	// A history beyond what was agreed to is not read.
	in.params["history_consent_gigabytes"] = "0"
	waits := in.fired(t)
	whole := waits.whole(t)
	require.Equal(t, exitDone, waits.code, "there was nothing that could be told")
	require.Equal(t, []string{discern.StatusSkipped, discern.CodeBudget}, []string{whole.Status, whole.ErrorCode}, whole.Error)
	require.Empty(t, waits.events)
	require.Equal(t, 12, whole.LeftFiles)
	delete(in.params, "history_consent_gigabytes")

	// Nor does a run read anything that fails before it comes so far. What a first run says is said by the first that does.
	later := func(minutes time.Duration) heard {
		t.Helper()
		return stream(t, atWith(t.Context(), today.Add(minutes*time.Minute), t.TempDir(), strings.NewReader(in.xml(t))))
	}
	o.instead(func(c wireCall) *wireFault {
		if c.operation == "ListAccounts" {
			return &wireFault{500, "InternalError"}
		}
		return nil
	})
	require.Equal(t, discern.StatusFailed, later(5).whole(t).Status)
	o.instead(nil)

	first := later(10)
	require.Equal(t, exitDone, first.code, first.err)
	estimate := first.coverage[0]
	require.Equal(t, []string{"*", discern.StatusLearning}, []string{estimate.AccountID, estimate.Status})
	require.Equal(t, 12, estimate.LeftFiles)
	require.Contains(t, estimate.NextStep, "history to be read first: 11 days, 12 files")
	require.Len(t, first.coverage, 1+len(o.members)+1)
	require.Len(t, ids(t, first.events), len(o.members))
	for _, e := range first.events {
		require.Equal(t, []string{"prod", discern.ModeHistory, "s3.amazonaws.com:PutObject"}, []string{e.Input, e.Mode, e.Action})
	}
	whole = first.whole(t)
	require.Equal(t, discern.StatusOK, whole.Status, "%+v", whole)
	require.Zero(t, whole.LeftFiles)
	said := strings.Join(whole.Warnings, "\n")
	for _, found := range []string{"the trail's prefix is central", "it is the trail of organization " + o.id, "the bucket is in us-east-1", "6 accounts of the organization to look at", "log files of the regions us-east-1"} {
		require.Contains(t, said, "found: "+found)
	}
	tried := map[string]bool{}
	for _, c := range whole.Checks {
		tried[c.What] = true
		require.True(t, c.OK, "%+v", c)
	}
	for _, what := range []string{"credentials", "trail", "accounts", "reading role", "log files", "IAM role", "DynamoDB table"} {
		require.True(t, tried[what], "%s: %v", what, tried)
	}
	o.withinPolicy(t, g, o.taken())

	o.freely(t, func() {
		o.deliver(t, o.management, deed{role: "app", action: "s3.amazonaws.com:DeleteBucket", at: today.Add(5 * time.Minute)})
	})
	second := later(25)
	require.Len(t, second.events, 1, second.err)
	require.Equal(t, discern.ModeLive, second.events[0].Mode)
	require.Empty(t, second.whole(t).Checks, "they are for first runs and failed ones")
	require.Nil(t, second.coverage[0].History)
	o.withinPolicy(t, g, o.taken())
}

// TestAWSAnInputThatFails ends in a coverage that names what was refused, with what was tried.
func TestAWSAnInputThatFails(t *testing.T) {
	o := organize(t, 4)
	o.begin(t)
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	o.permit(t, policy.Run, o.reaching()...)
	in := anInput(t, o.onBucket(map[string]string{"role_external_id": "another"}))
	h := in.fired(t)
	require.Equal(t, exitFailed, h.code)
	require.Empty(t, h.events)
	whole := h.whole(t)
	require.Equal(t, []string{discern.StatusFailed, discern.CodeAccessDenied}, []string{whole.Status, whole.ErrorCode})
	require.Contains(t, whole.Error, "is refused sts:AssumeRole on arn:aws:iam::"+o.home+":role/CT_AthenaRole")
	require.Contains(t, whole.Error, "another external id than the one sent")
	require.Contains(t, whole.NextStep, "ct_anomaly policy")
	failed := slices.IndexFunc(whole.Checks, func(c discern.Check) bool { return !c.OK })
	require.GreaterOrEqual(t, failed, 0, "%v", whole.Checks)
	require.NotEmpty(t, whole.Checks[failed].Mend)
}

// TestAWSValidationTriesOut: with validate_live a fault is named by the field to mend, soon.
func TestAWSValidationTriesOut(t *testing.T) {
	o := organize(t, 4)
	o.begin(t)
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	o.permit(t, policy.Run, o.reaching()...)
	for _, c := range []struct {
		name   string
		change map[string]string
		says   []string // none: it can be saved
	}{
		{"all as it should be", nil, nil},
		{"another external id", map[string]string{"role_external_id": "another"}, []string{"athena_account_id: ", "another external id than the one sent (see role_external_id)"}},
		{"another role that reads", map[string]string{"athena_role_name": "Missing"}, []string{"athena_account_id: ", "role/Missing"}},
		{"another account of the role that lists accounts", map[string]string{"organizations_account_id": "999999999999"}, []string{"organizations_account_id: ", "999999999999"}},
		{"no such bucket", map[string]string{"logs": "s3://nobodys-bucket"}, []string{"logs: ", "nobodys-bucket"}},
		{"another prefix", map[string]string{"logs": "s3://" + trailBucket + "/elsewhere"}, []string{"logs: ", "elsewhere"}},
		{"no such table", map[string]string{"dynamo_table_name": "missing"}, []string{"dynamo_table_name: ", "missing"}},
		{"no such role that reads IAM", map[string]string{"config": "aws:\n  iam:\n    roleName: Missing\n"}, []string{"iam_role_name: "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			params := o.onBucket(c.change)
			params["validate_live"] = "1"
			var item strings.Builder
			for name, value := range params {
				item.WriteString(`<param name="` + name + `">`)
				require.NoError(t, xml.EscapeText(&item, []byte(value)))
				item.WriteString(`</param>`)
			}
			began := time.Now()
			h := doWith(t, `<items><server_uri>https://127.0.0.1:1</server_uri><session_key>k</session_key><checkpoint_dir>`+t.TempDir()+`</checkpoint_dir><item name="prod">`+
				item.String()+`</item></items>`, "--validate-arguments")
			require.Less(t, time.Since(began), 20*time.Second)
			if len(c.says) == 0 {
				require.Equal(t, exitDone, h.code, h.out)
				require.Empty(t, h.out)
				return
			}
			require.Equal(t, exitFailed, h.code, h.err)
			for _, says := range c.says {
				require.Contains(t, h.out, says)
			}
		})
	}
}
