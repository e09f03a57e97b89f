package policy

// whole is a plan with everything in it.
func whole() Plan {
	return Plan{
		Partition: "aws", Region: "eu-west-1", Account: "111111111111", Principal: "arn:aws:iam::111111111111:role/ctanomaly", InstanceProfile: "ctanomalyInstanceProfile",
		Organization: "o-abcdef1234", ExternalID: "external-4711",
		FindOrganization: true, ListAccounts: true, Tags: true, Organizations: Role{"222222222222", "security/CT_OrgsRole"},
		Enrich: true, IAM: Role{Each, "CT_IamReadOnly"},
		Trail: Bucket{Name: "all-trails", Prefix: "central", Key: "arn:aws:kms:eu-west-1:333333333333:key/trail"},
		Queue: "arn:aws:sqs:eu-north-1:111111111111:new-files", QueueKey: "arn:aws:kms:eu-north-1:111111111111:key/queue",
		Reader: Role{"444444444444", "CT_AthenaRole"},
		Athena: true, Workgroup: "security", Database: "trails",
		Results: Bucket{Name: "query-results", Prefix: "cloudtrail_anomaly", Key: "arn:aws:kms:eu-west-1:444444444444:key/results"}, DeleteResults: true,
		Table: "cloudtrail_anomaly", TableKey: "arn:aws:kms:eu-west-1:111111111111:key/table", OldTable: "role_actions",
		Topic: "arn:aws:sns:eu-west-1:111111111111:anomalies", Namespace: "CloudTrailAnomaly", Mailed: true,
	}
}

// smallest is a plan of one bucket that the caller reads itself.
func smallest() Plan {
	return Plan{Region: "eu-west-1", Account: "111111111111", Trail: Bucket{Name: "all-trails"}}
}

// plans are the ways an installation may be.
func plans() map[string]Plan {
	local, one, user, china, managed, alone, queue := whole(), whole(), whole(), whole(), whole(), whole(), smallest()
	local.Reader.Account = Each
	one.Organizations = one.Reader
	user.Principal, user.InstanceProfile = "arn:aws:iam::111111111111:user/collector", ""
	user.Mailed, user.AlarmTopic = false, "arn:aws:sns:eu-west-1:111111111111:pager"
	china.Partition, china.Region = "aws-cn", "cn-north-1"
	managed.Results, managed.DeleteResults = Bucket{}, false
	alone.Organizations, alone.IAM, alone.Reader = Role{}, Role{}, Role{}
	queue.Trail, queue.Queue, queue.Organization = Bucket{}, whole().Queue, "o-abcdef1234"
	return map[string]Plan{"whole": whole(), "smallest": smallest(), "athena in each account": local, "one role for two": one, "a user": user, "china": china,
		"managed results": managed, "the caller alone": alone, "a queue alone": queue}
}
