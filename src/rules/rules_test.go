package rules

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/cloudtrail"
)

// The callers of the records below.
const (
	user     = `{"type":"IAMUser","principalId":"AIDAEXAMPLE000000001","arn":"arn:aws:iam::111122223333:user/ana","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE000000001","userName":"ana"}`
	root     = `{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333","accessKeyId":""}`
	instance = `{"type":"AssumedRole","principalId":"AROAEXAMPLE000000001:i-0123456789abcdef0","arn":"arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE000000001"}`
	person   = `{"type":"AssumedRole","principalId":"AROAEXAMPLE000000002:ana","arn":"arn:aws:sts::111122223333:assumed-role/admin/ana","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE000000002"}`
	saml     = `{"type":"SAMLUser","principalId":"x:ana@example.com","userName":"ana@example.com","identityProvider":"x"}`
	idc      = `{"type":"IdentityCenterUser","accountId":"111122223333","onBehalfOf":{"userId":"u-1","identityStoreArn":"arn:aws:identitystore::111122223333:identitystore/d-1"}}`
)

// record writes a record of an action by a caller, with more fields after them.
func record(action, identity string, more ...string) string {
	source, name, _ := strings.Cut(action, ":")
	fields := append([]string{
		`"eventVersion":"1.08","userIdentity":` + identity + `,"eventTime":"2026-03-01T10:00:00Z","eventSource":"` + source + `.amazonaws.com"`,
		`"eventName":"` + name + `","awsRegion":"eu-west-1","recipientAccountId":"111122223333"`,
	}, more...)
	return "{" + strings.Join(fields, ",") + "}"
}

// matches reads records and gives what all rules find in them.
func matches(t *testing.T, records ...string) []Match {
	t.Helper()
	var found []Match
	file := strings.NewReader(`{"Records":[` + strings.Join(records, ",") + `]}`)
	tally, err := cloudtrail.NewReader().Read(context.Background(), file, func(r *cloudtrail.Record) error {
		for _, rule := range All() {
			if m, ok := rule.Match(r); ok {
				require.Equal(t, rule.Name, m.Rule)
				found = append(found, m)
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, len(records), tally.Records, "a record of the test was not read")
	return found
}

func TestRules(t *testing.T) {
	const (
		from    = `"sourceIPAddress":"198.51.100.7"`
		denied  = `"errorCode":"AccessDenied","errorMessage":"not authorized"`
		failed  = `"errorCode":"TrailNotFoundException"`
		success = `"responseElements":{"ConsoleLogin":"Success"}`
		failure = `"responseElements":{"ConsoleLogin":"Failure"},"errorMessage":"Failed authentication"`
		without = `"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}`
		mfa     = `"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"Yes"}`
	)
	service := strings.Replace(root, `"accessKeyId":""`, `"invokedBy":"autoscaling.amazonaws.com"`, 1)
	console := strings.Replace(root, `"accessKeyId":""`, `"invokedBy":"signin.amazonaws.com"`, 1)
	stolen := Match{Rule: "instance_credentials", Instance: "i-0123456789abcdef0", Address: "198.51.100.7", Verdict: "literal"}
	named := func(name string) string { return strings.ReplaceAll(instance, "i-0123456789abcdef0", name) }
	for _, c := range []struct {
		name   string
		record string
		want   []Match
	}{
		{"nothing", record("iam:CreateUser", user), nil},
		{"no caller", record("iam:CreateUser", "null"), nil},

		{"trail deleted", record("cloudtrail:DeleteTrail", user), []Match{{Rule: "log_deletion"}}},
		{"deleting a trail denied", record("cloudtrail:DeleteTrail", user, denied), []Match{{Rule: "log_deletion"}}},
		{"deleting a trail failed", record("cloudtrail:DeleteTrail", user, failed), []Match{{Rule: "log_deletion"}}},
		{"log group deleted", record("logs:DeleteLogGroup", person), []Match{{Rule: "log_deletion"}}},
		{"log stream deleted by a service", record("logs:DeleteLogStream", `{"type":"AWSService","invokedBy":"ecs.amazonaws.com"}`), []Match{{Rule: "log_deletion"}}},
		{"something else deleted", record("s3:DeleteBucket", user), nil},
		{"logs looked at", record("logs:DescribeLogGroups", user), nil},
		{"another case", record("logs:deleteLogGroup", user), nil},
		{"a service of a similar name", record("evil-logs:DeleteLogGroup", user), nil},
		{"only its parameters say so", record("s3:PutObject", user, `"requestParameters":{"eventName":"DeleteTrail","eventSource":"cloudtrail.amazonaws.com"}`), nil},

		{"logging stopped", record("cloudtrail:StopLogging", user), []Match{{Rule: "stop_logging"}}},
		{"stopping the logging failed", record("cloudtrail:StopLogging", user, failed), []Match{{Rule: "stop_logging"}}},
		{"logging started", record("cloudtrail:StartLogging", user), nil},
		{"logging of another service stopped", record("directconnect:StopLogging", user), nil},

		{"instance", record("s3:ListBuckets", instance, from), []Match{stolen}},
		{"instance, denied", record("s3:ListBuckets", instance, from, denied), []Match{stolen}},
		{"instance of capital letters", record("s3:ListBuckets", named("i-786a3A8B"), from), []Match{{"instance_credentials", "i-786a3A8B", "198.51.100.7", "literal"}}},
		{"too short for an instance", record("s3:ListBuckets", named("i-0123456"), from), nil},
		{"no letter or digit", record("s3:ListBuckets", named("i-01234567-8"), from), nil},
		{"not at the end", record("s3:ListBuckets", named("i-0123456789abcdef0/x"), from), nil},
		{"no i", record("s3:ListBuckets", named("x-i-0123456789abcdef0"), from), nil},
		{"session of a person", record("s3:ListBuckets", person, from), nil},
		{"long-lived key", record("s3:ListBuckets", strings.Replace(instance, "ASIA", "AKIA", 1), from), nil},
		{"another kind of temporary key", record("s3:ListBuckets", strings.Replace(instance, "ASIA", "ASCA", 1), from), []Match{stolen}},
		{"no key", record("s3:ListBuckets", strings.Replace(instance, `"accessKeyId"`, `"key"`, 1), from), nil},
		{"not a role", record("s3:ListBuckets", strings.Replace(instance, "AssumedRole", "FederatedUser", 1), from), nil},
		{"instance deletes logs", record("logs:DeleteLogGroup", instance, from), []Match{{Rule: "log_deletion"}, stolen}},

		{"root", record("iam:CreateAccessKey", root, `"eventType":"AwsApiCall"`), []Match{{Rule: "root_activity"}}},
		{"root, denied", record("iam:ListUsers", root, denied), []Match{{Rule: "root_activity"}}},
		{"root in the console", record("ec2:CreateKeyPair", console), []Match{{Rule: "root_activity"}}},
		{"a service in root's name", record("ec2:RunInstances", service), nil},
		{"a service event", record("kms:RotateKey", root, `"eventType":"AwsServiceEvent"`), nil},
		{"a user called root", record("iam:ListUsers", strings.Replace(user, `"userName":"ana"`, `"userName":"root"`, 1)), nil},

		{"user without MFA", record("signin:ConsoleLogin", user, success, without), []Match{{Rule: "console_login_without_mfa"}}},
		{"user without MFA in capitals", record("signin:ConsoleLogin", user, success, strings.Replace(without, `MFAUsed":"No`, `MFAUsed":"NO`, 1)), []Match{{Rule: "console_login_without_mfa"}}},
		{"root without MFA", record("signin:ConsoleLogin", root, success, without), []Match{{Rule: "root_activity"}, {Rule: "console_login_without_mfa"}}},
		{"user with MFA", record("signin:ConsoleLogin", user, success, mfa), nil},
		{"nothing said about MFA", record("signin:ConsoleLogin", user, success), nil},
		{"failed", record("signin:ConsoleLogin", user, failure, without), nil},
		{"session of a role", record("signin:ConsoleLogin", person, success, without), nil},
		{"federated", record("signin:ConsoleLogin", saml, success, without), nil},
		{"Identity Center", record("signin:ConsoleLogin", idc, success, without), nil},
		{"another sign-in event", record("signin:CheckMfa", user, success, without), nil},
		{"another service", record("cognito:ConsoleLogin", user, success, without), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, matches(t, c.record))
		})
	}
}

func TestAllAreNamed(t *testing.T) {
	names := map[string]bool{}
	for _, rule := range All() {
		require.Regexp(t, `^[a-z_]+$`, rule.Name)
		require.False(t, names[rule.Name], rule.Name)
		require.NotEmpty(t, rule.About)
		names[rule.Name] = true
	}
}
