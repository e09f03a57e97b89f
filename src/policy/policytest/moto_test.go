package policytest

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/policy"
)

const home = "123456789012" // moto's own account

func plan() policy.Plan {
	return policy.Plan{
		Region: "eu-west-1", Account: home, Principal: "arn:aws:iam::" + home + ":user/base", Organization: "o-abcdef1234", ExternalID: "external-4711",
		Reader: policy.Role{Account: home, Name: "CT_AthenaRole"}, Trail: policy.Bucket{Name: "all-trails"},
		Athena: true, Results: policy.Bucket{Name: "results"}, Table: "cloudtrail_anomaly",
	}
}

// authorising starts a moto that lets the first calls through, and then only what policies allow.
func authorising(t *testing.T, free int) string {
	command := os.Getenv("CT_MOTO_COMMAND")
	if command == "" {
		t.Skip("CT_MOTO_COMMAND names no moto_server; make check-aws installs one")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	require.NoError(t, listener.Close())
	server := exec.Command(command, "-H", "127.0.0.1", "-p", port)
	server.Env = append(os.Environ(), "INITIAL_NO_AUTH_ACTION_COUNT="+strconv.Itoa(free))
	require.NoError(t, server.Start())
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	return "http://127.0.0.1:" + port
}

func open(t *testing.T, endpoint string, keys awscall.Keys, externalID string) *awscall.Caller {
	caller, err := awscall.Open(t.Context(), awscall.Options{
		EndpointURL: endpoint, Region: "eu-west-1", Keys: keys, ExternalID: awscall.Secret(externalID), MaxAttempts: 1,
	})
	require.NoError(t, err)
	return caller
}

// world makes the user and the role with the policies of a run, less one statement, and gives the caller.
func world(t *testing.T, less, externalID string) *awscall.Caller {
	endpoint := authorising(t, 6)
	root := open(t, endpoint, awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}, "").Base()
	client := iam.NewFromConfig(root)
	_, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("base")})
	require.NoError(t, err)
	key, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("base")})
	require.NoError(t, err)
	all := policy.Identities(plan(), policy.Run)
	document := func(statements []policy.Statement) *string {
		statements = slices.DeleteFunc(slices.Clone(statements), func(s policy.Statement) bool { return s.Sid == less })
		text, err := json.Marshal(policy.Policy{Version: "2012-10-17", Statement: ForMoto(statements)})
		require.NoError(t, err)
		return aws.String(string(text))
	}
	_, err = client.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: aws.String("base"), PolicyName: aws.String("p"), PolicyDocument: document(all[0].Permissions)})
	require.NoError(t, err)
	_, err = client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("CT_AthenaRole"), AssumeRolePolicyDocument: document(all[1].Trust)})
	require.NoError(t, err)
	_, err = client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String("CT_AthenaRole"), PolicyName: aws.String("p"), PolicyDocument: document(all[1].Permissions)})
	require.NoError(t, err)
	_, err = s3.NewFromConfig(root).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("all-trails"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}})
	require.NoError(t, err)
	return open(t, endpoint, awscall.Keys{
		AccessKeyID: awscall.Secret(*key.AccessKey.AccessKeyId), SecretAccessKey: awscall.Secret(*key.AccessKey.SecretAccessKey)}, externalID)
}

// tries carries out a call of each kind as who it is meant for, and gives what was refused.
func tries(t *testing.T, caller *awscall.Caller) (refused []string) {
	ctx := t.Context()
	note := func(err error) {
		var r *awscall.Refused
		if awscall.Denied(err) {
			require.ErrorAs(t, err, &r)
			refused = append(refused, r.Action)
		}
	}
	reader, err := caller.As(ctx, home, "CT_AthenaRole")
	if note(err); err != nil {
		return refused
	}
	files, queries, table := s3.NewFromConfig(reader), athena.NewFromConfig(reader), dynamodb.NewFromConfig(caller.Base())
	for _, call := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := files.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("all-trails")})
			return err
		},
		func(ctx context.Context) error {
			_, err := files.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("all-trails")})
			return err
		},
		func(ctx context.Context) error {
			_, err := queries.GetWorkGroup(ctx, &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
			return err
		},
		func(ctx context.Context) error {
			_, err := table.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("cloudtrail_anomaly")})
			return err
		},
		func(ctx context.Context) error {
			_, err := table.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String("cloudtrail_anomaly")})
			return err
		},
	} {
		note(call(ctx))
	}
	return refused
}

func TestMotoTakesThePolicies(t *testing.T) {
	require.Equal(t, []string{"dynamodb:DeleteTable"}, tries(t, world(t, "", "external-4711")), "a run may not delete the table")
}

func TestAStatementLess(t *testing.T) {
	for less, want := range map[string][]string{
		"FindTheLogFiles":               {"s3:ListBucket", "s3:ListBucket", "dynamodb:DeleteTable"},
		"RunQueries":                    {"athena:GetWorkGroup", "dynamodb:DeleteTable"},
		"SeeTheTable":                   {"dynamodb:DescribeTable", "dynamodb:DeleteTable"},
		"AssumeTheRoleThatReadsTheLogs": {"sts:AssumeRole"},
	} {
		require.Equal(t, want, tries(t, world(t, less, "external-4711")), less)
	}
	require.Equal(t, []string{"sts:AssumeRole"}, tries(t, world(t, "", "another")), "with another external id")
}
