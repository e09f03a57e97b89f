package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/policy"
)

// TestAWSNothingButABucket: prefix, organization, accounts, regions and roles are found and said, by the management account's user and by one of
// another account, with the policies that were printed from as little.
func TestAWSNothingButABucket(t *testing.T) {
	o := organize(t, 6)
	o.begin(t)
	logs := []string{"--logs", "s3://" + trailBucket}
	for name, c := range map[string]struct{ home, lister string }{
		"in the management account": {o.management, "arn:aws:iam::" + o.management + ":user/collector"},
		"in another account":        {o.other().id, "its role CT_OrgsRole"},
	} {
		t.Run(name, func(t *testing.T) {
			o.authorise(t, false)
			o.home = c.home
			o.user(t)
			g := o.policy(t, logs...)
			o.install(t, g, "", "")
			o.authorise(t, true)
			o.taken()
			file := filepath.Join(t.TempDir(), "coverage.jsonl")
			detect := append([]string{"detect", "anomaly", "--output", "json", "--coverage", file, "--state", t.TempDir(), "--learning-days", "5"}, logs...)
			r := must(t, exitDone, detect...)
			o.withinPolicy(t, g, o.taken())
			for _, found := range []string{"the trail's prefix is central", "it is the trail of organization " + o.id, "the bucket is in us-east-1", o.userARN() + " reads the log files",
				"the management account is " + o.management + "; " + c.lister + " is asked for the accounts", "6 accounts of the organization to look at",
				"log files of the regions us-east-1"} {
				require.Contains(t, r.err, "found: "+found)
			}
			require.Less(t, strings.LastIndex(r.err, "found: "), strings.Index(r.err, "Received 6 accounts"))
			require.Regexp(t, `To be read first: 11 days, 12 files, .*; less than 0.01 USD`, r.err)
			require.Len(t, events(t, r.out), len(o.members))
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range o.members {
				require.Equal(t, m.name, coverages(t, string(text))[m.id].AccountName)
			}
			d := must(t, exitDone, append([]string{"doctor"}, logs...)...)
			require.NotContains(t, d.out, "FAILED")
			o.withinPolicy(t, g, o.taken())
			again := at(t, today.Add(time.Hour), detect...)
			require.Equal(t, exitDone, again.code, again.err)
			require.NotContains(t, again.err, "found: ", "it was said")
			require.NotContains(t, again.err, "To be read first")
		})
	}
}

func TestAWSAnAccountWithoutOrganization(t *testing.T) {
	o := alone(t)
	for i, days := range []int{-10, -1} {
		o.deliver(t, o.home, deed{role: "app", action: []string{"s3.amazonaws.com:ListBuckets", "s3.amazonaws.com:PutObject"}[i], at: today.AddDate(0, 0, days)})
	}
	logs := []string{"--logs", "s3://" + trailBucket}
	g := o.policy(t, logs...)
	o.install(t, g, "", "")
	o.authorise(t, true)
	o.taken()
	detect := append([]string{"detect", "anomaly", "--output", "json", "--state", t.TempDir(), "--learning-days", "5"}, logs...)
	waits := do(t, append(detect, "--history-consent-gigabytes", "0")...)
	require.Empty(t, waits.out)
	require.Contains(t, waits.err, "the history has 2 files in 11 days")
	r := must(t, exitDone, detect...)
	require.Len(t, events(t, r.out), 1)
	require.Contains(t, r.err, "the accounts are the 1 that have a folder in the bucket, without names")
	require.NotContains(t, r.err, "found: it is the trail of organization")
	o.withinPolicy(t, g, o.taken())
	d := must(t, exitDone, append([]string{"doctor"}, logs...)...)
	require.Contains(t, d.out, "1 account to look at")
}

// alone is an account that is in no organization, with a trail of its own.
func alone(t *testing.T) *organization {
	t.Helper()
	o := &organization{moto: startMoto(t), home: "345678901234"}
	o.members = []member{{id: o.home}}
	o.bucket(t)
	o.user(t)
	return o
}

func TestAWSABucketWithSeveralTrails(t *testing.T) {
	o := alone(t)
	for _, prefix := range []string{"old", "new"} {
		o.prefix = prefix
		o.deliver(t, o.home, deed{role: "app", action: "s3.amazonaws.com:ListBuckets", at: today.AddDate(0, 0, -1)})
	}
	detect := []string{"detect", "anomaly", "--output", "json", "--state", t.TempDir(), "--logs"}
	r := must(t, exitFailed, append(detect, "s3://"+trailBucket)...)
	require.Contains(t, r.err, "s3://"+trailBucket+"/new/AWSLogs/")
	require.Contains(t, r.err, "s3://"+trailBucket+"/old/AWSLogs/")
	require.Empty(t, r.out)
	must(t, exitDone, append(detect, "s3://"+trailBucket+"/new")...)
	d := must(t, exitPartly, "doctor", "--logs", "s3://"+trailBucket)
	require.Contains(t, d.out, "give cloudtrail_prefix")
}

// TestAWSAPolicyOfATableAlone: who has nothing but a table lists no accounts.
func TestAWSAPolicyOfATableAlone(t *testing.T) {
	o := alone(t)
	for _, i := range o.policy(t, "--dynamo-table-name", baselineTable).Identities {
		require.Equal(t, policy.Caller, i.Identity)
		for _, s := range i.PermissionPolicy.Statement {
			for _, action := range s.Action {
				require.True(t, strings.HasPrefix(action, "dynamodb:"), action)
			}
		}
	}
}

// TestAWSWhoIsRefusedTheOrganization: a user of another account than the management one who may not take on the role there looks at the accounts
// found in the bucket, and says why they have no names.
func TestAWSWhoIsRefusedTheOrganization(t *testing.T) {
	o := organize(t, 4)
	o.begin(t)
	logs := []string{"--logs", "s3://" + trailBucket}
	g := o.policy(t, logs...)
	o.install(t, g, "caller AssumeTheRoleThatListsAccounts", "")
	o.authorise(t, true)
	r := must(t, exitDone, append([]string{"detect", "anomaly", "--output", "json", "--state", t.TempDir(), "--learning-days", "5"}, logs...)...)
	require.Len(t, events(t, r.out), len(o.members))
	require.Contains(t, r.err, "the accounts are the 4 that have a folder in the bucket, without names")
	require.Contains(t, r.err, o.userARN()+" is refused sts:AssumeRole on arn:aws:iam::"+o.management+":role/CT_OrgsRole")
	for _, e := range events(t, r.out) {
		require.Equal(t, discern.NewAction, e.AnomalyType)
		require.Empty(t, e.AccountName)
	}
	d := must(t, exitDone, append([]string{"doctor"}, logs...)...)
	require.Regexp(t, `(?m)^organization +Organizations +warning +Organizations could not be asked, so the accounts are the 4 that have a folder in the bucket, without names$`, d.out)
	require.Equal(t, 1, strings.Count(d.out, "  -> "), d.out)
	require.Contains(t, d.out, "  -> give organizations_account_id")
}

// TestAWSWhoIsNotOfTheOrganization: accounts whose logs lie in the bucket, or are named by a queue, are not judged where the organization does not
// know them, or nobody is to look at them; and that is said.
func TestAWSWhoIsNotOfTheOrganization(t *testing.T) {
	const outsider = "999988887777"
	o := organize(t, 3)
	queue, _ := o.notify(t)
	o.begin(t)
	o.deliver(t, outsider, deed{role: "app", action: "s3.amazonaws.com:ListBuckets", at: today.AddDate(0, 0, -10)},
		deed{role: "app", action: "s3.amazonaws.com:PutObject", at: today.AddDate(0, 0, -1)})
	for place, says := range map[string]string{
		"s3://" + trailBucket: "not looked at: 1 account with log files in the bucket that the organization does not know (" + outsider + ")",
		queue:                 `"of account ` + outsider + `, which is not asked for":1`,
	} {
		detect := []string{"detect", "anomaly", "--output", "json", "--state", t.TempDir(), "--learning-days", "5", "--run-timeout", "10s", "--logs", place}
		r := at(t, today, detect...)
		require.Equal(t, exitDone, r.code, r.err)
		require.NotContains(t, r.out, outsider)
		require.Len(t, events(t, r.out), len(o.members))
		require.Contains(t, r.err, says)
	}
	var excluded []string
	for _, m := range o.members {
		excluded = append(excluded, m.id)
	}
	r := must(t, exitFailed, "detect", "anomaly", "--state", t.TempDir(), "--logs", "s3://"+trailBucket, "--exclude-accounts", strings.Join(excluded, ","))
	require.Contains(t, r.err, "--exclude-accounts")
}

// TestAWSATableIsInOrderOfTime, whichever account is looked at first.
func TestAWSATableIsInOrderOfTime(t *testing.T) {
	o := organize(t, 4)
	for i, m := range o.members {
		o.deliver(t, m.id, deed{role: "app", action: "s3.amazonaws.com:ListBuckets", at: today.AddDate(0, 0, -10)})
		o.deliver(t, m.id, deed{role: "app", action: "s3.amazonaws.com:PutObject", at: today.Add(-time.Duration(i+1) * time.Hour)})
	}
	r := at(t, today, "detect", "anomaly", "--state", t.TempDir(), "--learning-days", "5", "--logs", "s3://"+trailBucket)
	require.Equal(t, exitDone, r.code, r.err)
	rows := strings.Split(strings.TrimSpace(r.out), "\n")
	require.Len(t, rows, 1+len(o.members), "one table")
	require.True(t, slices.IsSorted(rows[1:]), r.out)
}
