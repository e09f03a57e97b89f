package evidence

// A sharingCall is a place in the request of some calls that says with whom something is shared, or to whom it is opened.
type sharingCall struct {
	source string   // eventSource without .amazonaws.com
	names  string   // eventNames without an API date, parted by spaces
	path   []string // in requestParameters; nil is all of it
	read   func(*audience, value)
}

// sharingCalls are all calls whose sharing is told. Names and paths are those of the API references of the services named.
var sharingCalls = []sharingCall{
	// Amazon EC2: ModifySnapshotAttribute, ModifyImageAttribute, AuthorizeSecurityGroupIngress, …
	{"ec2", "ModifySnapshotAttribute", []string{"createVolumePermission", "add"}, (*audience).permission},
	{"ec2", "ModifyImageAttribute", []string{"launchPermission", "add"}, (*audience).permission},
	{"ec2", "ModifyFpgaImageAttribute", []string{"loadPermission", "add"}, (*audience).permission},
	{"ec2", "ModifySnapshotAttribute ModifyImageAttribute ModifyFpgaImageAttribute", nil, (*audience).addedUsers},
	{"ec2", "AuthorizeSecurityGroupIngress", []string{"cidrIp"}, (*audience).whom},
	{"ec2", "AuthorizeSecurityGroupIngress", []string{"ipPermissions", "ipRanges", "cidrIp"}, (*audience).whom},
	{"ec2", "AuthorizeSecurityGroupIngress", []string{"ipPermissions", "ipv6Ranges", "cidrIpv6"}, (*audience).whom},
	{"ec2", "AuthorizeSecurityGroupIngress", []string{"ipPermissions", "groups", "userId"}, (*audience).whom},
	{"ec2", "ModifySecurityGroupRules", []string{"SecurityGroupRule", "SecurityGroupRule", "CidrIpv4"}, (*audience).whom},
	{"ec2", "ModifySecurityGroupRules", []string{"SecurityGroupRule", "SecurityGroupRule", "CidrIpv6"}, (*audience).whom},
	{"ec2", "ModifyVpcEndpointServicePermissions", []string{"AddAllowedPrincipals"}, (*audience).whom},

	// Amazon RDS and Amazon Redshift
	{"rds", "ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute", []string{"valuesToAdd"}, (*audience).whom},
	{"rds", "CreateDBInstance ModifyDBInstance CreateDBInstanceReadReplica RestoreDBInstanceFromDBSnapshot RestoreDBInstanceFromS3 " +
		"RestoreDBInstanceToPointInTime CreateDBCluster", []string{"publiclyAccessible"}, (*audience).opened},
	{"rds", "AuthorizeDBSecurityGroupIngress", []string{"cIDRIP"}, (*audience).whom},
	{"redshift", "CreateCluster ModifyCluster RestoreFromClusterSnapshot", []string{"publiclyAccessible"}, (*audience).opened},
	{"redshift", "AuthorizeSnapshotAccess", []string{"accountWithRestoreAccess"}, (*audience).whom},
	{"redshift", "AuthorizeClusterSecurityGroupIngress", []string{"cIDRIP"}, (*audience).whom},

	// Amazon S3
	{"s3", "PutBucketPolicy", []string{"bucketPolicy"}, (*audience).policy},
	{"s3", aclCalls, []string{"x-amz-acl"}, (*audience).cannedACL},
	{"s3", aclCalls, []string{"accessControlPolicy"}, (*audience).acl},
	{"s3", aclCalls, []string{"x-amz-grant-full-control"}, (*audience).grantHeader},
	{"s3", aclCalls, []string{"x-amz-grant-read"}, (*audience).grantHeader},
	{"s3", aclCalls, []string{"x-amz-grant-read-acp"}, (*audience).grantHeader},
	{"s3", aclCalls, []string{"x-amz-grant-write"}, (*audience).grantHeader},
	{"s3", aclCalls, []string{"x-amz-grant-write-acp"}, (*audience).grantHeader},
	{"s3", "PutBucketReplication", []string{"ReplicationConfiguration", "Rule", "Destination", "Account"}, (*audience).whom},

	// AWS IAM: whom a role trusts
	{"iam", "CreateRole", []string{"assumeRolePolicyDocument"}, (*audience).policy},
	{"iam", "UpdateAssumeRolePolicy", []string{"policyDocument"}, (*audience).policy},

	// AWS Lambda
	{"lambda", "AddPermission AddLayerVersionPermission", nil, (*audience).grant},
	{"lambda", "CreateFunctionUrlConfig UpdateFunctionUrlConfig", []string{"authType"}, (*audience).unauthenticated},

	// AWS KMS and AWS Secrets Manager
	{"kms", "CreateGrant", []string{"granteePrincipal"}, (*audience).whom},
	{"kms", "PutKeyPolicy CreateKey ReplicateKey", []string{"policy"}, (*audience).policy},
	{"secretsmanager", "PutResourcePolicy", []string{"resourcePolicy"}, (*audience).policy},

	// Amazon SQS and Amazon SNS
	{"sqs", "SetQueueAttributes CreateQueue", []string{"attributes", "Policy"}, (*audience).policy},
	{"sqs", "AddPermission", []string{"aWSAccountIds"}, (*audience).whom},
	{"sns", "SetTopicAttributes", nil, (*audience).namedPolicy},
	{"sns", "CreateTopic", []string{"attributes", "Policy"}, (*audience).policy},
	{"sns", "AddPermission", []string{"aWSAccountId"}, (*audience).whom},

	// AWS RAM, AWS Organizations and AWS Systems Manager
	{"ram", "CreateResourceShare AssociateResourceShare", []string{"principals"}, (*audience).whom},
	{"organizations", "InviteAccountToOrganization", []string{"target", "id"}, (*audience).whom},
	{"organizations", "RegisterDelegatedAdministrator", []string{"accountId"}, (*audience).whom},
	{"ssm", "ModifyDocumentPermission", []string{"accountIdsToAdd"}, (*audience).whom},

	// Other services whose resources have a policy or a list of accounts of their own
	{"ecr", "SetRepositoryPolicy", []string{"policyText"}, (*audience).policy},
	{"ecr", "PutRegistryPolicy", []string{"policyText"}, (*audience).policy},
	{"logs", "PutResourcePolicy", []string{"policyDocument"}, (*audience).policy},
	{"logs", "PutDestinationPolicy", []string{"accessPolicy"}, (*audience).policy},
	{"events", "PutPermission", nil, (*audience).grant},
	{"events", "PutPermission", []string{"policy"}, (*audience).policy},
	{"glue", "PutResourcePolicy", []string{"policyInJson"}, (*audience).policy},
	{"dynamodb", "PutResourcePolicy", []string{"policy"}, (*audience).policy},
	{"kinesis", "PutResourcePolicy", []string{"policy"}, (*audience).policy},
	{"elasticfilesystem", "PutFileSystemPolicy", []string{"policy"}, (*audience).policy},
	{"backup", "PutBackupVaultAccessPolicy", []string{"policy"}, (*audience).policy},
	{"es", "CreateElasticsearchDomain UpdateElasticsearchDomainConfig CreateDomain UpdateDomainConfig", []string{"accessPolicies"}, (*audience).policy},
	{"eks", "CreateCluster UpdateClusterConfig", []string{"resourcesVpcConfig", "publicAccessCidrs"}, (*audience).whom},
}

// aclCalls are the Amazon S3 actions that take an access control list.
const aclCalls = "PutBucketAcl PutObjectAcl CreateBucket PutObject CopyObject CreateMultipartUpload"

// everyone stands for whoever asks, be it the whole internet or all of AWS.
const everyone = "everyone"

// everyones are the words that mean everyone, in lower case: of policies and principals, of EC2, RDS and Systems Manager permissions, of ACLs.
var everyones = map[string]bool{
	"*": true, "all": true,
	"http://acs.amazonaws.com/groups/global/allusers": true, "http://acs.amazonaws.com/groups/global/authenticatedusers": true,
}

// cannedACLs are those that open to everyone (Amazon S3 User Guide, "Canned ACL").
var cannedACLs = map[string]bool{"public-read": true, "public-read-write": true, "authenticated-read": true}

// narrowingKeys are the condition keys that bind a statement for everyone to somebody in particular. Amazon S3 User Guide, "The
// meaning of public", names most of them; the rest are their kin in the IAM User Guide, "AWS global condition context keys".
var narrowingKeys = map[string]bool{
	"aws:principalaccount": true, "aws:principalarn": true, "aws:principalorgid": true, "aws:principalorgpaths": true,
	"aws:sourceaccount": true, "aws:sourcearn": true, "aws:sourceorgid": true, "aws:sourceorgpaths": true, "aws:sourceowner": true,
	"aws:sourceip": true, "aws:sourcevpc": true, "aws:sourcevpce": true, "aws:userid": true, "kms:calleraccount": true,
	"s3:dataaccesspointaccount": true,
}

// narrowingOperators are the condition operators that hold only where the key is there and matches. Those that end in IfExists, that
// begin with ForAllValues or that deny say less.
var narrowingOperators = map[string]bool{
	"stringequals": true, "stringequalsignorecase": true, "stringlike": true, "arnequals": true, "arnlike": true, "ipaddress": true,
	"foranyvalue:stringequals": true, "foranyvalue:stringlike": true, "foranyvalue:arnequals": true, "foranyvalue:arnlike": true,
}
