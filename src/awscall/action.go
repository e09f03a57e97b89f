package awscall

import (
	"reflect"
	"slices"
	"strings"
)

// A call is one operation of a service with its input, a pointer to one of the SDK's structs.
type call struct {
	service   string // the SDK's ServiceID
	operation string
	input     any
}

// Action is the permission that IAM asks for when an operation of a service is called ("s3", "ListObjectsV2" is s3:ListBucket). The service is
// written as in Calls. For operations that ask for several, each with its own condition, it is the operation's own name.
func Action(service, operation string) string {
	if other, ok := actions[service+":"+operation]; ok {
		return service + ":" + other
	}
	return service + ":" + operation
}

// prefixOf is the service's name in IAM's actions: the SDK's ServiceID, small and in one word, but for those that IAM calls otherwise.
func prefixOf(service string) string {
	switch service {
	case "CloudWatch Logs":
		return "logs"
	case "SSO OIDC":
		return "sso-oauth"
	}
	return strings.ToLower(strings.ReplaceAll(service, " ", ""))
}

// actions are those whose name is not the operation's: Service Authorization Reference, and the API reference of S3.
var actions = map[string]string{
	"s3:HeadBucket": "ListBucket", "s3:ListObjects": "ListBucket", "s3:ListObjectsV2": "ListBucket", "s3:ListObjectVersions": "ListBucketVersions",
	"s3:HeadObject": "GetObject", "s3:DeleteObjects": "DeleteObject", "s3:ListBuckets": "ListAllMyBuckets",
	"s3:CopyObject": "PutObject", "s3:CreateMultipartUpload": "PutObject", "s3:UploadPart": "PutObject", "s3:CompleteMultipartUpload": "PutObject",
	"s3:ListMultipartUploads": "ListBucketMultipartUploads", "s3:ListParts": "ListMultipartUploadParts",
	"s3:GetBucketEncryption": "GetEncryptionConfiguration", "s3:PutBucketEncryption": "PutEncryptionConfiguration",
	"s3:DeleteBucketEncryption":          "PutEncryptionConfiguration",
	"s3:GetBucketLifecycleConfiguration": "GetLifecycleConfiguration", "s3:PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
	"s3:DeleteBucketLifecycle": "PutLifecycleConfiguration", "s3:GetBucketNotificationConfiguration": "GetBucketNotification",
	"s3:PutBucketNotificationConfiguration": "PutBucketNotification",
	"s3:GetPublicAccessBlock":               "GetBucketPublicAccessBlock", "s3:PutPublicAccessBlock": "PutBucketPublicAccessBlock",
	"s3:DeletePublicAccessBlock": "PutBucketPublicAccessBlock", "s3:DeleteBucketTagging": "PutBucketTagging",
	"sqs:SendMessageBatch": "SendMessage", "sqs:DeleteMessageBatch": "DeleteMessage", "sqs:ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
	"sns:PublishBatch":          "Publish",
	"dynamodb:TransactGetItems": "GetItem",
}

// action is as Action says, and for what depends on the input, by the input. Several are joined by ", ".
func (c call) action() string {
	prefix := prefixOf(c.service)
	switch {
	case prefix == "dynamodb" && c.operation == "TransactWriteItems":
		if holds := c.transaction(); len(holds) > 0 {
			return strings.Join(holds, ", ")
		}
	case prefix == "s3" && (c.operation == "GetObject" || c.operation == "HeadObject") && c.text("VersionId") != "":
		return "s3:GetObjectVersion"
	}
	return Action(prefix, c.operation)
}

// transaction are the actions of what a transaction holds: IAM asks for each of them, not for the transaction.
func (c call) transaction() []string {
	var actions []string
	for _, item := range c.items() {
		for field, action := range transactionItems {
			if f := item.FieldByName(field); f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil() && !slices.Contains(actions, action) {
				actions = append(actions, action)
			}
		}
	}
	slices.Sort(actions)
	return actions
}

// transactionItems are the fields of an item of a transaction, one of which is set.
var transactionItems = map[string]string{
	"ConditionCheck": "dynamodb:ConditionCheckItem", "Delete": "dynamodb:DeleteItem", "Get": "dynamodb:GetItem", "Put": "dynamodb:PutItem",
	"Update": "dynamodb:UpdateItem",
}
