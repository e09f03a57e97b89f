package settings

import (
	"net/netip"
	"time"
)

// A row is one setting.
type row struct {
	name     string // in a stanza; as a flag it has dashes
	path     string // in config.yml, its sections parted by dots; empty where the file cannot hold it
	fallback string // what it is when nobody gives it
	instead  string // how help says what happens then, where fallback does not say it
	title    string // its label on the page of an input; empty where that does not show it, and config reaches it
	help     string
	value
}

// table is every setting there is.
var table = []row{
	{"logs", "logs", "", "", "Where the log files are", "where the log files are: a folder, s3://bucket/prefix, sqs://queue-url or demo:",
		one(rule[Place]{place, "a folder, s3://BUCKET/PREFIX where AWSLogs/ is below the prefix, sqs://QUEUE-URL, or demo:", parsePlace},
			func(s *Settings) *Place { return &s.Logs })},
	{"engine", "engine", "", "logs if logs is given, else athena", "How they are read", "what reads the activity: athena, or logs for the files themselves",
		one(word(EngineAthena, EngineLogs), func(s *Settings) *string { return &s.Engine })},
	{"credential", "", "", "the chain of the AWS SDK", "AWS credential",
		"the AWS credential: profile:NAME, or an entry of storage/passwords in realm ct_anomaly",
		one(naming(hidden("a credential", "profile:NAME, or the name of an entry in storage/passwords", credentialIn)),
			func(s *Settings) *string { return &s.Credential })},
	{"role_external_id", "aws.roleExternalId", "", "", "External id of the roles", "the external id sent when a role is assumed",
		one(hidden("an external id", "two or more letters, digits and +=,.@:/-_", externalID), func(s *Settings) *string { return &s.RoleExternalID })},
	{"proxy_url", "aws.proxyUrl", "", "", "Proxy", "the proxy for AWS and HEC",
		one(address("http://HOST:PORT, with user and password in proxy_credential", "http", "https"), func(s *Settings) *string { return &s.ProxyURL })},
	{"ca_file", "aws.caFile", "", "the system's", "", "a PEM file of authorities to trust for AWS and HEC",
		one(filePath("the path of a PEM file"), func(s *Settings) *string { return &s.CAFile })},
	{"endpoint_url", "aws.endpointUrl", "", "AWS's own", "", "one endpoint for all AWS services, for tests and private networks",
		one(address("http://HOST:PORT or https://HOST", "http", "https"), func(s *Settings) *string { return &s.EndpointURL })},
	{"accounts", "accounts", "", "all", "Only these accounts", "the accounts to look at",
		several(list, listedAccount(), func(s *Settings) *[]string { return &s.Accounts })},
	{"exclude_accounts", "exclude_accounts", "", "none", "Not these accounts", "accounts not to look at",
		several(list, listedAccount(), func(s *Settings) *[]string { return &s.ExcludeAccounts })},
	{"business_unit", "businessUnit", "", "all", "Only these business units", "accounts by organizational unit, tag or name: ou:ID, tag:KEY=VALUE, name:GLOB",
		several(list, form("a business unit", "ou:ID, tag:KEY=VALUE or name:GLOB", unitForm), func(s *Settings) *[]string { return &s.BusinessUnit })},

	{"aws_region", "aws.region", "", "the bucket's", "", "the region of Athena, DynamoDB and SNS",
		one(form("a region", "a region such as eu-west-1", regionName), func(s *Settings) *string { return &s.AWSRegion })},
	{"organizations_account_id", "aws.organizations.accountId", "", "found by asking AWS", "Management account", "the management account, which lists the others",
		one(account(), func(s *Settings) *string { return &s.OrgsAccountID })},
	{"organizations_role_name", "aws.organizations.roleName", "CT_OrgsRole", "", "", "the role in the management account that lists accounts",
		one(role(), func(s *Settings) *string { return &s.OrgsRoleName })},
	{"iam_role_name", "aws.iam.roleName", "", "none (Netflix file: CT_IamReadOnly)", "",
		"the role in every account that reads role trusts",
		one(role(), func(s *Settings) *string { return &s.IAMRoleName })},
	{"athena_account_id", "aws.athena.accountId", "", "the caller's", "Account that Athena runs in", "the account Athena runs in; {account} for each account's own",
		one(accountOrEach(), func(s *Settings) *string { return &s.AthenaAccountID })},
	{"athena_role_name", "aws.athena.roleName", "CT_AthenaRole", "", "", "the role in Athena's account that queries",
		one(role(), func(s *Settings) *string { return &s.AthenaRoleName })},
	{"athena_workgroup", "aws.athena.workgroup", "primary", "", "Athena workgroup", "the workgroup the queries run in",
		one(form("the name of a workgroup", "up to 128 letters, digits and ._-", workgroup), func(s *Settings) *string { return &s.AthenaWorkgroup })},
	{"athena_bucket", "aws.athena.bucket", "", "the workgroup's", "Bucket for query results", "the bucket for results of queries",
		one(bucket(), func(s *Settings) *string { return &s.AthenaBucket })},
	{"athena_prefix", "aws.athena.prefix", "cloudtrail_anomaly", "", "", "the prefix of results in athena_bucket",
		one(prefix("the part of the key after the bucket"), func(s *Settings) *string { return &s.AthenaPrefix })},
	{"athena_database", "aws.athena.database", "default", "", "", "the database that holds the table",
		one(form("the name of a database", "letters, digits and _", databaseName), func(s *Settings) *string { return &s.AthenaDatabase })},
	{"cloudtrail_bucket", "aws.athena.cloudtrailBucket", "", "", "Bucket of the trail", "the bucket the trail delivers to",
		one(bucket(), func(s *Settings) *string { return &s.CloudTrailBucket })},
	{"cloudtrail_prefix", "aws.athena.cloudtrailPrefix", "", "found by asking AWS", "", "the prefix above AWSLogs/ in cloudtrail_bucket",
		one(prefix("the part of the key between the bucket and AWSLogs/"), func(s *Settings) *string { return &s.CloudTrailPrefix })},
	{"organization_id", "aws.athena.organizationId", "", "found by asking AWS", "", "the organization whose trail it is",
		one(form("the id of an organization", "the o-… that stands after AWSLogs/", organization), func(s *Settings) *string { return &s.OrganizationID })},
	{"dynamo_table_name", "aws.dynamoTableName", "", "the embedded baseline", "DynamoDB table of the baseline", "the DynamoDB table that holds the baseline",
		one(form("the name of a table", "3 to 255 letters, digits and _.-", tableName), func(s *Settings) *string { return &s.DynamoTableName })},

	{"history_consent_gigabytes", "historyConsentGigabytes", "100", "", "", "a history of more gigabytes than this waits until the figure is raised",
		one(whole(count, 0, 1_000_000), func(s *Settings) *int { return &s.HistoryConsentGigabytes })},
	{"allow_embedded_on_cluster", "allowEmbeddedOnCluster", "0", "", "", "lets the embedded baseline run where each member would have its own",
		one(yesNo(), func(s *Settings) *bool { return &s.AllowEmbeddedOnCluster })},
	{"delete_results", "deleteResults", "1", "", "", "deletes results of queries after use",
		one(yesNo(), func(s *Settings) *bool { return &s.DeleteResults })},
	{"instance_networks", "instanceNetworks", "", "none", "", "networks that instances speak from, such as the company's NAT addresses",
		several(cidrs, network(), func(s *Settings) *[]netip.Prefix { return &s.InstanceNetworks })},
	{"hec_credential", "", "", "", "", "the entry of storage/passwords with the HEC token",
		one(entry(), func(s *Settings) *string { return &s.HECCredential })},
	{"scs_credential", "", "", "", "", "the entry of storage/passwords for the SCS tenant: client_id and client_secret, or token",
		one(entry(), func(s *Settings) *string { return &s.SCSCredential })},
	{"proxy_credential", "", "", "", "", "the entry of storage/passwords with the proxy's user and password",
		one(entry(), func(s *Settings) *string { return &s.ProxyCredential })},
	{"alarm_email", "", "", "", "", "who is told by the alarms that setup makes",
		one(form("an e-mail address", "name@example.com", email), func(s *Settings) *string { return &s.AlarmEmail })},
	{"alarm_topic_arn", "aws.alarmTopicArn", "", "", "", "the SNS topic, there already, that the alarms tell instead",
		one(form("the ARN of a standard topic", "arn:aws:sns:REGION:ACCOUNT:NAME, no FIFO topic", alarmTopicARN), func(s *Settings) *string { return &s.AlarmTopicARN })},

	{"history_days", "roleAction.historyDays", "", "learning_days + 7", "Days of history to begin with", "days of logs to read, before the first run (in a folder: its newest file); all, or 0",
		one(wholeOrAll(daysOrAll, 0, mostDays), func(s *Settings) *int { return &s.HistoryDays })},
	{"learning_days", "roleAction.learningDays", "90", "", "Days of learning", "days an account is watched before what is new in it is told",
		one(whole(days, 0, mostDays), func(s *Settings) *int { return &s.LearningDays })},
	{"principal_learning_days", "roleAction.principalLearningDays", "7", "", "", "days a principal is watched before what is new for it counts in full",
		one(whole(days, 0, mostDays), func(s *Settings) *int { return &s.PrincipalLearningDays })},
	{"forget_after_days", "roleAction.forgetAfterDays", "90", "", "", "days after which what was not seen again is forgotten",
		one(whole(days, 1, mostDays), func(s *Settings) *int { return &s.ForgetAfterDays })},
	{"refresh_days", "roleAction.refreshDays", "7", "", "", "days for which a last seen is not rewritten; 0 rewrites always",
		one(whole(days, 0, mostDays), func(s *Settings) *int { return &s.RefreshDays })},
	{"lookback_minutes", "roleAction.lookbackMinutes", "60", "", "", "minutes of deliveries that each run looks at again",
		one(whole(count, 0, 7*24*60), func(s *Settings) *int { return &s.LookbackMinutes })},
	{"sweep_days", "roleAction.sweepDays", "2", "", "", "days of deliveries that are looked at again once a day",
		one(whole(days, 0, 90), func(s *Settings) *int { return &s.SweepDays })},
	{"ignored_actions", "roleAction.IgnoredActionsNotify", "", "none", "", "actions never to be told: iam:Get* or iam.amazonaws.com:Get*",
		several(globs, rule[Glob]{globs, "SERVICE:NAME, where * and ? stand for any characters and any one", parseActionGlob},
			func(s *Settings) *[]Glob { return (*[]Glob)(&s.IgnoredActions) })},
	{"ignored_principals", "roleAction.IgnoredPrincipalsNotify", "", "none", "Principals to ignore", "principals never to be told, by key, ARN or name",
		several(globs, rule[Glob]{globs, "a key, an ARN or a name, where * and ? stand for any characters and any one", parseGlob},
			func(s *Settings) *[]Glob { return (*[]Glob)(&s.IgnoredPrincipals) })},
	{"event_categories", "eventCategories", "", "all", "", "the categories to judge; the others are counted",
		several(list, word("Management", "Data", "NetworkActivity", "Aggregated"), func(s *Settings) *[]string { return &s.EventCategories })},

	{"sns_topic_arn", "aws.snsTopicArn", "", "", "", "the SNS topic that anomalies are sent to",
		one(form("the ARN of a topic", "arn:aws:sns:REGION:ACCOUNT:NAME", topicARN), func(s *Settings) *string { return &s.SNSTopicARN })},
	{"cloudwatch_namespace", "aws.cloudwatchNamespace", "", "", "", "the CloudWatch namespace that anomalies are counted in, not beginning with AWS/",
		one(metrics(), func(s *Settings) *string { return &s.CloudWatchNamespace })},
	{"hec_url", "aws.hecUrl", "", "", "", "the HTTP Event Collector that anomalies are sent to, by https://",
		one(collector(), func(s *Settings) *string { return &s.HECURL })},
	{"hec_index", "aws.hecIndex", "", "the token's own", "", "the index of what is sent to the HTTP Event Collector",
		one(form("an index", "a name in lower case", indexName), func(s *Settings) *string { return &s.HECIndex })},
	{"scs_tenant", "aws.scsTenant", "", "", "", "the Splunk Cloud Services tenant that anomalies are sent to",
		one(form("a tenant", "letters, digits, - and _", tenantName), func(s *Settings) *string { return &s.SCSTenant })},
	{"max_concurrent_accounts", "limits.maxConcurrentAccounts", "8", "", "", "accounts looked at side by side",
		one(whole(count, 1, 256), func(s *Settings) *int { return &s.MaxConcurrentAccounts })},
	{"daily_scan_gigabytes", "limits.dailyScanGigabytes", "2000", "", "", "gigabytes that Athena may scan a day",
		one(whole(count, 1, 1_000_000), func(s *Settings) *int { return &s.DailyScanGigabytes })},
	{"run_timeout", "limits.runTimeout", "", "0.9 of the time to the next firing", "", "how long a run may take",
		one(run(), func(s *Settings) *time.Duration { return &s.RunTimeout })},
	{"validate_live", "", "0", "", "Try it out when saving", "tries roles, logs, table and workgroup when an input is saved",
		one(yesNo(), func(s *Settings) *bool { return &s.ValidateLive })},
	{"config", "", "", "", "All other settings", "a config.yml for all settings: its path, or its text",
		one(fileOrText("the path of a config.yml, or its text"), func(s *Settings) *string { return &s.Config })},
}

// mostDays is more than CloudTrail is old.
const mostDays = 36500

func role() rule[string] {
	return form("the name of a role", "the name alone, without the ARN before it", roleName)
}

func bucket() rule[string] {
	return form("the name of a bucket", "the name alone, without s3:// and prefix", bucketName)
}

func entry() rule[string] {
	return naming(hidden("the name of an entry", "letters, digits and _.@-", entryName))
}
