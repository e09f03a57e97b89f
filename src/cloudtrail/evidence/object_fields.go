package evidence

// An objectField is a field of requestParameters that names what a call touches.
type objectField struct {
	path   []string // names, from the outside in; lists on the way are gone through
	kind   string   // what it names: its own name without Name, Id or Arn, or a word that says it better; "" asks the action's name
	source string   // the only eventSource that means it, without .amazonaws.com; "" for all
	within string   // a field whose value is put in front, with a slash
}

// objectFields are all request fields whose content may be told, those that matter most first. Names are those of the AWS API
// references, as CloudTrail writes them (first letter small; case is not compared). There are 60 at most, and none may hold text that a
// caller writes freely, such as a description, a document or a message.
var objectFields = []objectField{
	// IAM API Reference
	{path: []string{"userName"}, kind: "user"},
	{path: []string{"roleName"}, kind: "role"},
	{path: []string{"groupName"}, kind: "securityGroup", source: "ec2"},
	{path: []string{"groupName"}, kind: "group"},
	{path: []string{"instanceProfileName"}, kind: "instanceProfile"},
	{path: []string{"accessKeyId"}, kind: "accessKey"},
	{path: []string{"serialNumber"}, kind: "mfaDevice", source: "iam"},
	{path: []string{"sAMLProviderArn"}, kind: "samlProvider"},
	{path: []string{"openIDConnectProviderArn"}, kind: "oidcProvider"},
	{path: []string{"policyArn"}, kind: "policy"},
	{path: []string{"policyName"}, kind: "policy"},
	// AWS STS and IAM Identity Center API References
	{path: []string{"roleArn"}, kind: "role", source: "sts"},
	{path: []string{"permissionSetArn"}, kind: "permissionSet"},
	// Amazon S3 API Reference
	{path: []string{"key"}, kind: "object", source: "s3", within: "bucketName"},
	{path: []string{"bucketName"}, kind: "bucket"},
	// Amazon EC2 API Reference
	{path: []string{"instanceId"}, kind: "instance"},
	{path: []string{"instancesSet", "instanceId"}, kind: "instance"},
	{path: []string{"instanceIds"}, kind: "instance"},
	{path: []string{"snapshotId"}, kind: "snapshot"},
	{path: []string{"volumeId"}, kind: "volume"},
	{path: []string{"imageId"}, kind: "image"},
	{path: []string{"instancesSet", "imageId"}, kind: "image"},
	{path: []string{"groupId"}, kind: "securityGroup", source: "ec2"},
	{path: []string{"groupId"}, kind: "group"},
	{path: []string{"keyName"}, kind: "keyPair"},
	{path: []string{"flowLogId"}, kind: "flowLog"},
	{path: []string{"networkAclId"}, kind: "networkAcl"},
	{path: []string{"routeTableId"}, kind: "routeTable"},
	{path: []string{"transitGatewayAttachmentId"}, kind: "transitGatewayAttachment"},
	{path: []string{"resourcesSet", "resourceId"}, kind: "resource"},
	// Amazon RDS API Reference
	{path: []string{"dBInstanceIdentifier"}, kind: "dbInstance"},
	{path: []string{"dBClusterIdentifier"}, kind: "dbCluster"},
	{path: []string{"dBSnapshotIdentifier"}, kind: "dbSnapshot"},
	{path: []string{"dBClusterSnapshotIdentifier"}, kind: "dbClusterSnapshot"},
	// AWS Lambda API Reference
	{path: []string{"functionName"}, kind: "function"},
	{path: []string{"layerName"}, kind: "layer"},
	// What records the deeds: CloudTrail, AWS Config, CloudWatch Logs, GuardDuty and Route 53 API References
	{path: []string{"trailName"}, kind: "trail"},
	{path: []string{"configurationRecorderName"}, kind: "configurationRecorder"},
	{path: []string{"deliveryChannelName"}, kind: "deliveryChannel"},
	{path: []string{"logGroupName"}, kind: "logGroup"},
	{path: []string{"destinationName"}, kind: "logDestination"},
	{path: []string{"detectorId"}, kind: "detector"},
	{path: []string{"resolverQueryLogConfigId"}, kind: "resolverQueryLogConfig"},
	{path: []string{"hostedZoneId"}, kind: "hostedZone"},
	// AWS Secrets Manager, AWS KMS and AWS Systems Manager API References
	{path: []string{"secretId"}, kind: "secret"},
	{path: []string{"keyId"}, kind: "key"},
	{path: []string{"names"}, kind: "parameter", source: "ssm"},
	{path: []string{"target"}, kind: "instance", source: "ssm"},
	{path: []string{"documentName"}, kind: "document"},
	// Further API References of the services the names speak of
	{path: []string{"stackName"}, kind: "stack"},
	{path: []string{"clusterName"}, kind: "cluster"},
	{path: []string{"repositoryName"}, kind: "repository"},
	{path: []string{"tableName"}, kind: "table"},
	{path: []string{"topicArn"}, kind: "topic"},
	{path: []string{"queueUrl"}, kind: "queue"},
	{path: []string{"backupVaultName"}, kind: "backupVault"},
	{path: []string{"modelId"}, kind: "model", source: "bedrock"},
	// AWS Organizations API Reference
	{path: []string{"accountId"}, kind: "account"},
	{path: []string{"organizationalUnitId"}, kind: "organizationalUnit"},
	{path: []string{"policyId"}, kind: "policy"},
	// name says something else in every service: where none of these knows it, what the action's name says
	{path: []string{"name"}, kind: "trail", source: "cloudtrail"},
	{path: []string{"name"}, kind: "parameter", source: "ssm"},
	{path: []string{"name"}, kind: "secret", source: "secretsmanager"},
	{path: []string{"name"}, kind: "topic", source: "sns"},
	{path: []string{"name"}, kind: "rule", source: "events"},
	{path: []string{"name"}, kind: "cluster", source: "eks"},
	{path: []string{"name"}, kind: "federatedUser", source: "sts"},
	{path: []string{"name"}, kind: "resourceShare", source: "ram"},
	{path: []string{"name"}, kind: ""},
	{path: []string{"resourceArn"}, kind: "resource"},
}

// callersOwn are the IAM actions that act on the calling user where no userName is given (IAM API Reference, UserName of each;
// ChangePassword has none).
var callersOwn = map[string]bool{
	"ChangePassword": true, "CreateAccessKey": true, "CreateLoginProfile": true, "DeactivateMFADevice": true, "DeleteAccessKey": true,
	"DeleteLoginProfile": true, "DeleteSigningCertificate": true, "GetLoginProfile": true, "GetUser": true, "ListAccessKeys": true, "ListMFADevices": true,
	"ListSigningCertificates": true, "UpdateAccessKey": true, "UpdateSigningCertificate": true, "UploadSigningCertificate": true,
}
