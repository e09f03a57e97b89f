package policy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJSON(t *testing.T) {
	for name, p := range plans() {
		for _, purpose := range Purposes {
			text, err := JSON(p, purpose)
			require.NoError(t, err)
			var read struct {
				Purpose    string
				Identities []struct {
					Identity, ARN                 string
					PermissionPolicy, TrustPolicy *Policy
				}
				Resources map[string]any
			}
			require.NoError(t, json.Unmarshal(text, &read), name)
			require.Equal(t, string(purpose), read.Purpose)
			for i, identity := range Identities(p, purpose) {
				require.Equal(t, identity.ARN, read.Identities[i].ARN)
				if len(identity.Permissions) > 0 {
					require.Len(t, read.Identities[i].PermissionPolicy.Statement, len(identity.Permissions))
					require.Equal(t, "2012-10-17", read.Identities[i].PermissionPolicy.Version)
				}
			}
			if purpose != Run {
				require.Nil(t, read.Resources)
			}
		}
	}
	text, err := JSON(whole(), Run)
	require.NoError(t, err)
	for _, part := range []string{"TrailBucketStatements", "TrailKeyStatements", "ResultsBucketPolicy", "ResultsBucketLifecycle", "TrustPolicy"} {
		require.Contains(t, string(text), `"`+part+`"`)
	}
}

var substitution = regexp.MustCompile(`\$\{([A-Za-z0-9:]+)\}`)

// references gathers what a part of a template refers to.
func references(v any, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			text, isText := one.(string)
			switch {
			case key == "Ref" || key == "Condition" && isText:
				found[text] = true
			case key == "Fn::If":
				found[one.([]any)[0].(string)] = true
				references(one, found)
			case key == "Fn::Sub":
				for _, m := range substitution.FindAllStringSubmatch(text, -1) {
					found[m[1]] = true
				}
			default:
				references(one, found)
			}
		}
	case []any:
		for _, one := range v {
			references(one, found)
		}
	}
}

// TestTemplates holds that what is referred to is there, that what is there is referred to, and that no account or name of the plan stands
// anywhere but as the default of a parameter. CFN_TEMPLATES names a folder to leave them in, for a linter.
func TestTemplates(t *testing.T) {
	for name, p := range plans() {
		for _, purpose := range Purposes {
			text, err := CloudFormation(p, purpose)
			if name == "a queue alone" && purpose != Run {
				require.ErrorIs(t, err, ErrNothing)
				continue
			}
			require.NoError(t, err)
			if folder := os.Getenv("CFN_TEMPLATES"); folder != "" {
				require.NoError(t, os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+"-"+string(purpose)+".json"), text, 0o644))
			}
			var template struct{ Parameters, Conditions, Resources map[string]any }
			require.NoError(t, json.Unmarshal(text, &template))
			there := map[string]bool{}
			for _, part := range []map[string]any{template.Parameters, template.Conditions, template.Resources} {
				for id := range part {
					require.Regexp(t, `^[A-Za-z0-9]+$`, id)
					require.False(t, there[id], "%s is there twice", id)
					there[id] = true
				}
			}
			found := map[string]bool{}
			references(any(template.Conditions), found)
			references(any(template.Resources), found)
			for id := range found {
				require.True(t, there[id] || strings.HasPrefix(id, "AWS::"), "%s %s refers to %s, which is not there", name, purpose, id)
			}
			for id := range template.Parameters {
				require.True(t, found[id], "%s %s: nothing refers to the parameter %s", name, purpose, id)
			}
			rest, err := json.Marshal([]any{template.Conditions, template.Resources})
			require.NoError(t, err)
			for _, mine := range []string{"111111111111", "222222222222", "333333333333", "444444444444", "o-abcdef1234", "external-4711", "all-trails", "query-results"} {
				require.NotContains(t, string(rest), mine, "%s %s", name, purpose)
			}
			require.NotContains(t, string(text), "external-4711", "the external id is no default")
		}
	}
}

func TestTemplatesMakeRolesForARunAloneAndPoliciesElse(t *testing.T) {
	kinds := func(purpose Purpose) map[string]string {
		text, err := CloudFormation(whole(), purpose)
		require.NoError(t, err)
		var template struct {
			Resources map[string]struct{ Type string }
		}
		require.NoError(t, json.Unmarshal(text, &template))
		found := map[string]string{}
		for id, r := range template.Resources {
			found[id] = strings.TrimPrefix(r.Type, "AWS::")
		}
		return found
	}
	require.Equal(t, map[string]string{
		"CallerPolicy": "IAM::ManagedPolicy", "CallerRole": "IAM::Role", "CallerProfile": "IAM::InstanceProfile", "AccountsRole": "IAM::Role", "IamRole": "IAM::Role", "LogsRole": "IAM::Role",
		"BucketForResults": "S3::Bucket", "BucketForResultsPolicy": "S3::BucketPolicy",
	}, kinds(Run))
	for _, purpose := range []Purpose{Setup, Teardown} {
		require.Equal(t, map[string]string{"CallerPolicy": "IAM::ManagedPolicy", "AccountsPolicy": "IAM::ManagedPolicy", "LogsPolicy": "IAM::ManagedPolicy"}, kinds(purpose))
	}
}
