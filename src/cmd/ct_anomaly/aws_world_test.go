package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/policy"
	"cloudtrail_anomaly/src/policy/policytest"
)

// A member is an account of a test's organization.
type member struct{ id, name, owner, unit string }

// An organization is one on moto: its accounts lie in nested units, its trail delivers to a bucket, and a user in one of its accounts runs
// ct_anomaly.
type organization struct {
	*moto
	id         string
	management string
	home       string // the account of the user
	members    []member
	prefix     string            // of the trail, above AWSLogs/
	ids        map[string]string // of the role app by account, where IAM has one
	front      *athenatest.Front // of Athena and S3; nil where moto is S3 and there is no Athena
}

const (
	trailBucket   = "org-trail"
	baselineTable = "cloudtrail_anomaly"
	externalID    = "external-4711"
)

// organize makes an organization of so many accounts.
func organize(t *testing.T, accounts int) *organization {
	t.Helper()
	o := &organization{moto: startMoto(t), management: "210987654321", prefix: "central"}
	ctx, api := t.Context(), organizations.NewFromConfig(o.in(o.management))
	made, err := api.CreateOrganization(ctx, &organizations.CreateOrganizationInput{FeatureSet: orgtypes.OrganizationFeatureSetAll})
	require.NoError(t, err)
	o.id = *made.Organization.Id
	roots, err := api.ListRoots(ctx, nil)
	require.NoError(t, err)
	root := roots.Roots[0].Id
	unit := func(parent *string, name string) *string {
		out, err := api.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: parent, Name: &name})
		require.NoError(t, err)
		return out.OrganizationalUnit.Id
	}
	workloads := unit(root, "Workloads")
	units := []struct {
		id   *string
		path string
	}{{unit(unit(workloads, "Prod"), "Payments"), "Workloads/Prod/Payments"}, {unit(workloads, "Dev"), "Workloads/Dev"}, {unit(root, "Sandbox"), "Sandbox"}, {root, ""}}
	for i := range accounts - 1 {
		m := member{name: fmt.Sprintf("app-%02d", i), owner: fmt.Sprintf("team-%02d@example.com", i), unit: units[i%len(units)].path}
		out, err := api.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: &m.name, Email: &m.owner})
		require.NoError(t, err)
		m.id = *out.CreateAccountStatus.AccountId
		if to := units[i%len(units)].id; to != root {
			_, err = api.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: &m.id, SourceParentId: root, DestinationParentId: to})
			require.NoError(t, err)
		}
		o.members = append(o.members, m)
	}
	o.home = o.members[0].id
	o.members = append(o.members, member{id: o.management, name: "master", owner: "master@example.com"})
	slices.SortFunc(o.members, func(a, b member) int { return cmp.Compare(a.id, b.id) })
	o.bucket(t)
	o.user(t)
	return o
}

func (o *organization) bucket(t *testing.T) {
	t.Helper()
	_, err := s3.NewFromConfig(o.in(o.home), pathStyled).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(trailBucket)})
	require.NoError(t, err)
}

func pathStyled(o *s3.Options) { o.UsePathStyle = true }

// user makes the user that runs ct_anomaly, who may do nothing yet, and has commands run as him.
func (o *organization) user(t *testing.T) {
	t.Helper()
	api := iam.NewFromConfig(o.in(o.home))
	_, err := api.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("collector")})
	require.NoError(t, err)
	key, err := api.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("collector")})
	require.NoError(t, err)
	t.Setenv("AWS_ACCESS_KEY_ID", *key.AccessKey.AccessKeyId)
	t.Setenv("AWS_SECRET_ACCESS_KEY", *key.AccessKey.SecretAccessKey)
}

func (o *organization) userARN() string { return "arn:aws:iam::" + o.home + ":user/collector" }

// A deed is a record of a role that acts in an account.
type deed struct {
	account, role, session, action string // action as eventSource:eventName
	id                             string // of the role; else roleID's
	at                             time.Time
	ip                             string
}

// roleID is the unique id of a role in an account.
func roleID(role, account string) string { return "AROA" + strings.ToUpper(role) + account }

func (d deed) record() string {
	source, name, _ := strings.Cut(d.action, ":")
	session, ip := either(d.session, "worker"), either(d.ip, "192.0.2.1")
	key := either(d.id, roleID(d.role, d.account))
	return fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"%[1]s:%[2]s","arn":"arn:aws:sts::%[3]s:assumed-role/%[4]s/%[2]s",`+
		`"accountId":"%[3]s","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"%[1]s","arn":"arn:aws:iam::%[3]s:role/%[4]s",`+
		`"accountId":"%[3]s","userName":"%[4]s"}}},"eventTime":"%[5]s","eventSource":"%[6]s","eventName":"%[7]s","awsRegion":"us-east-1","sourceIPAddress":"%[8]s",`+
		`"userAgent":"aws-cli/2","eventID":"%[5]s-%[3]s-%[4]s-%[7]s","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%[3]s",`+
		`"eventCategory":"Management"}`, key, session, d.account, d.role, d.at.UTC().Format(time.RFC3339), source, name, ip)
}

// deliver puts a log file of an account where the trail does, five minutes after the first of the deeds in it.
func (o *organization) deliver(t *testing.T, account string, deeds ...deed) string {
	t.Helper()
	records := make([]string, len(deeds))
	for i, d := range deeds {
		if d.account = account; d.role == "app" {
			d.id = o.ids[account]
		}
		records[i] = d.record()
	}
	at := deeds[0].at.UTC().Add(5 * time.Minute)
	key := path.Join(o.prefix, "AWSLogs", o.id, account, "CloudTrail/us-east-1", at.Format("2006/01/02"),
		fmt.Sprintf("%s_CloudTrail_us-east-1_%sZ_%016d.json.gz", account, at.Format("20060102T1504"), len(records)))
	o.put(t, key, zipped(document(records...)))
	return key
}

func (o *organization) put(t *testing.T, key string, data []byte) {
	t.Helper()
	if o.front != nil {
		o.front.Put(trailBucket, key, data)
		return
	}
	_, err := s3.NewFromConfig(o.in(o.home), pathStyled).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(trailBucket), Key: &key, Body: bytes.NewReader(data)})
	require.NoError(t, err)
}

// begin has each account's role app list buckets since ten days, and put an object for the first time yesterday.
func (o *organization) begin(t *testing.T) {
	t.Helper()
	for _, m := range o.members {
		o.deliver(t, m.id, deed{role: "app", action: "s3.amazonaws.com:ListBuckets", at: today.AddDate(0, 0, -10)})
		o.deliver(t, m.id, deed{role: "app", action: "s3.amazonaws.com:ListBuckets", at: today.AddDate(0, 0, -1)},
			deed{role: "app", action: "s3.amazonaws.com:PutObject", at: today.AddDate(0, 0, -1).Add(time.Second)})
	}
}

// reaching are the flags of a collector that works through roles.
func (o *organization) reaching() []string {
	return []string{"--logs", "s3://" + trailBucket, "--dynamo-table-name", baselineTable, "--organizations-account-id", o.management, "--athena-account-id", o.home,
		"--iam-role-name", "CT_IamReadOnly", "--role-external-id", externalID}
}

// detect are the arguments of a run.
func (o *organization) detect(state, coverage string, more ...string) []string {
	return slices.Concat([]string{"detect", "anomaly", "--output", "json", "--coverage", coverage, "--learning-days", "5", "--principal-learning-days", "1", "--state", state}, o.reaching(), more)
}

// granted is what ct_anomaly policy prints.
type granted struct {
	Purpose    policy.Purpose
	Identities []struct {
		Identity, ARN                 string
		PermissionPolicy, TrustPolicy *policy.Policy
	}
}

func (o *organization) policy(t *testing.T, args ...string) granted {
	t.Helper()
	var g granted
	require.NoError(t, json.Unmarshal([]byte(must(t, exitDone, append([]string{"policy", "--format", "json"}, args...)...).out), &g))
	return g
}

// install gives each identity its policies, but for the statement without (identity and Sid), in the one account given or in all.
func (o *organization) install(t *testing.T, g granted, without, only string) {
	t.Helper()
	for _, i := range g.Identities {
		statements := slices.Clone(i.PermissionPolicy.Statement)
		permissions := motoPolicy(t, slices.DeleteFunc(statements, func(s policy.Statement) bool { return i.Identity+" "+s.Sid == without }))
		if i.Identity == policy.Caller {
			_, err := iam.NewFromConfig(o.in(o.home)).PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: aws.String("collector"), PolicyName: aws.String("run"), PolicyDocument: permissions})
			require.NoError(t, err)
			continue
		}
		part := strings.Split(i.ARN, ":")
		for _, m := range o.members {
			if part[4] != "*" && part[4] != m.id || only != "" && only != m.id {
				continue
			}
			o.role(t, m.id, strings.TrimPrefix(part[5], "role/"), motoPolicy(t, i.TrustPolicy.Statement), permissions)
		}
	}
}

// motoPolicy is a policy as moto takes it. One without a statement is none for IAM, so it allows what does not exist.
func motoPolicy(t *testing.T, statements []policy.Statement) *string {
	t.Helper()
	if len(statements) == 0 {
		statements = []policy.Statement{{Effect: "Allow", Action: []string{"s3:GetBucketWebsite"}, Resource: []string{"arn:aws:s3:::nothing"}}}
	}
	text, err := json.Marshal(policy.Policy{Version: "2012-10-17", Statement: policytest.ForMoto(statements)})
	require.NoError(t, err)
	return aws.String(string(text))
}

func (o *organization) role(t *testing.T, account, name string, trust, permissions *string) {
	t.Helper()
	api := iam.NewFromConfig(o.in(account))
	if _, err := api.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &name}); err != nil {
		_, err := api.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: trust})
		require.NoError(t, err)
	}
	_, err := api.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("run"), PolicyDocument: permissions})
	require.NoError(t, err)
}

// workers makes the role that acts in each account, so that IAM can tell of it: what is delivered from then on has IAM's id of it.
func (o *organization) workers(t *testing.T) {
	t.Helper()
	o.ids = map[string]string{}
	for _, m := range o.members {
		o.ids[m.id] = o.worker(t, m.id)
	}
}

func (o *organization) worker(t *testing.T, account string) (id string) {
	t.Helper()
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	client := iam.NewFromConfig(o.in(account))
	made, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("app"), AssumeRolePolicyDocument: aws.String(trust)})
	var there *iamtypes.EntityAlreadyExistsException // it was made, and the answer lost: the SDK has asked once more
	if errors.As(err, &there) {
		found, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("app")})
		require.NoError(t, err)
		return *found.Role.RoleId
	}
	require.NoError(t, err)
	return *made.Role.RoleId
}

// at runs a command at a time.
func at(t *testing.T, now time.Time, args ...string) said {
	t.Helper()
	return atWith(t.Context(), now, t.TempDir(), nil, args...)
}

func atWith(ctx context.Context, now time.Time, home string, in io.Reader, args ...string) said {
	var out, err bytes.Buffer
	if in == nil {
		in = strings.NewReader("")
	}
	d := &door{in: in, out: &out, err: &err, now: func() time.Time { return now }, home: func() (string, error) { return home, nil }}
	code := d.enter(ctx, args)
	return said{code, out.String(), err.String()}
}

// coverages reads coverage by account; the run's is that of "*".
func coverages(t *testing.T, text string) map[string]discern.Coverage {
	t.Helper()
	by := map[string]discern.Coverage{}
	for _, line := range lines(t, text) {
		var c discern.Coverage
		require.NoError(t, json.Unmarshal([]byte(line), &c), line)
		by[c.AccountID] = c
	}
	return by
}
