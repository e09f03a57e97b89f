package evidence

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestObjects(t *testing.T) {
	for _, c := range []struct {
		name, source, call, request string
		kind                        string
		objects                     []string
	}{
		{"user", "iam", "CreateUser", `{"userName":"bob","tags":[{"key":"a","value":"b"}]}`, "user", []string{"bob"}},
		{"other case", "cognito-idp", "AdminCreateUser", `{"username":"bob"}`, "user", []string{"bob"}},
		{"user and policy", "iam", "AttachUserPolicy", `{"policyArn":"arn:aws:iam::aws:policy/AdministratorAccess","userName":"bob"}`,
			"user", []string{"bob", "arn:aws:iam::aws:policy/AdministratorAccess"}},
		{"role", "iam", "AttachRolePolicy", `{"policyArn":"arn:aws:iam::aws:policy/X","roleName":"web"}`, "role", []string{"web", "arn:aws:iam::aws:policy/X"}},
		{"inline policy", "iam", "PutGroupPolicy", `{"groupName":"staff","policyName":"p","policyDocument":"{}"}`, "group", []string{"staff", "p"}},
		{"own key", "iam", "CreateAccessKey", `null`, "user", []string{"carla"}},
		{"another's key", "iam", "CreateAccessKey", `{"userName":"bob"}`, "user", []string{"bob"}},
		{"nobody's", "iam", "ListUsers", `null`, "", nil},
		{"own key elsewhere", "other", "CreateAccessKey", `null`, "", nil},
		{"bucket", "s3", "DeleteBucket", `{"bucketName":"b"}`, "bucket", []string{"b"}},
		{"object", "s3", "GetObject", `{"bucketName":"b","key":"dir/file"}`, "object", []string{"b/dir/file", "b"}},
		{"key of something else", "ec2", "CreateTags", `{"key":"dir/file"}`, "", nil},
		{"instance", "ec2", "GetPasswordData", `{"instanceId":"i-1"}`, "instance", []string{"i-1"}},
		{"instances", "ec2", "StopInstances", `{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]},"force":false}`, "instance", []string{"i-1", "i-2"}},
		{"instances, as once written", "ec2", "DescribeClassicLinkInstances", `{"instancesSet":{"item":[{"instanceId":"i-1"}]}}`, "instance", []string{"i-1"}},
		{"launch", "ec2", "RunInstances", `{"instancesSet":{"items":[{"imageId":"ami-1","keyName":"k"}]}}`, "image", []string{"ami-1"}},
		{"security group", "ec2", "AuthorizeSecurityGroupIngress", `{"groupId":"sg-1","ipPermissions":{}}`, "securityGroup", []string{"sg-1"}},
		{"wrapped", "ec2", "DeleteFlowLogs", `{"DeleteFlowLogsRequest":{"FlowLogId":{"content":"fl-1","tag":1}}}`, "flowLog", []string{"fl-1"}},
		{"wrapped list", "ec2", "DeleteFlowLogs", `{"DeleteFlowLogsRequest":{"FlowLogId":[{"content":"fl-1","tag":1},{"content":"fl-2","tag":2}]}}`, "flowLog", []string{"fl-1", "fl-2"}},
		{"wrapped otherwise", "ec2", "DeleteTransitGatewayVpcAttachment", `{"DelTGwVpcAttachReq":{"TransitGatewayAttachmentId":"tgw-1"}}`, "transitGatewayAttachment", []string{"tgw-1"}},
		{"tagged", "ec2", "CreateTags", `{"resourcesSet":{"items":[{"resourceId":"i-1"}]}}`, "resource", []string{"i-1"}},
		{"database snapshot", "rds", "ModifyDBSnapshotAttribute", `{"dBSnapshotIdentifier":"snap","valuesToAdd":["all"]}`, "dbSnapshot", []string{"snap"}},
		{"function", "lambda", "UpdateFunctionCode20150331v2", `{"functionName":"f","dryRun":false}`, "function", []string{"f"}},
		{"trail by name", "cloudtrail", "StopLogging", `{"name":"t"}`, "trail", []string{"t"}},
		{"trail", "cloudtrail", "PutEventSelectors", `{"trailName":"t","eventSelectors":[]}`, "trail", []string{"t"}},
		{"secret", "secretsmanager", "GetSecretValue", `{"secretId":"db"}`, "secret", []string{"db"}},
		{"parameter", "ssm", "GetParameter", `{"name":"/db/password","withDecryption":true}`, "parameter", []string{"/db/password"}},
		{"parameters", "ssm", "GetParameters", `{"names":["/a","/b"]}`, "parameter", []string{"/a", "/b"}},
		{"command", "ssm", "SendCommand", `{"documentName":"AWS-RunShellScript","instanceIds":["i-1","i-2"],"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}`,
			"instance", []string{"i-1", "i-2", "AWS-RunShellScript"}},
		{"session", "ssm", "StartSession", `{"target":"i-1"}`, "instance", []string{"i-1"}},
		{"name of something new", "rolesanywhere", "CreateTrustAnchor", `{"name":"n","enabled":true}`, "trustAnchor", []string{"n"}},
		{"five at most", "ec2", "TerminateInstances", `{"instancesSet":{"items":[{"instanceId":"1"},{"instanceId":"2"},{"instanceId":"2"},{"instanceId":"3"},
			{"instanceId":"4"},{"instanceId":"5"},{"instanceId":"6"}]}}`, "instance", []string{"1", "2", "3", "4", "5"}},
		{"last of a doubled name", "iam", "CreateUser", `{"userName":"a","userName":"b"}`, "user", []string{"b"}},
		{"escaped name", "iam", "CreateUser", `{"user\u004eame":"b"}`, "user", []string{"b"}},
		{"nested name", "iam", "CreateUser", `{"tags":{"userName":"b"}}`, "", nil},
		{"wrong types", "ec2", "StopInstances", `{"instancesSet":[[{"instanceId":"i-1"}],7,null],"userName":{"x":1},"roleName":[["a"]],"snapshotId":true}`,
			"snapshot", []string{"true"}},
		{"no object", "ec2", "StopInstances", `[1,2]`, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := call(t, c.source, c.call, c.request)
			require.Equal(t, c.objects, got.Objects)
			require.Equal(t, c.kind, got.ObjectType)
		})
	}
}

func TestObjectsOfResources(t *testing.T) {
	for _, c := range []struct {
		name, rest, kind string
		objects          []string
	}{
		{"bucket and object, told once", `"requestParameters":{"bucketName":"b","key":"k"},"resources":[
			{"ARN":"arn:aws:s3:::b","type":"AWS::S3::Bucket"},{"ARN":"arn:aws:s3:::b/k","type":"AWS::S3::Object"}]`,
			"AWS::S3::Bucket", []string{"arn:aws:s3:::b", "arn:aws:s3:::b/k"}},
		{"prefix is no object", `"resources":[{"type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::b/"},{"accountId":"1","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}]`,
			"AWS::S3::Bucket", []string{"arn:aws:s3:::b"}},
		{"type absent", `"resources":[{"ARN":"arn:aws:ssm:eu-west-1:1:parameter/a/b","accountId":"1"}],"requestParameters":{"functionName":"/a/b","roleName":"/c"}`,
			"parameter", []string{"arn:aws:ssm:eu-west-1:1:parameter/a/b", "/c"}},
		{"not an array", `"resources":{"ARN":"arn:aws:kms:r:1:key/k","type":"AWS::KMS::Key"}`, "AWS::KMS::Key", []string{"arn:aws:kms:r:1:key/k"}},
		{"not even objects", `"resources":[1,"arn",null,[{"ARN":"x"}]]`, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := evidenceOf(t, `{"eventSource":"s3.amazonaws.com","eventName":"X",`+c.rest+`}`)
			require.Equal(t, c.objects, got.Objects)
			require.Equal(t, c.kind, got.ObjectType)
		})
	}
}

func TestObjectFieldsStayFew(t *testing.T) {
	paths := map[string]bool{}
	for _, f := range objectFields {
		paths[strings.Join(f.path, ".")] = true
		require.LessOrEqual(t, len(f.path[0]), longestName, f.path)
	}
	require.LessOrEqual(t, len(paths), 60)
}
