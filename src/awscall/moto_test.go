package awscall

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// authorising starts moto so that it checks keys, policies and trust after the first free requests.
func authorising(t *testing.T, free int) string {
	t.Helper()
	command := os.Getenv("CT_MOTO_COMMAND")
	if command == "" {
		t.Skip("CT_MOTO_COMMAND is not set: it is the path of moto_server, see check/aws.sh")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	moto := exec.CommandContext(ctx, command, "-H", "127.0.0.1", "-p", port)
	moto.Env = append(os.Environ(), fmt.Sprintf("INITIAL_NO_AUTH_ACTION_COUNT=%d", free))
	require.NoError(t, moto.Start())
	t.Cleanup(func() {
		cancel()
		_ = moto.Wait()
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	return "http://" + address
}

const (
	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/soc"},"Action":"sts:AssumeRole",` +
		`"Condition":{"StringEquals":{"sts:ExternalId":"right"}}}]}`
	mayAssume    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`
	mayListTrail = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::trail-of-222222222222"}]}`
)

// prepare makes in account 222222222222 a role that may list one of two buckets, and in moto's own account a user who may assume it and a role
// that trusts him with the external id: moto checks the trust of roles in the caller's account only. Its eight requests are moto's free ones.
func prepare(t *testing.T, url string) Keys {
	ctx := t.Context()
	free := open(t, Options{EndpointURL: url, Region: "us-east-1"})
	there, err := free.assumeUnasked(ctx, "arn:aws:iam::222222222222:role/setup") // 1
	require.NoError(t, err)
	_, err = iam.NewFromConfig(there).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Reader"), AssumeRolePolicyDocument: aws.String(trust)}) // 2
	require.NoError(t, err)
	_, err = iam.NewFromConfig(there).PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("Reader"), PolicyName: aws.String("p"),
		PolicyDocument: aws.String(mayListTrail)}) // 3
	require.NoError(t, err)
	_, err = s3.NewFromConfig(there).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("trail-of-222222222222")}) // 4
	require.NoError(t, err)
	here := iam.NewFromConfig(free.Base())
	_, err = here.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("soc")}) // 5
	require.NoError(t, err)
	_, err = here.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("soc"), PolicyName: aws.String("p"), PolicyDocument: aws.String(mayAssume)}) // 6
	require.NoError(t, err)
	_, err = here.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Careful"), AssumeRolePolicyDocument: aws.String(trust)}) // 7
	require.NoError(t, err)
	key, err := here.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("soc")}) // 8
	require.NoError(t, err)
	return Keys{AccessKeyID: Secret(*key.AccessKey.AccessKeyId), SecretAccessKey: Secret(*key.AccessKey.SecretAccessKey)}
}

// assumeUnasked is As without the question who calls, which would cost one of the free requests.
func (c *Caller) assumeUnasked(ctx context.Context, role string) (aws.Config, error) {
	cfg := c.role(role)
	_, err := cfg.Credentials.Retrieve(ctx)
	return cfg, err
}

func TestRolesOnMoto(t *testing.T) {
	bareEnvironment(t)
	url := authorising(t, 8)
	o := Options{EndpointURL: url, Region: "us-east-1", Keys: prepare(t, url), ExternalID: "right"}
	c := open(t, o)
	who, err := c.Who(t.Context())
	require.NoError(t, err)
	require.Equal(t, Identity{"123456789012", "arn:aws:iam::123456789012:user/soc", "aws"}, who)

	reader, err := c.As(t.Context(), "222222222222", "Reader")
	require.NoError(t, err)
	_, err = s3.NewFromConfig(reader).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("trail-of-222222222222")})
	require.NoError(t, err)

	const role = "arn:aws:iam::222222222222:role/Reader"
	for name, tc := range map[string]struct {
		call             func(aws.Config) error
		action, resource string
	}{
		"another bucket": {func(cfg aws.Config) error {
			_, err := s3.NewFromConfig(cfg).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("secrets")})
			return err
		}, "s3:ListBucket", "arn:aws:s3:::secrets"},
		"an object": {func(cfg aws.Config) error {
			_, err := s3.NewFromConfig(cfg).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("trail-of-222222222222"), Key: aws.String("k")})
			return err
		}, "s3:GetObject", "arn:aws:s3:::trail-of-222222222222/k"},
		"a JSON service, which answers in XML": {func(cfg aws.Config) error {
			_, err := organizations.NewFromConfig(cfg).ListAccounts(t.Context(), nil)
			return err
		}, "organizations:ListAccounts", "*"},
		"roles": {func(cfg aws.Config) error {
			_, err := iam.NewFromConfig(cfg).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("Reader")})
			return err
		}, "iam:GetRole", role},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.call(reader)
			var refused *Refused
			require.ErrorAs(t, err, &refused)
			require.Equal(t, []string{role, tc.action, tc.resource}, []string{refused.Role, refused.Action, refused.Resource}, "%v", err)
		})
	}
	_, err = s3.NewFromConfig(c.Base()).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("trail-of-222222222222")})
	require.ErrorContains(t, err, "arn:aws:iam::123456789012:user/soc is refused s3:ListBucket on arn:aws:s3:::trail-of-222222222222")

	const careful = "arn:aws:iam::123456789012:role/Careful"
	_, err = c.As(t.Context(), "123456789012", "Careful")
	require.NoError(t, err)
	o.ExternalID = "wrong"
	_, err = open(t, o).As(t.Context(), "123456789012", "Careful")
	require.True(t, Denied(err), "%v", err)
	require.ErrorContains(t, err, "arn:aws:iam::123456789012:user/soc is refused sts:AssumeRole on "+careful)
	require.ErrorContains(t, err, "another external id than the one sent")
	o.Keys.SecretAccessKey = "wrong"
	_, err = open(t, o).As(t.Context(), "222222222222", "Reader")
	require.True(t, NoCredentials(err), "%v", err)
	require.False(t, Denied(err))
}
