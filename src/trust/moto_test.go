package trust

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/stretchr/testify/require"
)

// Against moto: roles in an account that is entered by CT_IamReadOnly, with paths, and one linked to a service.
func TestRolesOfMoto(t *testing.T) {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	const account = "730000000001"
	caller := connect(t, endpoint)
	enter := func(ctx context.Context, account string) (aws.Config, error) {
		return caller.As(ctx, account, "CT_IamReadOnly")
	}
	cfg, err := enter(t.Context(), account)
	require.NoError(t, err)
	client := iam.NewFromConfig(cfg)
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"sts:AssumeRole",
		"Condition":{"StringEquals":{"sts:ExternalId":"a + b"}}}]}`
	_, err = client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("deploy"), Path: aws.String("/team/"), AssumeRolePolicyDocument: aws.String(policy)})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, _ = client.DeleteRole(context.Background(), &iam.DeleteRoleInput{RoleName: aws.String("deploy")})
	})
	linked, err := client.CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")})
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, name := range []*string{aws.String("deploy"), linked.Role.RoleName} {
			_, _ = client.DeleteRole(context.Background(), &iam.DeleteRoleInput{RoleName: name})
		}
	})

	room := Open(Options{Config: enter, Now: time.Now})
	role, err := room.Role(t.Context(), account, "", "arn:aws:iam::"+account+":role/team/deploy")
	require.NoError(t, err)
	require.Equal(t, AWS, role.AssociationType)
	require.Equal(t, []string{"arn:aws:iam::444455556666:root"}, role.AssociatedWith)
	require.Equal(t, Medium, role.LegacySeverity)
	require.WithinDuration(t, time.Now(), time.Unix(role.Created, 0), time.Minute)
	require.True(t, strings.HasPrefix(role.ID, "AROA"), role.ID)

	_, err = client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("deploy")})
	require.NoError(t, err)
	_, err = client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("deploy"), Path: aws.String("/team/"), AssumeRolePolicyDocument: aws.String(policy)})
	require.NoError(t, err)
	_, err = room.Role(t.Context(), account, role.ID, "arn:aws:iam::"+account+":role/team/deploy")
	require.ErrorIs(t, err, ErrAnother)

	role, err = room.Role(t.Context(), account, "", aws.ToString(linked.Role.Arn))
	require.NoError(t, err)
	require.Equal(t, []string{"ecs.amazonaws.com"}, role.AssociatedWith)
	_, err = room.Role(t.Context(), account, "", "nobody")
	require.ErrorIs(t, err, ErrMissing)
	_, err = room.Role(t.Context(), "730000000002", "", "deploy")
	require.ErrorIs(t, err, ErrMissing, "a role of the same name in another account is another role")
}
