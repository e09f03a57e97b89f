package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// A lack is how it shows that a statement of a run's policies is missing: who is refused which action on what, and where that is said.
type lack struct {
	who, action, resource string // HOME and MANAGEMENT stand for accounts, EACH for one that is neither
	said                  func(*testing.T, refusedRun) string
}

// A refusedRun is a run that lacked a permission.
type refusedRun struct {
	said
	*organization
	covered map[string]discern.Coverage
}

const (
	lackUser   = "arn:aws:iam::HOME:user/collector"
	lackLogs   = "arn:aws:iam::HOME:role/CT_AthenaRole"
	lackOrgs   = "arn:aws:iam::MANAGEMENT:role/CT_OrgsRole"
	lackIAM    = "arn:aws:iam::EACH:role/CT_IamReadOnly"
	lackTable  = "arn:aws:dynamodb:us-east-1:HOME:table/" + baselineTable
	lackBucket = "arn:aws:s3:::" + trailBucket
)

// lacks has each statement of the policies of a run that reads log files, by identity and Sid.
var lacks = map[string]lack{
	"caller AssumeTheRoleThatListsAccounts": {lackUser, "sts:AssumeRole", lackOrgs, ended},
	"caller AssumeTheRoleThatReadsTheLogs":  {lackUser, "sts:AssumeRole", lackLogs, ended},
	"caller AssumeTheRoleThatReadsIAM":      {lackUser, "sts:AssumeRole", lackIAM, warnedInEach},
	"caller ReadWhoMayAssumeRoles":          {lackUser, "iam:GetRole", "arn:aws:iam::HOME:role/app", warnedAtHome},
	"caller SeeInstancesAndTheirNetworks":   {lackUser, "ec2:DescribeInstances", "*", warnedAtHome},
	"caller SeeTheTable":                    {lackUser, "dynamodb:DescribeTable", lackTable, seenByDoctor}, // a run itself does without
	"caller ReadTheBaseline":                {lackUser, "dynamodb:BatchGetItem", lackTable, ended},
	"caller WriteTheBaseline":               {lackUser, "dynamodb:PutItem", lackTable, ended},
	"caller DropWhatIsDelivered":            {lackUser, "dynamodb:DeleteItem", lackTable, toldAndPending},
	"accounts ListTheAccounts":              {lackOrgs, "organizations:ListAccounts", "*", wentOn},
	"accounts SeeTheUnitsOfAccounts":        {lackOrgs, "organizations:ListRoots", "*", wentOn},
	"iam ReadWhoMayAssumeRoles":             {lackIAM, "iam:GetRole", "arn:aws:iam::EACH:role/app", warnedInEach},
	"iam SeeInstancesAndTheirNetworks":      {lackIAM, "ec2:DescribeInstances", "*", warnedInOne},
	"logs FindTheLogFiles":                  {lackLogs, "s3:ListBucket", lackBucket, ended},
	"logs ReadTheLogFiles":                  {lackLogs, "s3:GetObject", lackBucket + "/central/AWSLogs/", failedInEach},
}

// TestAWSAStatementLess takes one statement after the other from the policies of a run.
func TestAWSAStatementLess(t *testing.T) {
	o := organize(t, 6)
	o.workers(t)
	o.begin(t)
	for _, account := range []string{o.home, o.other().id} {
		stolen := deed{role: "app", session: o.instance(t, account), ip: "203.0.113.9", action: "s3.amazonaws.com:ListBuckets", at: today.Add(-10 * time.Minute)}
		o.deliver(t, account, stolen)
	}
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	g := o.policy(t, o.reaching()...)
	tried := 0
	for _, i := range g.Identities {
		for _, s := range i.PermissionPolicy.Statement {
			name := i.Identity + " " + s.Sid
			t.Run(name, func(t *testing.T) {
				tried++
				l, ok := lacks[name]
				require.True(t, ok, "no word on how it shows that this statement is missing")
				o.install(t, g, name, "")
				must(t, exitDone, "teardown", "--yes", "--dynamo-table-name", baselineTable)
				must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
				o.authorise(t, true)
				defer o.authorise(t, false)
				file := filepath.Join(t.TempDir(), "coverage.jsonl")
				r := refusedRun{said: at(t, today, o.detect(t.TempDir(), file)...), organization: o}
				if text, err := os.ReadFile(file); err == nil {
					r.covered = coverages(t, string(text))
				}
				text := l.said(t, r)
				for _, part := range []string{l.who, l.action, l.resource} {
					require.Contains(t, text, strings.NewReplacer("HOME", o.home, "MANAGEMENT", o.management, "EACH", o.other().id).Replace(part))
				}
			})
		}
	}
	require.Equal(t, len(lacks), tried, "a lack is of no statement")
}

// other is an account that is neither the user's nor the management account.
func (o *organization) other() member {
	for _, m := range o.members {
		if m.id != o.home && m.id != o.management {
			return m
		}
	}
	return member{}
}

// instance starts one in an account, whose credentials are its role's.
func (o *organization) instance(t *testing.T, account string) string {
	t.Helper()
	out, err := ec2sdk.NewFromConfig(o.in(account)).RunInstances(t.Context(), &ec2sdk.RunInstancesInput{ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
	require.NoError(t, err)
	return *out.Instances[0].InstanceId
}

// ended is a run that could not look at anything, and said why.
func ended(t *testing.T, r refusedRun) string {
	require.Equal(t, exitFailed, r.code, r.err)
	require.Empty(t, r.out)
	return r.err
}

// wentOn is a run that told all, and said what it did without.
func wentOn(t *testing.T, r refusedRun) string {
	require.Equal(t, exitDone, r.code, r.err)
	require.Len(t, r.told(t), len(r.members))
	return r.err
}

// told are the new actions told.
func (r refusedRun) told(t *testing.T) (some []discern.Event) {
	for _, e := range events(t, r.out) {
		if e.AnomalyType == discern.NewAction {
			some = append(some, e)
		}
	}
	return some
}

// warned wants warnings in the coverage of some accounts and of no others, and all told all the same.
func warned(t *testing.T, r refusedRun, in func(member) bool) (text string) {
	require.Equal(t, exitDone, r.code, r.err)
	require.Len(t, r.told(t), len(r.members))
	for _, m := range r.members {
		c := r.covered[m.id]
		require.Equal(t, discern.StatusOK, c.Status)
		require.Equal(t, in(m), len(c.Warnings) > 0, "account %s: %q", m.id, c.Warnings)
		text += strings.Join(c.Warnings, "\n")
	}
	return text
}

func warnedAtHome(t *testing.T, r refusedRun) string {
	return warned(t, r, func(m member) bool { return m.id == r.home })
}

// warnedInEach is said of all accounts but the user's own, where it asks itself.
func warnedInEach(t *testing.T, r refusedRun) string {
	return warned(t, r, func(m member) bool { return m.id != r.home })
}

func warnedInOne(t *testing.T, r refusedRun) string {
	return warned(t, r, func(m member) bool { return m.id == r.other().id })
}

// failedInEach is a run that could list files and read none.
func failedInEach(t *testing.T, r refusedRun) (text string) {
	require.Equal(t, exitFailed, r.code, r.err)
	for _, m := range r.members {
		c := r.covered[m.id]
		require.Equal(t, []string{discern.StatusFailed, discern.CodeAccessDenied}, []string{c.Status, c.ErrorCode}, m.id)
		require.Contains(t, c.NextStep, "grant s3:GetObject on "+lackBucket)
		text += c.Error
	}
	return text
}

// toldAndPending is a run that told all and could not put away what it told.
func toldAndPending(t *testing.T, r refusedRun) string {
	require.Equal(t, exitFailed, r.code, r.err)
	require.Len(t, r.told(t), len(r.members))
	require.Positive(t, r.covered["*"].Pending)
	return r.covered["*"].Error
}

func seenByDoctor(t *testing.T, r refusedRun) string {
	require.Equal(t, exitDone, r.code, r.err)
	s := at(t, today, append([]string{"doctor"}, r.reaching()...)...)
	require.Equal(t, exitPartly, s.code, s.err)
	return s.out
}

// TestAWSOneAccountsRoleWithoutItsPolicy: what is missing in one account is said of that one alone.
func TestAWSOneAccountsRoleWithoutItsPolicy(t *testing.T) {
	o := organize(t, 5)
	o.workers(t)
	o.begin(t)
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", baselineTable)
	g := o.policy(t, o.reaching()...)
	o.install(t, g, "", "")
	o.install(t, g, "iam ReadWhoMayAssumeRoles", o.other().id)
	o.authorise(t, true)
	r, told, covered := o.watched(t, exitDone, o.reaching()...)
	require.Len(t, told, len(o.members))
	for _, m := range o.members {
		if m.id == o.other().id {
			said := "arn:aws:iam::" + m.id + ":role/CT_IamReadOnly is refused iam:GetRole on arn:aws:iam::" + m.id + ":role/app"
			require.Contains(t, strings.Join(covered[m.id].Warnings, "\n"), said)
			require.Contains(t, r.err, said)
			continue
		}
		require.Empty(t, covered[m.id].Warnings)
		require.Equal(t, "Service", told[m.id][0].AssociationType)
	}
}

// TestAWSAnotherExternalID: a role that wants another one than was sent is named, and that it may be why.
func TestAWSAnotherExternalID(t *testing.T) {
	o := organize(t, 2)
	o.begin(t)
	o.install(t, o.policy(t, o.reaching()...), "", "")
	o.authorise(t, true)
	file := filepath.Join(t.TempDir(), "coverage.jsonl")
	r := must(t, exitFailed, o.detect(t.TempDir(), file, "--role-external-id", "another")...)
	require.Contains(t, r.err, o.userARN()+" is refused sts:AssumeRole on arn:aws:iam::"+o.home+":role/CT_AthenaRole")
	require.Contains(t, r.err, "wants another external id than the one sent (see role_external_id)")
	require.Contains(t, r.err, "; ct_anomaly policy prints all that is needed, and ct_anomaly doctor tries it")
	require.NotContains(t, r.err, "operation error")
	require.Empty(t, r.out)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	c := coverages(t, string(text))["*"]
	require.Equal(t, []string{discern.StatusFailed, discern.CodeAccessDenied, "logs"}, []string{c.Status, c.ErrorCode, c.Engine}, string(text))
	require.Contains(t, c.Error, "is refused sts:AssumeRole")
	require.Contains(t, c.NextStep, "ct_anomaly policy")
	require.NotEmpty(t, c.RunID)
}
