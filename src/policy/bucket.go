package policy

// logs reads the trail's bucket. Setup and teardown only look for what is in it. Which folders may be listed is limited where the prefix is
// given: without one the top of the bucket is listed, and S3 gives a request without prefix no s3:prefix to compare.
func (p *Plan) logs(purpose Purpose) []Statement {
	if p.Trail.Name == "" {
		return p.unnamedLogs(purpose)
	}
	find := p.ours(allow("FindTheLogFiles", []string{"s3:ListBucket"}, p.Trail.arn(p)))
	if p.Trail.Prefix != "" && !p.Trail.Found {
		find = find.when("StringLike", "s3:prefix", under(p.Trail.Prefix), under(p.Trail.Prefix, "AWSLogs")+"*")
	}
	all := []Statement{find}
	if p.Athena {
		all = append(all, p.ours(allow("SeeWhereTheBucketIs", []string{"s3:GetBucketLocation"}, p.Trail.arn(p))))
	}
	if purpose != Run {
		return all
	}
	all = append(all, p.ours(allow("ReadTheLogFiles", []string{"s3:GetObject"}, p.Trail.objects(p, "AWSLogs"))))
	return append(all, p.throughKMS("DecryptTheLogFiles", p.Trail.Key, "s3", p.Trail.Region, "kms:Decrypt")...)
}

// unnamedLogs reads files that a queue names, in whatever bucket of the organization they are.
func (p *Plan) unnamedLogs(purpose Purpose) []Statement {
	if p.Queue == "" || purpose != Run {
		return nil
	}
	all := []Statement{p.ours(allow("ReadTheLogFiles", []string{"s3:GetObject"}, p.arn("s3", "", "", "*/AWSLogs/*")))}
	return append(all, p.throughKMS("DecryptTheLogFiles", p.Trail.Key, "s3", p.Trail.Region, "kms:Decrypt")...)
}

// queue takes the messages that tell of new log files.
func (p *Plan) queue(purpose Purpose) []Statement {
	if p.Queue == "" || purpose != Run {
		return nil
	}
	all := []Statement{allow("TakeMessagesFromTheQueue", []string{
		"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, p.Queue)}
	return append(all, p.throughKMS("DecryptTheMessages", p.QueueKey, "sqs", p.queueRegion, "kms:Decrypt")...)
}
