package policy

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

// Against moto, which checks the form of policies as IAM does: elements, actions, ARNs, conditions.
func TestIAMTakesThePolicies(t *testing.T) {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	caller, err := awscall.Open(t.Context(), awscall.Options{
		EndpointURL: endpoint, Region: "us-east-1", Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"},
	})
	require.NoError(t, err)
	cfg, err := caller.As(t.Context(), "730000000004", "any")
	require.NoError(t, err)
	client := iam.NewFromConfig(cfg)
	text := func(statements []Statement) *string {
		document, err := json.Marshal(policyOf(statements))
		require.NoError(t, err)
		return aws.String(string(document))
	}
	n := 0
	for name, p := range plans() {
		for _, purpose := range Purposes {
			for _, i := range Identities(p, purpose) {
				n++
				if len(i.Permissions) > 0 {
					out, err := client.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("policy-" + strconv.Itoa(n)), PolicyDocument: text(i.Permissions)})
					require.NoError(t, err, "%s, %s for %s", name, i.Who, purpose)
					_, err = client.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: out.Policy.Arn})
					require.NoError(t, err)
				}
				if len(i.Trust) > 0 {
					role := aws.String("role-" + strconv.Itoa(n))
					_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: text(i.Trust)})
					require.NoError(t, err, "%s, %s for %s", name, i.Who, purpose)
					_, err = client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: role})
					require.NoError(t, err)
				}
			}
		}
	}
}
