package main

import "cloudtrail_anomaly/src/settings"

// locating are the settings by which the trail's bucket is found, and with it the region of all else.
func locating() []string {
	return []string{"logs", "cloudtrail_bucket", "cloudtrail_prefix", "organization_id", "athena_account_id", "athena_role_name"}
}

// tabling are the settings of tables of Athena: whose they are, and where.
func tabling() []string {
	return append(locating(), "engine", "accounts", "exclude_accounts", "business_unit", "organizations_account_id", "organizations_role_name",
		"athena_workgroup", "athena_bucket", "athena_prefix", "athena_database")
}

// everything are the settings of all commands that look after what lies on AWS.
func everything() []string {
	return append([]string{"logs", "engine", "accounts", "exclude_accounts", "business_unit", "sns_topic_arn", "cloudwatch_namespace", "alarm_email", "alarm_topic_arn"}, reaching()...)
}

// needsTrail refuses settings that do not say where the trail delivers.
func needsTrail(set *settings.Settings) error {
	switch {
	case !inBucket(set):
		return usagef("setup athena: say to which bucket the trail delivers: --cloudtrail-bucket BUCKET (cloudtrail_bucket; in config.yml aws.athena.cloudtrailBucket)")
	case set.Engine != settings.EngineAthena:
		return usagef("setup athena: the engine is %s, which reads the log files without tables: give --cloudtrail-bucket BUCKET and no --logs, or --engine athena", set.Engine)
	}
	return nil
}

// needsTable refuses settings that do not name the table.
func needsTable(set *settings.Settings) error {
	if set.DynamoTableName == "" {
		return usagef("setup dynamodb: give the table's name: --dynamo-table-name TABLE (dynamo_table_name; in config.yml aws.dynamoTableName)")
	}
	return nil
}

// somewhere refuses to make anything in a region that nobody named.
func (e *estate) somewhere(command, what string) error {
	if e.set.AWSRegion != "" || e.trail.Region != "" || !e.caller.Guessed() {
		return nil
	}
	return usagef("%s: say in which region %s: --aws-region REGION (aws_region; in config.yml aws.region), AWS_REGION, or the trail's bucket, whose region is taken", command, what)
}
