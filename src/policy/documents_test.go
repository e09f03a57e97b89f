package policy

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// statement finds one by its Sid.
func statement(t *testing.T, all []Statement, sid string) Statement {
	t.Helper()
	i := slices.IndexFunc(all, func(s Statement) bool { return s.Sid == sid })
	require.GreaterOrEqual(t, i, 0, "there is no statement %s", sid)
	return all[i]
}

func sids(all []Statement) (names []string) {
	for _, s := range all {
		names = append(names, s.Sid)
	}
	return names
}

func TestWhoNeedsWhatForARun(t *testing.T) {
	all := Identities(whole(), Run)
	require.Len(t, all, 4)
	for i, want := range []struct {
		who, arn string
		sids     []string
	}{
		{Caller, "arn:aws:iam::111111111111:role/ctanomaly", []string{"AssumeTheRoleThatListsAccounts", "AssumeTheRoleThatReadsIAM", "AssumeTheRoleThatReadsTheLogs",
			"FindTheOrganization", "ReadWhoMayAssumeRoles", "SeeInstancesAndTheirNetworks",
			"SeeTheTable", "ReadTheBaseline", "WriteTheBaseline", "DropWhatIsDelivered", "UseTheKeyOfTheTable", "TellTheTopic", "CountAnomalies"}},
		{ForAccounts, "arn:aws:iam::222222222222:role/security/CT_OrgsRole", []string{"ListTheAccounts", "SeeTheUnitsOfAccounts", "ReadTheTagsOfAccounts"}},
		{ForIAM, "arn:aws:iam::*:role/CT_IamReadOnly", []string{"ReadWhoMayAssumeRoles", "SeeInstancesAndTheirNetworks"}},
		{ForLogs, "arn:aws:iam::444444444444:role/CT_AthenaRole", []string{"FindTheLogFiles", "SeeWhereTheBucketIs", "ReadTheLogFiles", "DecryptTheLogFiles",
			"TakeMessagesFromTheQueue", "DecryptTheMessages", "RunQueries", "LookUpTheTable", "SeeTheDatabase", "SeeTheTables",
			"FindTheResults", "WriteAndReadTheResults", "DeleteTheResults", "EncryptTheResults"}},
	} {
		require.Equal(t, want.who, all[i].Who)
		require.Equal(t, want.arn, all[i].ARN)
		require.Equal(t, want.sids, sids(all[i].Permissions))
		require.Len(t, all[i].Trust, 1)
	}
}

func TestConditions(t *testing.T) {
	all := Identities(whole(), Run)
	caller, logs := all[0].Permissions, all[3].Permissions
	equals := func(key, value string) map[string][]string { return map[string][]string{key: {value}} }
	for sid, want := range map[string]Condition{
		"AssumeTheRoleThatReadsIAM": {"StringEquals": equals("sts:ExternalId", "external-4711"), "StringLike": equals("aws:ResourceOrgID", "o-abcdef1234")},
		"DropWhatIsDelivered":       {"ForAllValues:StringEquals": equals("dynamodb:LeadingKeys", "#pending"), "Null": equals("dynamodb:LeadingKeys", "false")},
		"UseTheKeyOfTheTable":       {"StringEquals": equals("kms:ViaService", "dynamodb.eu-west-1.amazonaws.com")},
		"ReadTheBaseline":           nil,
	} {
		require.Equal(t, want, statement(t, caller, sid).Condition, sid)
	}
	for sid, want := range map[string]Condition{
		"FindTheLogFiles":    {"StringEquals": equals("aws:ResourceOrgID", "o-abcdef1234"), "StringLike": {"s3:prefix": {"central/", "central/AWSLogs/*"}}},
		"ReadTheLogFiles":    {"StringEquals": equals("aws:ResourceOrgID", "o-abcdef1234")},
		"DecryptTheLogFiles": {"StringEquals": equals("kms:ViaService", "s3.eu-west-1.amazonaws.com")},
		"DecryptTheMessages": {"StringEquals": equals("kms:ViaService", "sqs.eu-north-1.amazonaws.com")},
	} {
		require.Equal(t, want, statement(t, logs, sid).Condition, sid)
	}
	require.Equal(t, []string{"arn:aws:s3:::all-trails/central/AWSLogs/*"}, statement(t, logs, "ReadTheLogFiles").Resource)
	require.Equal(t, []string{"arn:aws:s3:::query-results/cloudtrail_anomaly/*"}, statement(t, logs, "DeleteTheResults").Resource)
	require.Equal(t, Condition{"StringEquals": equals("sts:ExternalId", "external-4711"), "StringLike": equals("aws:PrincipalOrgID", "o-abcdef1234")}, all[1].Trust[0].Condition)
	require.Equal(t, map[string][]string{"AWS": {"arn:aws:iam::111111111111:role/ctanomaly"}}, all[1].Trust[0].Principal)

	found := whole()
	found.Trail.Found = true
	require.NotContains(t, statement(t, Identities(found, Run)[3].Permissions, "FindTheLogFiles").Condition, "StringLike",
		"a prefix that is looked for from the top of the bucket can't limit the looking")
}

func TestWhatIsEmptyLeavesItsStatementsOut(t *testing.T) {
	require.Equal(t, []string{"FindTheLogFiles", "ReadTheLogFiles"}, sids(Identities(smallest(), Run)[0].Permissions))
	require.Len(t, Identities(smallest(), Run), 1)
	for left, change := range map[string]func(*Plan){
		"DeleteTheResults":          func(p *Plan) { p.DeleteResults = false },
		"WriteAndReadTheResults":    func(p *Plan) { p.Results = Bucket{} },
		"RunQueries":                func(p *Plan) { p.Athena = false },
		"SeeWhereTheBucketIs":       func(p *Plan) { p.Athena = false },
		"ReadTheTagsOfAccounts":     func(p *Plan) { p.Tags = false },
		"ListTheAccounts":           func(p *Plan) { p.ListAccounts = false },
		"FindTheOrganization":       func(p *Plan) { p.FindOrganization = false },
		"ReadWhoMayAssumeRoles":     func(p *Plan) { p.Enrich = false },
		"AssumeTheRoleThatReadsIAM": func(p *Plan) { p.Enrich = false },
		"TakeMessagesFromTheQueue":  func(p *Plan) { p.Queue = "" },
		"WriteTheBaseline":          func(p *Plan) { p.Table = "" },
		"UseTheKeyOfTheTable":       func(p *Plan) { p.TableKey = "" },
		"DecryptTheLogFiles":        func(p *Plan) { p.Trail.Key = "" },
		"EncryptTheResults":         func(p *Plan) { p.Results.Key = "" },
	} {
		p := whole()
		all := func() (names []string) {
			for _, i := range Identities(p, Run) {
				names = append(names, sids(i.Permissions)...)
			}
			return names
		}
		require.Contains(t, all(), left)
		change(&p)
		require.NotContains(t, all(), left)
	}
	p := whole()
	p.ExternalID, p.Organization = "", ""
	for _, i := range Identities(p, Run) {
		for _, s := range slices.Concat(i.Permissions, i.Trust) {
			for _, keys := range s.Condition {
				require.NotContains(t, keys, "sts:ExternalId")
				require.NotContains(t, keys, "aws:ResourceOrgID")
				require.NotContains(t, keys, "aws:PrincipalOrgID")
			}
		}
	}
}

func TestSetupAndTeardown(t *testing.T) {
	setup, teardown := Identities(whole(), Setup), Identities(whole(), Teardown)
	require.Equal(t, []string{"AssumeTheRoleThatListsAccounts", "AssumeTheRoleThatReadsTheLogs", "FindTheOrganization", "SeeTheTable", "MakeTheTable",
		"ReadTheBaseline", "ReadTheWholeTable", "WriteTheBaseline", "ReadTheOlderToolsTable", "UseTheKeyOfTheTable", "MakeTheTopic", "SeeAlarms", "MakeAlarms", "MakeTheTopicOfAlarms"}, sids(setup[0].Permissions))
	require.Equal(t, []string{"FindTheLogFiles", "SeeWhereTheBucketIs", "RunQueries", "LookUpTheTable", "SeeTheDatabase", "SeeTheTables", "MakeTheDatabase", "MakeTheTables",
		"FindTheResults", "WriteAndReadTheResults", "DeleteTheResults", "EncryptTheResults"}, sids(setup[2].Permissions))
	require.Equal(t, []string{"arn:aws:glue:eu-west-1:444444444444:catalog", "arn:aws:glue:eu-west-1:444444444444:database/trails",
		"arn:aws:glue:eu-west-1:444444444444:table/trails/ct_anomaly_*"}, statement(t, teardown[2].Permissions, "RemoveTheTables").Resource)
	require.Equal(t, []string{"arn:aws:dynamodb:eu-west-1:111111111111:table/cloudtrail_anomaly"}, statement(t, teardown[0].Permissions, "RemoveTheTable").Resource)
}

func TestOneRoleForTheWorkOfTwo(t *testing.T) {
	all := Identities(plans()["one role for two"], Run)
	require.Len(t, all, 3)
	require.Equal(t, "accounts+logs", all[1].Who)
	require.Contains(t, sids(all[1].Permissions), "ListTheAccounts")
	require.Contains(t, sids(all[1].Permissions), "RunQueries")
}

func TestPoliciesAreAsIAMTakesThem(t *testing.T) {
	sid := regexp.MustCompile(`^[A-Za-z0-9]+$`)
	for name, p := range plans() {
		for _, purpose := range Purposes {
			for _, i := range Identities(p, purpose) {
				seen := map[string]bool{}
				for _, s := range i.Permissions {
					require.Regexp(t, sid, s.Sid)
					require.False(t, seen[s.Sid], "%s is there twice", s.Sid)
					seen[s.Sid] = true
					require.True(t, slices.IsSorted(s.Action), s.Sid)
					require.NotEmpty(t, s.Resource)
					require.NotContains(t, s.Resource, "")
				}
				text, err := json.Marshal(policyOf(i.Permissions))
				require.NoError(t, err)
				require.Less(t, len(text), 6144, "%s for %s of %s: longer than a managed policy may be", i.Who, purpose, name)
			}
		}
	}
}

func TestPoliciesOfResources(t *testing.T) {
	r := ResourcesOf(whole())
	require.Equal(t, []string{"LetCtAnomalyFindTheLogFiles", "LetCtAnomalySeeWhereTheBucketIs", "LetCtAnomalyReadTheLogFiles"}, sids(r.TrailBucket))
	for _, s := range r.TrailBucket {
		require.Equal(t, map[string][]string{"AWS": {"arn:aws:iam::444444444444:role/CT_AthenaRole"}}, s.Principal)
		require.NotContains(t, s.Condition["StringEquals"], "aws:ResourceOrgID")
	}
	require.Equal(t, []string{"*"}, r.TrailKey[0].Resource)
	require.Contains(t, r.TrailKey[0].Condition["Null"], "kms:EncryptionContext:aws:cloudtrail:arn")
	require.Equal(t, []string{"RefuseWhatIsNotEncrypted", "RefuseOtherOrganizations"}, sids(r.ResultsBucket))
	require.Equal(t, 1, r.ResultsLifecycle.Rules[0].Expiration.Days)
	require.Equal(t, "cloudtrail_anomaly/", r.ResultsLifecycle.Rules[0].Filter.Prefix)

	kept := whole()
	kept.DeleteResults = false
	require.Equal(t, 7, ResourcesOf(kept).ResultsLifecycle.Rules[0].Expiration.Days)

	local := ResourcesOf(plans()["athena in each account"])
	for _, s := range slices.Concat(local.TrailBucket, local.TrailKey, local.ResultsBucket[2:]) {
		require.Equal(t, "*", s.Principal)
		require.Equal(t, []string{"o-abcdef1234"}, s.Condition["StringEquals"]["aws:PrincipalOrgID"])
		require.Equal(t, []string{"arn:aws:iam::*:role/CT_AthenaRole"}, s.Condition["ArnLike"]["aws:PrincipalArn"])
	}
	strangers := plans()["athena in each account"]
	strangers.Organization = ""
	r = ResourcesOf(strangers)
	require.Empty(t, r.TrailBucket, "without the organization a role of that name in anybody's account would be let in")
	require.Empty(t, r.TrailKey)
	for _, s := range r.ResultsBucket {
		require.Equal(t, "Deny", s.Effect)
	}
}

func TestPartitions(t *testing.T) {
	china := Identities(plans()["china"], Run)
	require.Equal(t, "arn:aws-cn:iam::222222222222:role/security/CT_OrgsRole", china[1].ARN)
	require.Equal(t, map[string][]string{"Service": {"ec2.amazonaws.com.cn"}}, china[0].Trust[0].Principal)
	require.Equal(t, []string{"dynamodb.cn-north-1.amazonaws.com.cn"}, statement(t, china[0].Permissions, "UseTheKeyOfTheTable").Condition["StringEquals"]["kms:ViaService"])
}
