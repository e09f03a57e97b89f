package demo

import (
	"strings"
	"time"
)

// A shape is what an action's record holds besides who, when and where. In its texts $ and a letter stand for what differs (see
// fill); "" is null.
type shape struct{ params, answer, resources, extra, details string }

const (
	roleResource   = `[{"accountId":"$a","type":"AWS::IAM::Role","ARN":"$0"}]`
	bucketResource = `[{"accountId":"$a","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$n-$a"}]`
	bucket         = `{"bucketName":"$n-$a","Host":"$n-$a.s3.$r.amazonaws.com"}`
	keyResource    = `[{"accountId":"$a","type":"AWS::KMS::Key","ARN":"arn:aws:kms:$r:$a:key/1234abcd-12ab-34cd-56ef-$a"}]`
	credentials    = `{"credentials":{"accessKeyId":"ASIA$k","sessionToken":"IQoJb3JpZ2luX2VjEXAMPLE","expiration":"$d"}`
	assumed        = credentials + `,"assumedRoleUser":{"assumedRoleId":"AROA$k:$1","arn":"$0/$1"}}`
	instances      = `{"instancesSet":{"items":[{"instanceId":"$i"}]}}`
	functionName   = `{"functionName":"arn:aws:lambda:$r:$a:function:$n-handler"}`
	stack          = `{"stackName":"$n-service"}`
	table          = `{"catalogId":"$a","databaseName":"warehouse","name":"$n"}`
	user0          = `{"userName":"$0"}`
	policy0        = `{"userName":"$0","policyArn":"$1"}`
	console        = `{"LoginTo":"https://console.aws.amazon.com/console/home?state=hashArgs%23","MobileVersion":"No","MFAUsed":"$m"}`
)

// shapes are the actions that have more to say than nothing, after AWS's documentation of their parameters.
var shapes = map[string]shape{
	"sts:AssumeRole": {params: `{"roleArn":"$0","roleSessionName":"$1","durationSeconds":3600}`, answer: assumed, resources: roleResource},
	"sts:AssumeRoleWithSAML": {params: `{"sAMLAssertionID":"_$u","roleSessionName":"$1","durationSeconds":3600,"roleArn":"$0","principalArn":"arn:aws:iam::$a:saml-provider/corp"}`,
		answer: assumed, resources: roleResource},
	"sts:AssumeRoleWithWebIdentity": {params: `{"roleArn":"$0","roleSessionName":"$1","durationSeconds":3600}`, answer: assumed, resources: roleResource},
	"sts:GetFederationToken":        {params: `{"name":"$0"}`, answer: credentials + `,"federatedUser":{"federatedUserId":"$a:$0","arn":"arn:aws:sts::$a:federated-user/$0"}}`},
	"signin:ConsoleLogin":           {answer: `{"ConsoleLogin":"Success"}`, extra: console},
	"signin:UserAuthentication":     {extra: `{"AuthWorkflowID":"$u","CredentialType":"EXTERNAL_IDP"}`, details: `{"UserAuthentication":"Success"}`},
	"sso:Federate":                  {details: `{"relayId":"$u","account_id":"$a","role_name":"ViewOnly"}`},
	"sso:Authenticate":              {details: `{"relayId":"$u"}`},

	"iam:CreateUser":       {params: user0, answer: `{"user":{"path":"/","userName":"$0","userId":"$1","arn":"arn:aws:iam::$a:user/$0","createDate":"$d"}}`},
	"iam:CreateAccessKey":  {params: user0, answer: `{"accessKey":{"userName":"$0","accessKeyId":"AKIA$k","status":"Active","createDate":"$d"}}`},
	"iam:AttachUserPolicy": {params: policy0},
	"iam:CreateLoginProfile": {params: `{"userName":"$0","passwordResetRequired":false}`,
		answer: `{"loginProfile":{"userName":"$0","createDate":"$d","passwordResetRequired":false}}`},
	"iam:UpdateAssumeRolePolicy": {params: `{"roleName":"$0","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::$1:root\"},\"Action\":\"sts:AssumeRole\"}]}"}`},
	"iam:GetRole":                {params: `{"roleName":"$n-task"}`},
	"iam:CreateRole": {params: `{"roleName":"$n-preview","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"}`,
		answer: `{"role":{"path":"/","roleName":"$n-preview","roleId":"AROA$k","createDate":"$d"}}`},
	"iam:DeleteRole":               {params: `{"roleName":"$n-preview"}`},
	"iam:PutRolePolicy":            {params: `{"roleName":"$n-preview","policyName":"run","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"logs:PutLogEvents\",\"sqs:ReceiveMessage\"],\"Resource\":\"*\"}]}"}`},
	"iam:DeleteRolePolicy":         {params: `{"roleName":"$n-preview","policyName":"run"}`},
	"iam:ListAttachedRolePolicies": {params: `{"roleName":"$n-task"}`},

	"s3:GetObject": {params: `{"bucketName":"www-$a","Host":"www-$a.s3.$r.amazonaws.com","key":"assets/$n.js"}`,
		resources: `[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::www-$a/assets/$n.js"},{"accountId":"$a","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::www-$a"}]`},
	"s3:ListObjects":         {params: `{"bucketName":"www-$a","Host":"www-$a.s3.$r.amazonaws.com"}`},
	"s3:GetBucketAcl":        {params: bucket, resources: bucketResource},
	"s3:GetBucketPolicy":     {params: bucket, resources: bucketResource},
	"s3:GetBucketEncryption": {params: bucket, resources: bucketResource},
	"s3:GetBucketLocation":   {params: bucket, resources: bucketResource},
	"s3:GetBucketVersioning": {params: bucket, resources: bucketResource},
	"s3:CreateBucket":        {params: bucket},
	"s3:DeleteBucket":        {params: bucket},
	"s3:PutBucketPolicy": {params: `{"bucketName":"$0","Host":"$0.s3.$r.amazonaws.com","policy":"","bucketPolicy":{"Version":"2012-10-17","Statement":[{"Sid":"share","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::$0/*"}]}}`,
		resources: `[{"accountId":"$a","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::$0"}]`},
	"kms:Decrypt":             {params: `{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"PARAMETER_ARN":"arn:aws:ssm:$r:$a:parameter/$n/config"}}`, resources: keyResource},
	"kms:GenerateDataKey":     {params: `{"keyId":"arn:aws:kms:$r:$a:key/1234abcd-12ab-34cd-56ef-$a","keySpec":"AES_256"}`, resources: keyResource},
	"kms:RotateKey":           {resources: keyResource, details: `{"keyId":"1234abcd-12ab-34cd-56ef-$a","rotationType":"AUTOMATIC"}`},
	"logs:CreateLogStream":    {params: `{"logGroupName":"/aws/$n","logStreamName":"$u"}`},
	"logs:DeleteLogGroup":     {params: `{"logGroupName":"/$0/flow"}`},
	"logs:FilterLogEvents":    {params: `{"logGroupName":"/aws/$n","limit":500}`},
	"logs:StartQuery":         {params: `{"logGroupName":"/aws/$n","queryString":"***","limit":1000}`, answer: `{"queryId":"$u"}`},
	"cloudtrail:StopLogging":  {params: `{"name":"$0"}`},
	"cloudtrail:DeleteTrail":  {params: `{"name":"$0"}`},
	"cloudtrail:LookupEvents": {params: `{"maxResults":50}`},

	"secretsmanager:GetSecretValue":    {params: `{"secretId":"arn:aws:secretsmanager:$r:$a:secret:$0-Ex4mpl"}`},
	"secretsmanager:RotationStarted":   {details: `{"secretId":"arn:aws:secretsmanager:$r:$a:secret:prod/payments/database-Ex4mpl"}`},
	"secretsmanager:RotationSucceeded": {details: `{"secretId":"arn:aws:secretsmanager:$r:$a:secret:prod/payments/database-Ex4mpl"}`},
	"secretsmanager:ListSecrets":       {params: `{"maxResults":100}`},
	"ssm:UpdateInstanceInformation":    {params: `{"agentName":"amazon-ssm-agent","agentVersion":"3.3.2299.0","agentStatus":"Active","instanceId":"$s","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023"}`},
	"ssm:GetParameter":                 {params: `{"name":"/$n/config","withDecryption":true}`},
	"ssm:PutParameter": {params: `{"name":"/$n/config","type":"SecureString","overwrite":true}`,
		answer: `{"version":7,"tier":"Standard"}`},
	"ssm:StartSession": {params: `{"target":"$i"}`, answer: `{"sessionId":"$s-$u"}`},

	"ec2:DescribeInstances":      {params: `{"instancesSet":{},"filterSet":{},"maxResults":100}`},
	"ec2:DescribeSecurityGroups": {params: `{"securityGroupSet":{},"securityGroupIdSet":{},"filterSet":{}}`},
	"ec2:DescribeSnapshots":      {params: `{"maxResults":200,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"sharedUsersSet":{},"filterSet":{}}`},
	"ec2:CreateSnapshot": {params: `{"volumeId":"vol-0a1b2c3d4e5f60718"}`,
		answer: `{"snapshotId":"$0","volumeId":"vol-0a1b2c3d4e5f60718","status":"pending"}`},
	"ec2:ModifySnapshotAttribute": {params: `{"snapshotId":"$1","attributeType":"CREATE_VOLUME_PERMISSION","createVolumePermission":{"add":{"items":[{"userId":"$0"}]}}}`,
		answer: `{"requestId":"$u","_return":true}`},
	"ec2:DeleteFlowLogs": {params: `{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0$h"}}}`,
		answer: `{"DeleteFlowLogsResponse":{"requestId":"$u","unsuccessful":""}}`},
	"ec2:RunInstances": {params: `{"instancesSet":{"items":[{"imageId":"ami-0abcdef1234567890","minCount":1,"maxCount":1}]},"instanceType":"m7g.large","monitoring":{"enabled":false}}`,
		answer: `{"reservationId":"r-0$h","ownerId":"$a","instancesSet":{"items":[{"instanceId":"i-0$h","imageId":"ami-0abcdef1234567890","instanceState":{"code":0,"name":"pending"},"instanceType":"m7g.large"}]}}`},
	"ec2:TerminateInstances":            {params: instances, answer: instances},
	"ec2:StopInstances":                 {params: instances, answer: instances},
	"ec2:StartInstances":                {params: instances, answer: instances},
	"ec2:RebootInstances":               {params: instances},
	"ec2:AuthorizeSecurityGroupIngress": {params: `{"groupId":"sg-0$h","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"ipRanges":{"items":[{"cidrIp":"192.0.2.0/24"}]}}]}}`},

	"lambda:GetFunction20150331v2":                 {params: functionName},
	"lambda:UpdateFunctionConfiguration20150331v2": {params: functionName},
	"lambda:UpdateFunctionCode20150331v2":          {params: functionName, answer: `{"functionName":"$n-handler","runtime":"python3.12","version":"$$LATEST","codeSize":5242880}`},
	"cloudformation:DescribeStacks":                {params: stack},
	"cloudformation:DescribeStackEvents":           {params: stack},
	"cloudformation:CreateChangeSet": {params: `{"stackName":"$n-service","changeSetName":"$s","capabilities":["CAPABILITY_IAM"]}`,
		answer: `{"id":"arn:aws:cloudformation:$r:$a:changeSet/$s/$u"}`},
	"cloudformation:ExecuteChangeSet": {params: `{"stackName":"$n-service","changeSetName":"$s"}`},
	"ecs:UpdateService":               {params: `{"cluster":"main","service":"$n","forceNewDeployment":true}`},
	"ecs:DescribeServices":            {params: `{"cluster":"main","services":["$n"]}`},
	"ecs:RegisterTaskDefinition":      {params: `{"family":"$n","networkMode":"awsvpc","cpu":"512","memory":"1024","containerDefinitions":[{"name":"$n","image":"$a.dkr.ecr.$r.amazonaws.com/$n:$s"}]}`},
	"monitoring:GetMetricData":        {params: `{"metricDataQueries":[{"id":"m1","metricStat":{"metric":{"namespace":"AWS/ECS","metricName":"CPUUtilization"},"period":300,"stat":"Average"}}]}`},
	"dynamodb:DescribeTable": {params: `{"tableName":"$n"}`,
		resources: `[{"accountId":"$a","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:$r:$a:table/$n"}]`},
	"athena:StartQueryExecution": {params: `{"queryString":"***OMITTED***","workGroup":"analysts","queryExecutionContext":{"database":"warehouse"}}`,
		answer: `{"queryExecutionId":"$u"}`},
	"athena:GetQueryExecution":  {params: `{"queryExecutionId":"$u"}`},
	"glue:GetTable":             {params: table},
	"glue:UpdateTable":          {params: `{"databaseName":"warehouse","tableInput":{"name":"$n","parameters":{"comment":"loaded \"nightly\", {see runbook}"}}}`},
	"glue:BatchCreatePartition": {params: `{"databaseName":"warehouse","tableName":"$n"}`},
	"rds:CreateDBSnapshot":      {params: `{"dBInstanceIdentifier":"$n","dBSnapshotIdentifier":"awsbackup-$u"}`},
	"sqs:GetQueueAttributes":    {params: `{"queueUrl":"https://sqs.$r.amazonaws.com/$a/$n","attributeNames":["All"]}`},
}

// names are what the organization's things are called.
var names = [...]string{"orders", "catalog", "payments", "search", "reviews", "shipping", "accounts", "mailer"}

// fill appends a shape's text: $0 to $3 are the call's arguments, or else a thing's name; $a account, $r region, $s session, $d date,
// $m whether with MFA, $n a thing's name, the same within the text, $i an instance, $u a UUID, $h 16 hex digits, $k 16 of a key's, $$ itself.
func (w *writer) fill(b []byte, text string, c *call) []byte {
	if text == "" {
		return append(b, "null"...)
	}
	thing := names[w.r.IntN(len(names))]
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 || i+1 == len(text) {
			return append(b, text...)
		}
		b = append(b, text[:i]...)
		switch letter := text[i+1]; letter {
		case '0', '1', '2', '3':
			if n := int(letter - '0'); n < len(c.args) {
				thing := c.args[n]
				b = append(b, thing...)
			} else {
				b = append(b, thing...)
			}
		case 'a':
			b = append(b, c.account...)
		case 'r':
			b = append(b, c.region...)
		case 's':
			b = append(b, c.session.name...)
		case 'd':
			b = time.Unix(c.at, 0).UTC().AppendFormat(b, "Jan 2, 2006, 3:04:05 PM")
		case 'm':
			b = append(b, secondFactor(c)...)
		case 'n':
			b = append(b, thing...)
		case 'i':
			b = append(b, "i-0"+w.ids.hex(16, c.account, thing)...)
		case 'u':
			b = w.uuid(b)
		case 'h':
			b = w.hex(b, 16)
		case 'k':
			for range 16 {
				b = append(b, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[w.r.IntN(32)])
			}
		default:
			b = append(b, letter)
		}
		text = text[i+2:]
	}
}

// secondFactor is what a console login says of MFA: federated logins leave it to their provider, the intruder has none.
func secondFactor(c *call) string {
	if c.story || c.by.kind == role {
		return "No"
	}
	return "Yes"
}

func (w *writer) uuid(b []byte) []byte {
	b = append(w.hex(b, 8), '-')
	b = append(w.hex(b, 4), "-4"...)
	b = append(w.hex(b, 3), "-8"...)
	b = append(w.hex(b, 3), '-')
	return w.hex(b, 12)
}

func (w *writer) hex(b []byte, n int) []byte {
	for bits := w.r.Uint64(); n > 0; n-- {
		b = append(b, "0123456789abcdef"[bits&15])
		bits >>= 4
	}
	return b
}
