package policy

import "cmp"

// resultsBucket can make the bucket for results, encrypted, closed to the public, and emptied by S3 of what runs leave behind.
func (t *template) resultsBucket(r Resources, q Plan) {
	if r.ResultsLifecycle == nil {
		return
	}
	t.parameters["MakeResultsBucket"] = parameter{
		Type: "String", Description: "true makes the bucket for results of queries; false uses the one that is there, and leaves its policy and lifecycle alone",
		Default: ptr("false"), AllowedValues: []string{"true", "false"},
	}
	owner := cmp.Or(q.Reader.Account, q.Account)
	if owner == Each {
		owner = q.Account
	}
	t.only("InResultsAccount", owner)
	t.conditions["MakeResults"] = map[string]any{"Fn::And": []any{
		map[string]any{"Condition": "InResultsAccount"}, map[string]any{"Fn::Equals": []any{ref("MakeResultsBucket"), "true"}},
	}}
	encryption := map[string]any{"SSEAlgorithm": "AES256"}
	if q.Results.Key != "" {
		encryption = map[string]any{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": q.Results.Key}
	}
	rule := r.ResultsLifecycle.Rules[0]
	lifecycle := map[string]any{
		"Id": rule.ID, "Status": rule.Status, "ExpirationInDays": rule.Expiration.Days,
		"NoncurrentVersionExpiration":    rule.NoncurrentVersionExpiration,
		"AbortIncompleteMultipartUpload": rule.AbortIncompleteMultipartUpload,
	}
	if rule.Filter.Prefix != "" {
		lifecycle["Prefix"] = rule.Filter.Prefix
	}
	t.resources["BucketForResults"] = resource{Type: "AWS::S3::Bucket", Condition: "MakeResults", DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain",
		Properties: map[string]any{
			"BucketName":             q.Results.Name,
			"BucketEncryption":       map[string]any{"ServerSideEncryptionConfiguration": []any{map[string]any{"ServerSideEncryptionByDefault": encryption}}},
			"OwnershipControls":      map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
			"LifecycleConfiguration": map[string]any{"Rules": []any{lifecycle}},
			"PublicAccessBlockConfiguration": map[string]any{
				"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
			},
		}}
	t.resources["BucketForResultsPolicy"] = resource{Type: "AWS::S3::BucketPolicy", Condition: "MakeResults", Properties: map[string]any{
		"Bucket": ref("BucketForResults"), "PolicyDocument": policyOf(r.ResultsBucket),
	}}
}
