package muster

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

// manager assumes a role of an account that only this test uses, which on a moto without authorisation needs no role to be there.
func manager(t *testing.T, account string) aws.Config {
	url := os.Getenv("CT_MOTO")
	if url == "" {
		t.Skip("CT_MOTO is not set: it is the URL of a moto server, see check/aws.sh")
	}
	c, err := awscall.Open(t.Context(), awscall.Options{EndpointURL: url, Region: "us-east-1", Keys: awscall.Keys{AccessKeyID: "test", SecretAccessKey: "test"}})
	require.NoError(t, err)
	cfg, err := c.As(t.Context(), account, "CT_OrgsRole")
	require.NoError(t, err)
	return cfg
}

func TestOrganizationOnMoto(t *testing.T) {
	management := fmt.Sprintf("81%010d", rand.N(int64(1e10))) // a run against the same moto finds no organization of an earlier one
	cfg := manager(t, management)
	ctx, api := t.Context(), organizations.NewFromConfig(cfg)
	made, err := api.CreateOrganization(ctx, &organizations.CreateOrganizationInput{FeatureSet: types.OrganizationFeatureSetAll})
	require.NoError(t, err)
	roots, err := api.ListRoots(ctx, nil)
	require.NoError(t, err)
	root := roots.Roots[0].Id
	unit := func(parent *string, name string) *string {
		out, err := api.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: parent, Name: aws.String(name)})
		require.NoError(t, err)
		return out.OrganizationalUnit.Id
	}
	workloads := unit(root, "Workloads")
	prod, sandbox := unit(workloads, "Prod"), unit(root, "Sandbox")
	for i := range 27 {
		out, err := api.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String(fmt.Sprintf("app-%d", i)),
			Email: aws.String(fmt.Sprintf("app-%d@example.com", i)), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String([]string{"a", "b", "c"}[i%3])}}})
		require.NoError(t, err)
		if to := []*string{prod, sandbox, root}[i%3]; to != root {
			_, err = api.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: out.CreateAccountStatus.AccountId, SourceParentId: root, DestinationParentId: to})
			require.NoError(t, err)
		}
	}

	r, err := Organized(ctx, cfg, Choice{})
	require.NoError(t, err)
	require.Len(t, r.Accounts, 28, "27 and the management account, over two pages")
	require.Equal(t, Organization{*made.Organization.Id, management}, r.Organization)
	described, err := Describe(ctx, cfg)
	require.NoError(t, err)
	require.Equal(t, r.Organization, described)
	units := make(map[string]int)
	for _, a := range r.Accounts {
		units[a.Unit]++
	}
	require.Equal(t, map[string]int{"Workloads/Prod": 9, "Sandbox": 9, "": 10}, units)

	for text, want := range map[string]int{"ou:" + *workloads: 9, "ou:" + *prod: 9, "ou:" + *root: 28, "tag:team=b": 9, "name:APP-1?": 10} {
		r, err = Organized(ctx, cfg, Choice{BusinessUnit: []string{text}})
		require.NoError(t, err, text)
		require.Len(t, r.Accounts, want, text)
		require.Len(t, r.Others, 28-want, text)
		require.Empty(t, r.Warnings)
	}
	_, err = api.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: aws.String(r.Accounts[0].ID)})
	require.NoError(t, err)
	after, err := Organized(ctx, cfg, Choice{Accounts: []string{r.Accounts[0].ID, r.Accounts[1].ID}})
	require.NoError(t, err)
	require.Equal(t, ids(r.Accounts[1:2]), ids(after.Accounts))
	require.Contains(t, after.Warnings[0], "is listed but is ")
}

func TestOrganizationOfSomebodyElseOnMoto(t *testing.T) {
	_, err := Organized(t.Context(), manager(t, "810000000002"), Choice{})
	var none *NoOrganization
	require.ErrorAs(t, err, &none)
}
