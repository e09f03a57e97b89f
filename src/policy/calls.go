package policy

import "slices"

// A Call is an operation that the other rooms call, with the actions that IAM asks for it.
type Call struct {
	Service   string   // as IAM's actions begin: dynamodb
	Operation string   // the SDK's
	Actions   []string // nil: service:operation
	For       []Purpose
}

var (
	always   = []Purpose{Run, Setup, Teardown}
	inRun    = []Purpose{Run}
	inSetup  = []Purpose{Setup}
	atTheEnd = []Purpose{Teardown}
)

// Calls are all that is called. Where an operation is not named as its action, the action is that of the Service Authorization Reference. A part of a
// transaction is an operation of its own here, as IAM asks for each part.
var Calls = []Call{
	{"sts", "AssumeRole", nil, always},
	{"sts", "GetCallerIdentity", []string{}, always}, // needs no permission

	{"organizations", "DescribeOrganization", nil, always},
	{"organizations", "ListAccounts", nil, always},
	{"organizations", "ListRoots", nil, always},
	{"organizations", "ListOrganizationalUnitsForParent", nil, always},
	{"organizations", "ListAccountsForParent", nil, always},
	{"organizations", "ListTagsForResource", nil, always},

	{"iam", "GetRole", nil, inRun},
	{"ec2", "DescribeInstances", nil, inRun},
	{"ec2", "DescribeRegions", nil, inRun},
	{"ec2", "DescribeNatGateways", nil, inRun},

	{"s3", "HeadBucket", []string{"s3:ListBucket"}, always}, // says the region also where it is refused
	{"s3", "ListObjectsV2", []string{"s3:ListBucket"}, always},
	{"s3", "GetObject", nil, inRun},
	{"s3", "DeleteObjects", []string{"s3:DeleteObject"}, always}, // of results

	{"sqs", "ReceiveMessage", nil, inRun},
	{"sqs", "DeleteMessageBatch", []string{"sqs:DeleteMessage"}, inRun},
	{"sqs", "ChangeMessageVisibilityBatch", []string{"sqs:ChangeMessageVisibility"}, inRun},
	{"sqs", "GetQueueAttributes", nil, inRun},

	{"athena", "GetWorkGroup", nil, always},
	{"athena", "StartQueryExecution", nil, always},
	{"athena", "GetQueryExecution", nil, always},
	{"athena", "BatchGetQueryExecution", nil, atTheEnd}, // of what is left of results
	{"athena", "GetQueryResults", nil, always},
	{"athena", "StopQueryExecution", nil, always},
	{"athena", "GetTableMetadata", nil, always},
	{"athena", "GetDatabase", nil, inSetup},

	{"sns", "PublishBatch", []string{"sns:Publish"}, inRun},
	{"sns", "GetTopicAttributes", nil, []Purpose{Setup, Teardown}},
	{"sns", "CreateTopic", []string{"sns:CreateTopic", "sns:TagResource"}, inSetup},
	{"sns", "Subscribe", nil, inSetup},
	{"sns", "ListSubscriptionsByTopic", nil, inSetup},
	{"sns", "ListTagsForResource", nil, atTheEnd},
	{"sns", "DeleteTopic", nil, atTheEnd},

	{"cloudwatch", "PutMetricData", nil, inRun},
	{"cloudwatch", "DescribeAlarms", nil, []Purpose{Setup, Teardown}},
	{"cloudwatch", "PutMetricAlarm", []string{"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"}, inSetup},
	{"cloudwatch", "ListTagsForResource", nil, atTheEnd},
	{"cloudwatch", "DeleteAlarms", nil, atTheEnd},

	{"dynamodb", "DescribeTable", nil, always},
	{"dynamodb", "DescribeTimeToLive", nil, []Purpose{Run, Setup}},
	{"dynamodb", "Query", nil, always},
	{"dynamodb", "BatchGetItem", nil, always},
	{"dynamodb", "PutItem", nil, []Purpose{Run, Setup}},
	{"dynamodb", "UpdateItem", nil, []Purpose{Run, Setup}},
	{"dynamodb", "BatchWriteItem", nil, []Purpose{Run, Setup}},
	{"dynamodb", "TransactWriteItems.Put", []string{"dynamodb:PutItem"}, []Purpose{Run, Setup}},
	{"dynamodb", "DeleteItem", nil, []Purpose{Run, Teardown}},
	{"dynamodb", "TransactWriteItems.Delete", []string{"dynamodb:DeleteItem"}, atTheEnd}, // baseline forget
	{"dynamodb", "Scan", nil, []Purpose{Setup, Teardown}},                                // import, export, forget, doctor's sample
	{"dynamodb", "CreateTable", []string{"dynamodb:CreateTable", "dynamodb:TagResource"}, inSetup},
	{"dynamodb", "UpdateTimeToLive", nil, inSetup},
	{"dynamodb", "UpdateContinuousBackups", nil, inSetup},
	{"dynamodb", "DescribeContinuousBackups", nil, []Purpose{Run, Setup}},
	{"dynamodb", "ListTagsOfResource", nil, []Purpose{Setup, Teardown}},
	{"dynamodb", "DeleteTable", nil, atTheEnd},
}

// OnBehalf are the actions that AWS services carry out with the permissions of whoever asks them: Athena reads definitions, log files and the
// places of buckets, and writes results (Athena User Guide, "Configure access to databases and tables", "Control access to Amazon S3", the policy
// AmazonAthenaFullAccess); S3, SQS and DynamoDB use the keys of what is encrypted.
var OnBehalf = []Call{
	{"glue", "GetDatabase", nil, always},
	{"glue", "GetDatabases", nil, always},
	{"glue", "GetTable", nil, always},
	{"glue", "CreateDatabase", nil, inSetup},
	{"glue", "CreateTable", nil, inSetup},
	{"glue", "DeleteTable", nil, atTheEnd},
	{"glue", "GetPartition", nil, atTheEnd},
	{"glue", "GetPartitions", nil, atTheEnd},
	{"glue", "DeletePartition", nil, atTheEnd},
	{"s3", "GetBucketLocation", nil, always},
	{"s3", "ListBucketMultipartUploads", nil, always},
	{"s3", "GetObject", nil, always},
	{"s3", "PutObject", nil, always},
	{"s3", "AbortMultipartUpload", nil, always},
	{"s3", "ListMultipartUploadParts", nil, always},
	{"kms", "Decrypt", nil, always},
	{"kms", "GenerateDataKey", nil, always},
	{"kms", "DescribeKey", nil, always},
	{"kms", "Encrypt", nil, always},
	{"kms", "GenerateDataKey*", nil, always},
	{"kms", "ReEncrypt*", nil, always},
}

// Asks are the actions of a call.
func (c Call) Asks() []string {
	if c.Actions == nil {
		return []string{c.Service + ":" + c.Operation}
	}
	return c.Actions
}

// In tells whether a purpose has the call.
func (c Call) In(purpose Purpose) bool { return slices.Contains(c.For, purpose) }
