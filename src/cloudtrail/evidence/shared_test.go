package evidence

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// quoted is a text as a JSON string.
func quoted(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(text)
	require.NoError(t, err)
	return string(b)
}

// statement is a policy of one statement that allows.
func statement(rest string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",` + rest + `}]}`
}

func TestSharedWith(t *testing.T) {
	outside := statement(`"Principal":{"AWS":"arn:aws:iam::999988887777:root"}`)
	acl := func(grantees string) string {
		return `{"bucketName":"b","AccessControlPolicy":{"Owner":{"ID":"me"},"AccessControlList":{"Grant":[` + grantees + `]}}}`
	}
	for _, c := range []struct {
		name, source, call, request string
		want                        []string
	}{
		{"snapshot to an account", "ec2", "ModifySnapshotAttribute", `{"snapshotId":"s","attributeType":"CREATE_VOLUME_PERMISSION","createVolumePermission":{"add":{"items":[{"userId":"999988887777"}]}}}`, []string{"999988887777"}},
		{"snapshot to all", "ec2", "ModifySnapshotAttribute", `{"createVolumePermission":{"add":{"items":[{"group":"all"}]}}}`, []string{"everyone"}},
		{"snapshot, taken back", "ec2", "ModifySnapshotAttribute", `{"createVolumePermission":{"remove":{"items":[{"group":"all"}]}}}`, nil},
		{"snapshot, older form", "ec2", "ModifySnapshotAttribute", `{"attributeType":"CREATE_VOLUME_PERMISSION","operationType":"add","userIds":["999988887777"]}`, []string{"999988887777"}},
		{"snapshot, older form taken back", "ec2", "ModifySnapshotAttribute", `{"operationType":"remove","userIds":["999988887777"]}`, nil},
		{"snapshot to itself", "ec2", "ModifySnapshotAttribute", `{"createVolumePermission":{"add":{"items":[{"userId":"111122223333"}]}}}`, nil},
		{"image", "ec2", "ModifyImageAttribute", `{"launchPermission":{"add":{"items":[{"userId":"999988887777"},{"organizationArn":"arn:aws:organizations::111122223333:organization/o-1"}]}}}`,
			[]string{"999988887777", "arn:aws:organizations::111122223333:organization/o-1"}},
		{"same request, other call", "ec2", "ModifyInstanceAttribute", `{"launchPermission":{"add":{"items":[{"group":"all"}]}}}`, nil},
		{"database snapshot", "rds", "ModifyDBSnapshotAttribute", `{"attributeName":"restore","valuesToAdd":["503161813013","all"]}`, []string{"everyone", "503161813013"}},
		{"cluster snapshot", "rds", "ModifyDBClusterSnapshotAttribute", `{"valuesToAdd":["503161813013"]}`, []string{"503161813013"}},
		{"public database", "rds", "ModifyDBInstance", `{"dBInstanceIdentifier":"d","publiclyAccessible":true}`, []string{"everyone"}},
		{"private database", "rds", "CreateDBInstance", `{"publiclyAccessible":false}`, nil},
		{"ingress from anywhere", "ec2", "AuthorizeSecurityGroupIngress", `{"groupId":"sg-1","ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]},"groups":{}}]}}`, []string{"everyone"}},
		{"ingress as plain lists", "ec2", "AuthorizeSecurityGroupIngress", `{"ipPermissions":[{"ipRanges":[{"cidrIp":"203.0.113.0/24"}]}]}`, []string{"203.0.113.0/24"}},
		{"ingress from another account's group", "ec2", "AuthorizeSecurityGroupIngress", `{"ipPermissions":{"items":[{"groups":{"items":[{"groupId":"sg-9","userId":"999988887777"},{"userId":"111122223333"}]}}]}}`, []string{"999988887777"}},
		{"ingress from anywhere, oddly written", "ec2", "AuthorizeSecurityGroupIngress", `{"ipPermissions":[{"ipRanges":[{"cidrIp":"208.236.235.254/0"}]}]}`, []string{"everyone"}},
		{"ingress, short form", "ec2", "AuthorizeSecurityGroupIngress", `{"cidrIp":"0.0.0.0/0"}`, []string{"everyone"}},
		{"ingress closed", "ec2", "RevokeSecurityGroupIngress", `{"ipPermissions":[{"ipRanges":[{"cidrIp":"0.0.0.0/0"}]}]}`, nil},
		{"ingress changed", "ec2", "ModifySecurityGroupRules", `{"ModifySecurityGroupRulesRequest":{"GroupId":"sg-1","SecurityGroupRule":{"SecurityGroupRule":{"CidrIpv4":"0.0.0.0/0"},"tag":1}}}`, []string{"everyone"}},
		{"endpoint service", "ec2", "ModifyVpcEndpointServicePermissions", `{"ModifyVpcEndpointServicePermissionsRequest":{"AddAllowedPrincipals":{"content":"*","tag":1}}}`, []string{"everyone"}},
		{"bucket policy", "s3", "PutBucketPolicy", `{"bucketName":"b","bucketPolicy":` + outside + `}`, []string{"999988887777"}},
		{"bucket policy for all", "s3", "PutBucketPolicy", `{"bucketPolicy":` + statement(`"Principal":"*"`) + `}`, []string{"everyone"}},
		{"bucket policy as text", "s3", "PutBucketPolicy", `{"bucketPolicy":` + quoted(t, outside) + `}`, []string{"999988887777"}},
		{"canned list", "s3", "PutBucketAcl", `{"bucketName":"b","acl":[""],"x-amz-acl":["public-read"]}`, []string{"everyone"}},
		{"canned list, other case", "s3", "PutObjectAcl", `{"X-Amz-Acl":"public-read-write"}`, []string{"everyone"}},
		{"canned private list", "s3", "PutBucketAcl", `{"x-amz-acl":["private"]}`, nil},
		{"grant to all", "s3", "PutBucketAcl", acl(`{"Grantee":{"xsi:type":"CanonicalUser","ID":"me"}},{"Grantee":{"xsi:type":"Group","URI":"http://acs.amazonaws.com/groups/global/AllUsers"}}`), []string{"everyone"}},
		{"grant to another", "s3", "PutBucketAcl", acl(`{"Grantee":{"ID":"other"}},{"Grantee":{"URI":"http://acs.amazonaws.com/groups/s3/LogDelivery"}}`), []string{"other"}},
		{"one grant", "s3", "PutObjectAcl", `{"AccessControlPolicy":{"AccessControlList":{"Grant":{"Grantee":{"EmailAddress":"a@example.com"}}}}}`, []string{"a@example.com"}},
		{"grant by header", "s3", "PutObjectAcl", `{"x-amz-grant-read":["id=\"abc\", uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\""]}`, []string{"everyone", "abc"}},
		{"replication", "s3", "PutBucketReplication", `{"ReplicationConfiguration":{"Role":"r","Rule":{"Destination":{"Bucket":"arn:aws:s3:::x","Account":"999988887777"}}}}`, []string{"999988887777"}},
		{"trust, new role", "iam", "CreateRole", `{"roleName":"r","assumeRolePolicyDocument":` + quoted(t, outside) + `}`, []string{"999988887777"}},
		{"trust, changed", "iam", "UpdateAssumeRolePolicy", `{"policyDocument":` + quoted(t, url.PathEscape(outside)) + `}`, []string{"999988887777"}},
		{"trust in a service", "iam", "CreateRole", `{"assumeRolePolicyDocument":` + quoted(t, statement(`"Principal":{"Service":"ec2.amazonaws.com"}`)) + `}`, nil},
		{"permissions are no trust", "iam", "PutRolePolicy", `{"policyDocument":` + quoted(t, outside) + `}`, nil},
		{"function to all", "lambda", "AddPermission20150331v2", `{"functionName":"f","principal":"*","action":"lambda:InvokeFunction"}`, []string{"everyone"}},
		{"function to an organization", "lambda", "AddPermission20150331v2", `{"principal":"*","principalOrgID":"o-1"}`, []string{"o-1"}},
		{"function to a service", "lambda", "AddPermission20150331v2", `{"principal":"s3.amazonaws.com","sourceAccount":"111122223333"}`, nil},
		{"layer", "lambda", "AddLayerVersionPermission20181031", `{"layerName":"l","principal":"999988887777"}`, []string{"999988887777"}},
		{"open URL", "lambda", "CreateFunctionUrlConfig20211031", `{"functionName":"f","authType":"NONE"}`, []string{"everyone"}},
		{"closed URL", "lambda", "CreateFunctionUrlConfig20211031", `{"authType":"AWS_IAM"}`, nil},
		{"key grant", "kms", "CreateGrant", `{"keyId":"k","granteePrincipal":"arn:aws:iam::999988887777:role/r"}`, []string{"arn:aws:iam::999988887777:role/r"}},
		{"key grant to a service", "kms", "CreateGrant", `{"granteePrincipal":"rds.eu-west-1.amazonaws.com"}`, nil},
		{"key grant to EC2 in the account", "kms", "CreateGrant", `{"granteePrincipal":"111122223333:aws:ec2-infrastructure:i-1"}`, nil},
		{"key policy", "kms", "PutKeyPolicy", `{"policy":` + quoted(t, outside) + `}`, []string{"999988887777"}},
		{"secret", "secretsmanager", "PutResourcePolicy", `{"secretId":"s","resourcePolicy":` + quoted(t, outside) + `}`, []string{"999988887777"}},
		{"queue", "sqs", "SetQueueAttributes", `{"attributes":{"Policy":` + quoted(t, statement(`"Principal":{"AWS":"*"}`)) + `}}`, []string{"everyone"}},
		{"queue without a policy", "sqs", "SetQueueAttributes", `{"attributes":{"Policy":""}}`, nil},
		{"topic", "sns", "SetTopicAttributes", `{"attributeName":"Policy","attributeValue":` + quoted(t, outside) + `}`, []string{"999988887777"}},
		{"topic, another attribute", "sns", "SetTopicAttributes", `{"attributeName":"DeliveryPolicy","attributeValue":` + quoted(t, outside) + `}`, nil},
		{"topic by account", "sns", "AddPermission", `{"topicArn":"t","aWSAccountId":["999988887777"]}`, []string{"999988887777"}},
		{"resource share", "ram", "CreateResourceShare", `{"name":"n","principals":["999988887777","arn:aws:organizations::111122223333:ou/o-1/ou-1"]}`, []string{"999988887777", "arn:aws:organizations::111122223333:ou/o-1/ou-1"}},
		{"invitation", "organizations", "InviteAccountToOrganization", `{"target":{"type":"ACCOUNT","id":"999988887777"}}`, []string{"999988887777"}},
		{"document", "ssm", "ModifyDocumentPermission", `{"name":"d","accountIdsToAdd":["All"]}`, []string{"everyone"}},
		{"repository", "ecr", "SetRepositoryPolicy", `{"policyText":` + quoted(t, outside) + `}`, []string{"999988887777"}},
		{"log destination", "logs", "PutDestinationPolicy", `{"accessPolicy":` + quoted(t, statement(`"Principal":{"AWS":"999988887777"}`)) + `}`, []string{"999988887777"}},
		{"event bus", "events", "PutPermission", `{"principal":"*","condition":{"type":"StringEquals","key":"aws:PrincipalOrgID","value":"o-1"}}`, []string{"o-1"}},
		{"data catalog, to an organization", "glue", "PutResourcePolicy", `{"policyInJson":` + quoted(t, statement(`"Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`)) + `}`, []string{"o-1"}},
		{"wrong types", "ec2", "ModifySnapshotAttribute", `{"createVolumePermission":[[{"add":1}],7,{"add":[{"userId":{"content":["x"]}},[],"all"]}]}`, nil},
		{"policy that is none", "kms", "PutKeyPolicy", `{"policy":"{\"Statement\":["}`, nil},
		{"policy that is a number", "kms", "PutKeyPolicy", `{"policy":7}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, call(t, c.source, c.call, c.request).SharedWith)
		})
	}
}

func TestPolicyPrincipals(t *testing.T) {
	for _, c := range []struct {
		name, statement string
		want            []string
	}{
		{"several", `"Principal":{"AWS":["999988887777","arn:aws:iam::111122223333:role/own","arn:aws:iam::888877776666:user/u"]}`, []string{"999988887777", "arn:aws:iam::888877776666:user/u"}},
		{"everyone comes first of six", `"Principal":{"AWS":["1","2","3","4","5","*"]}`, []string{"everyone", "1", "2", "3", "4"}},
		{"federation at home and abroad", `"Principal":{"Federated":["arn:aws:iam::111122223333:oidc-provider/x","accounts.google.com"]}`, []string{"accounts.google.com"}},
		{"canonical user", `"Principal":{"CanonicalUser":"79a59d"}`, []string{"79a59d"}},
		{"all but one", `"NotPrincipal":{"AWS":"999988887777"}`, []string{"everyone"}},
		{"no principal", `"NotAction":"x"`, nil},
		{"own account only", `"Principal":"*","Condition":{"StringEquals":{"AWS:SourceOwner":"111122223333"}}`, nil},
		{"own account and a bucket", `"Principal":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"},"StringEquals":{"aws:SourceAccount":["111122223333"]}}`, nil},
		{"another account's things", `"Principal":{"AWS":"*"},"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:999988887777:*"}}`, []string{"arn:aws:sns:eu-west-1:999988887777:*"}},
		{"any account's things", `"Principal":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:t"}}`, []string{"everyone"}},
		{"network", `"Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24"]}}`, []string{"203.0.113.0/24"}},
		{"every network", `"Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, []string{"everyone"}},
		{"organization, whatever the network", `"Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"},"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, []string{"o-1"}},
		{"only if it is there", `"Principal":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`, []string{"everyone"}},
		{"all but an organization", `"Principal":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, []string{"everyone"}},
		{"another condition", `"Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`, []string{"everyone"}},
		{"odd condition", `"Principal":"*","Condition":["x"]`, []string{"everyone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, call(t, "s3", "PutBucketPolicy", `{"bucketPolicy":`+statement(c.statement)+`}`).SharedWith)
		})
	}
	deny := `{"Statement":{"Effect":"Deny","Principal":"*"}}`
	require.Nil(t, call(t, "s3", "PutBucketPolicy", `{"bucketPolicy":`+deny+`}`).SharedWith)
	single := `{"Statement":{"Effect":"Allow","Principal":"*"}}`
	require.Equal(t, []string{"everyone"}, call(t, "s3", "PutBucketPolicy", `{"bucketPolicy":`+single+`}`).SharedWith)
}

func TestSharedWithKnowsNoAccount(t *testing.T) {
	got := evidenceOf(t, `{"eventSource":"rds.amazonaws.com","eventName":"ModifyDBSnapshotAttribute","requestParameters":{"valuesToAdd":["1"]}}`)
	require.Equal(t, []string{"1"}, got.SharedWith)
}
