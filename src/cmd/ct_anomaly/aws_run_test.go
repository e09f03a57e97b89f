package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/policy"
)

// TestAWSARunOnItsOwnPolicies: an organization of 30 accounts is learnt and watched by a collector that has the roles and policies that
// ct_anomaly policy prints, and nothing else.
func TestAWSARunOnItsOwnPolicies(t *testing.T) {
	const accounts = 30
	o := organize(t, accounts)
	o.workers(t)
	o.begin(t)
	onInstance := o.other().id
	o.deliver(t, onInstance, deed{role: "app", session: o.instance(t, onInstance), ip: "203.0.113.9", action: "s3.amazonaws.com:ListBuckets", at: today.Add(-10 * time.Minute)})
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	g := o.policy(t, o.reaching()...)
	o.install(t, g, "", "")
	o.authorise(t, true)
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "coverage.jsonl")
	o.taken()

	run := func(now time.Time) ([]discern.Event, map[string]discern.Coverage, []wireCall) {
		t.Helper()
		s := at(t, now, o.detect(state, file)...)
		require.Equal(t, exitDone, s.code, s.err)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		calls := o.taken()
		o.withinPolicy(t, g, calls)
		return events(t, s.out), coverages(t, string(text)), calls
	}

	told, covered, calls := run(today)
	require.Equal(t, accounts, len(ids(t, told)))
	require.Len(t, covered, accounts+1)
	require.Equal(t, 2, times(calls, "organizations:ListAccounts"), "it gives 20 at once")
	for _, asked := range []string{"ec2:DescribeInstances", "ec2:DescribeNatGateways", "iam:GetRole", "organizations:ListAccountsForParent"} {
		require.Positive(t, times(calls, asked), asked)
	}
	by := map[string]discern.Event{}
	for _, e := range told {
		by[e.AccountID] = e
	}
	for _, m := range o.members {
		e, c := by[m.id], covered[m.id]
		require.Equal(t, []string{"s3.amazonaws.com:PutObject", discern.NewAction}, []string{e.Action, e.AnomalyType}, m.id)
		require.Equal(t, []string{m.name, m.owner, m.unit}, []string{e.AccountName, e.AccountOwner, e.BusinessUnit}, m.id)
		require.Equal(t, "Service", e.AssociationType, "%s: %q", m.id, c.Warnings)
		require.Equal(t, []string{m.name, discern.StatusOK}, []string{c.AccountName, c.Status}, "%+v", c)
		require.Empty(t, c.Warnings)
	}
	require.Equal(t, discern.StatusOK, covered["*"].Status, "%+v", covered["*"])
	require.True(t, covered["*"].BaselineStarted)

	// Two accounts have a file more; the others were quiet. In one of the two the role that acted was made again since.
	busy := []member{o.members[3], o.members[17]}
	later := today.Add(20 * time.Minute)
	for _, m := range busy {
		o.freely(t, func() {
			o.deliver(t, m.id, deed{role: "app", action: "s3.amazonaws.com:DeleteBucket", at: today.Add(5 * time.Minute)})
		})
	}
	o.freely(t, func() {
		_, err := iam.NewFromConfig(o.in(busy[0].id)).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("app")})
		require.NoError(t, err)
		o.worker(t, busy[0].id)
	})
	told, covered, calls = run(later)
	require.Len(t, told, len(busy))
	for _, e := range told {
		require.Equal(t, "s3.amazonaws.com:DeleteBucket", e.Action)
		require.True(t, slices.ContainsFunc(busy, func(m member) bool { return m.id == e.AccountID }))
		if again := e.AccountID == busy[0].id; again {
			require.Empty(t, e.AssociationType+e.RoleCreated, "of another role nothing is told")
			require.Contains(t, strings.Join(covered[e.AccountID].Warnings, "\n"), "another role of its name is there now")
			continue
		}
		require.Equal(t, "Service", e.AssociationType)
	}
	for _, m := range o.members {
		want := discern.StatusNoFiles
		if slices.Contains(busy, m) {
			want = discern.StatusOK
		}
		require.Equal(t, want, covered[m.id].Status)
		requireFewCalls(t, calls, m.id, covered[m.id].Files)
	}
	require.LessOrEqual(t, len(elsewhere(calls)), 7, "to find the trail, and whose logs are in it: %v", elsewhere(calls))

	told, covered, _ = run(later.Add(15 * time.Minute))
	require.Empty(t, told, "nothing is told twice")
	require.Equal(t, discern.StatusNoFiles, covered["*"].Status)
}

// times is how often an operation was called.
func times(calls []wireCall, name string) (n int) {
	for _, c := range calls {
		if c.name() == name {
			n++
		}
	}
	return n
}

// requireFewCalls: a later run lists an account's regions and the newest of each, and reads what is new once for its records and once more for
// evidence at most.
func requireFewCalls(t *testing.T, calls []wireCall, account string, files int) {
	t.Helper()
	list, get := 0, 0
	for _, c := range calls {
		switch {
		case accountIn(c.path) != account:
		case c.operation == "ListObjectsV2":
			list++
		case c.operation == "GetObject":
			get++
		}
	}
	require.LessOrEqual(t, list, 2, "of account %s: its regions, and its one region", account)
	require.LessOrEqual(t, get, 2*files, "of account %s", account)
}

// elsewhere are the calls of S3 that ask for no account's files.
func elsewhere(calls []wireCall) (some []string) {
	for _, c := range calls {
		if c.service == "s3" && accountIn(c.path) == "" {
			some = append(some, c.operation+" "+c.path)
		}
	}
	return some
}

// withinPolicy holds what was called, by whom, against the policies of whoever called.
func (o *organization) withinPolicy(t *testing.T, g granted, calls []wireCall) {
	t.Helper()
	require.NotEmpty(t, calls)
	for _, c := range calls {
		actions := g.actions(o, c.who)
		require.NotEmpty(t, actions, "%s called %s", c.who, c.name())
		require.NotEqual(t, 403, c.status, "%s by %s", c.name(), c.who)
		asked := false
		for _, known := range policy.Calls {
			operation, part, _ := strings.Cut(known.Operation, ".")
			if known.Service+":"+operation != c.name() || !known.In(g.Purpose) {
				continue
			}
			asked = true
			for _, action := range known.Asks() {
				require.Contains(t, actions, action, "%s%s by %s", c.name(), part, either(c.who, "the caller"))
			}
		}
		require.True(t, asked, "%s is called and no part of %s", c.name(), g.Purpose)
	}
}

// actions are those that the policy of an identity allows.
func (g granted) actions(o *organization, arn string) (actions []string) {
	for _, i := range g.Identities {
		head, tail, any := strings.Cut(i.ARN, "*")
		if i.Identity == policy.Caller && (arn == "" || arn == o.userARN()) || i.ARN == arn || any && strings.HasPrefix(arn, head) && strings.HasSuffix(arn, tail) {
			for _, s := range i.PermissionPolicy.Statement {
				actions = append(actions, s.Action...)
			}
		}
	}
	return actions
}
