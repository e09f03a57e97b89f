package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A deployed template is what CloudFormation reads of it.
type deployed struct {
	Parameters map[string]struct {
		Default        *string
		AllowedPattern string
		MinLength      int
	}
	Resources map[string]struct {
		Properties struct {
			PolicyDocument           struct{ Statement []struct{ Sid string } }
			AssumeRolePolicyDocument struct {
				Statement []struct{ Principal json.RawMessage }
			}
		}
	}
}

func deploy(t *testing.T, p Plan, purpose Purpose) (deployed, string) {
	t.Helper()
	text, err := CloudFormation(p, purpose)
	require.NoError(t, err)
	var d deployed
	require.NoError(t, json.Unmarshal(text, &d))
	return d, string(text)
}

// TestWhatIsNotKnown stands in JSON under names that nobody has, and is asked for by a template, which has no default that could be deployed by mistake.
func TestWhatIsNotKnown(t *testing.T) {
	p := Plan{Trail: Bucket{Name: "all-trails"}, Athena: true, Results: Bucket{Name: UnknownBucket}, Table: "cloudtrail_anomaly"}
	text, err := JSON(p, Run)
	require.NoError(t, err)
	for _, part := range []string{"arn:aws:s3:::" + UnknownBucket + "/*", "arn:aws:dynamodb:" + UnknownRegion + ":" + UnknownAccount + ":table/cloudtrail_anomaly"} {
		require.Contains(t, string(text), part)
	}
	d, template := deploy(t, p, Run)
	for name, unknown := range map[string]string{"CallerAccount": UnknownAccount, "Region": UnknownRegion, "ResultsBucket": UnknownBucket} {
		require.Contains(t, d.Parameters, name)
		require.Nil(t, d.Parameters[name].Default, name)
		require.Equal(t, 1, d.Parameters[name].MinLength)
		require.NotContains(t, template, unknown)
	}
	require.Equal(t, "all-trails", *d.Parameters["TrailBucket"].Default)
}

// TestWhatIsBoundToNoOrganization says so in its description, unless there is nothing that would be bound.
func TestWhatIsBoundToNoOrganization(t *testing.T) {
	const said = "The organization was not known"
	p := whole()
	_, template := deploy(t, p, Run)
	require.NotContains(t, template, said)
	p.Organization = ""
	_, template = deploy(t, p, Run)
	require.Contains(t, template, said)
	_, template = deploy(t, Plan{Table: "cloudtrail_anomaly"}, Setup)
	require.NotContains(t, template, said)
}

// TestAnAccountThatCannotBeOne: the older tools' example has ids of ten digits, which CloudFormation would not take as a default.
func TestAnAccountThatCannotBeOne(t *testing.T) {
	p := whole()
	p.Reader.Account = "1234567890"
	d, _ := deploy(t, p, Run)
	require.Nil(t, d.Parameters["LogsAccount"].Default)
	require.Equal(t, accountPattern, d.Parameters["LogsAccount"].AllowedPattern)
	require.Equal(t, "222222222222", *d.Parameters["AccountsAccount"].Default)
}

// TestLongNames: with the longest names that AWS has for things, no managed policy is longer than IAM takes it, nor a role's inline policy or a trust policy.
func TestLongNames(t *testing.T) {
	for name, p := range plans() {
		for field, most := range map[*string]int{&p.Workgroup: 128, &p.Database: 255, &p.Table: 255, &p.OldTable: 255, &p.Trail.Name: 63, &p.Trail.Prefix: 200, &p.Results.Name: 63,
			&p.Results.Prefix: 100, &p.ExternalID: 1224} {
			if *field != "" {
				*field = strings.Repeat("x", most)
			}
		}
		for _, purpose := range Purposes {
			all := Identities(p, purpose)
			for _, i := range all {
				require.LessOrEqual(t, len(flat(policyOf(i.Trust))), 2048, "%s: trust", name)
				if i.Who != Caller {
					require.LessOrEqual(t, len(flat(policyOf(i.Permissions))), 6144, "%s: %s for %s", name, i.Who, purpose)
				}
			}
			if len(all[0].Permissions) == 0 {
				continue
			}
			d, _ := deploy(t, p, purpose)
			var got []string
			for _, id := range []string{"CallerPolicy", "CallerPolicy2", "CallerPolicy3"} {
				part := all[0].Permissions
				part = part[len(got):min(len(got)+len(d.Resources[id].Properties.PolicyDocument.Statement), len(part))]
				require.LessOrEqual(t, len(flat(policyOf(part))), 6144, "%s: %s for %s", name, id, purpose)
				for _, s := range d.Resources[id].Properties.PolicyDocument.Statement {
					got = append(got, s.Sid)
				}
			}
			require.Equal(t, sids(all[0].Permissions), got, "each statement once, in order")
		}
	}
}

// TestACallersRoleComesFirst: IAM refuses a trust policy that names a role that is not there.
func TestACallersRoleComesFirst(t *testing.T) {
	d, _ := deploy(t, whole(), Run)
	for _, id := range []string{"AccountsRole", "IamRole", "LogsRole"} {
		require.JSONEq(t, `{"AWS":{"Fn::If":["MakeCaller",{"Fn::GetAtt":["CallerRole","Arn"]},{"Ref":"TrustedPrincipal"}]}}`,
			string(d.Resources[id].Properties.AssumeRolePolicyDocument.Statement[0].Principal))
	}
	d, _ = deploy(t, plans()["a user"], Run)
	require.JSONEq(t, `{"AWS":[{"Ref":"TrustedPrincipal"}]}`, string(d.Resources["LogsRole"].Properties.AssumeRolePolicyDocument.Statement[0].Principal))
}

func TestNamesThatWouldLetMoreIn(t *testing.T) {
	for what, change := range map[string]func(p *Plan, name string){
		"cloudtrail_prefix": func(p *Plan, name string) { p.Trail.Prefix = name },
		"athena_prefix":     func(p *Plan, name string) { p.Results.Prefix = name },
		"queue":             func(p *Plan, name string) { p.Queue = "arn:aws:sqs:eu-west-1:111111111111:" + name },
	} {
		for _, name := range []string{"*", "lo?s", "${aws:username}"} {
			p := whole()
			change(&p, name)
			_, err := JSON(p, Run)
			require.ErrorContains(t, err, what)
			_, err = CloudFormation(p, Run)
			require.ErrorContains(t, err, what)
		}
		p := whole()
		change(&p, `quote'"$name`)
		text, err := JSON(p, Run)
		require.NoError(t, err)
		require.True(t, json.Valid(text))
	}
}

// TestPartitionsByRegion: where nobody is asked who calls, the region says in which partition the resources are.
func TestPartitionsByRegion(t *testing.T) {
	for region, partition := range map[string]string{"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "eu-west-1": "aws", "": "aws"} {
		p := plans()["the caller alone"]
		p.Partition, p.Region, p.Trail.Key, p.Results.Key, p.TableKey, p.Queue, p.QueueKey, p.Topic = "", region, "", "", "", "", "", ""
		for _, s := range Identities(p, Run)[0].Permissions {
			require.False(t, slices.ContainsFunc(s.Resource, func(r string) bool { return r != "*" && !strings.HasPrefix(r, "arn:"+partition+":") }), "%s in %q: %s", s.Sid, region, s.Resource)
		}
	}
}
