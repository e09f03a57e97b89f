package demo

// What is done, by the names that CloudTrail gives it: the acts of jobs. The weights are how often people do what, guessed once.
const (
	viewing = `ec2:DescribeInstances*9 ec2:DescribeSecurityGroups*6 ec2:DescribeVpcs*4 ec2:DescribeSubnets*4 ec2:DescribeVolumes*4 ec2:DescribeRegions*5
		s3:ListBuckets*7 s3:GetBucketLocation*5 s3:GetBucketPolicyStatus*3 monitoring:DescribeAlarms*7 monitoring:GetMetricData*9 logs:DescribeLogGroups*7
		cloudformation:ListStacks*4 cloudformation:DescribeStacks*5 rds:DescribeDBInstances*4 lambda:ListFunctions20150331*5 ecs:ListClusters*4 ecs:DescribeServices*5
		elasticloadbalancing:DescribeLoadBalancers*4 elasticloadbalancing:DescribeTargetHealth*3 secretsmanager:GetSecretValue(prod/payments/database)!*2`

	developing = viewing + ` logs:StartQuery*6 logs:GetQueryResults*8 logs:FilterLogEvents*6 lambda:GetFunction20150331v2*6 lambda:UpdateFunctionConfiguration20150331v2*3
		lambda:UpdateFunctionCode20150331v2*5 ecs:DescribeTasks*7 ecs:ListTasks*5 ecs:UpdateService*3 ecs:RegisterTaskDefinition*2 dynamodb:DescribeTable*4 dynamodb:ListTables*3
		sqs:ListQueues*3 sqs:GetQueueAttributes*4 ssm:GetParameter*5 ssm:PutParameter*2 cloudformation:DescribeStackEvents*4 iam:GetRole*3 iam:ListRoles*3 iam:PassRole!*2
		ec2:RunInstances*2 ec2:TerminateInstances*2 ec2:StopInstances*2 ec2:StartInstances*2`

	experimenting = developing + ` ec2:CreateSecurityGroup*2 ec2:AuthorizeSecurityGroupIngress*2 ec2:DeleteSecurityGroup*2 s3:CreateBucket*2 s3:DeleteBucket*2
		iam:CreateRole*2 iam:DeleteRole*2 organizations:DescribeOrganization!*2`

	onCall = `monitoring:DescribeAlarms*9 monitoring:GetMetricData*9 logs:FilterLogEvents*8 logs:DescribeLogGroups*6 ecs:DescribeServices*8 ecs:DescribeTasks*6 ecs:ListTasks*5
		rds:DescribeDBInstances*4 rds:DescribeEvents*3 elasticloadbalancing:DescribeTargetHealth*6 ec2:DescribeInstances*5 ec2:DescribeInstanceStatus*4
		autoscaling:DescribeAutoScalingGroups*4 autoscaling:DescribeScalingActivities*3 ssm:StartSession*2 ssm:TerminateSession*2 health:DescribeEvents*2`

	administering = `organizations:ListAccounts*5 organizations:DescribeOrganization*4 organizations:ListPolicies*3 iam:ListRoles*5 iam:GetRole*4 iam:ListUsers*4 iam:GetAccountSummary*4
		iam:ListAccessKeys*3 sso:ListPermissionSets*4 sso:DescribePermissionSet*4 sso:ListAccountAssignments*4 sso:CreateAccountAssignment*2 sso:UpdatePermissionSet*2 cloudtrail:DescribeTrails*4
		cloudtrail:GetTrailStatus*4 cloudtrail:LookupEvents*3 ec2:DescribeVpcs*3 ec2:DescribeRouteTables*3 ec2:DescribeFlowLogs*2 ce:GetCostAndUsage*3 s3:ListBuckets*4
		s3:GetBucketPolicy*3 config:DescribeConfigRules*3`

	analysing = `athena:StartQueryExecution*9 athena:GetQueryExecution*10 athena:GetQueryResults*9 athena:ListWorkGroups*4 athena:ListQueryExecutions*3 glue:GetDatabases*6 glue:GetTables*7 glue:GetTable*6
		s3:ListBuckets*4 s3:GetBucketLocation*4 redshift-data:ExecuteStatement*4 redshift-data:GetStatementResult*4 quicksight:ListDashboards*3 kms:Decrypt*3 glue:DeleteTable!*2`

	deploying = `cloudformation:DescribeStacks cloudformation:CreateChangeSet cloudformation:DescribeChangeSet cloudformation:ExecuteChangeSet
		cloudformation:DescribeStackEvents cloudformation:DescribeStackEvents ecr:DescribeImages ecs:RegisterTaskDefinition s3:GetBucketLocation`

	unfolding = `ecs:UpdateService ecs:DescribeServices lambda:UpdateFunctionCode20150331v2 lambda:PublishVersion20150331 iam:GetRole iam:PassRole
		ec2:DescribeSecurityGroups elasticloadbalancing:DescribeTargetGroups logs:DescribeLogGroups`

	serving = `ssm:UpdateInstanceInformation ssm:ListInstanceAssociations kms:Decrypt secretsmanager:GetSecretValue(prod/payments/database)
		elasticloadbalancing:DescribeTargetHealth logs:CreateLogStream`

	running = `logs:CreateLogStream kms:Decrypt ssm:GetParametersByPath dynamodb:DescribeTable`

	recording = `ec2:DescribeInstances ec2:DescribeSecurityGroups ec2:DescribeVolumes ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeRouteTables ec2:DescribeNetworkInterfaces
		s3:ListBuckets s3:GetBucketAcl s3:GetBucketPolicy s3:GetBucketEncryption s3:GetBucketVersioning iam:ListRoles iam:GetRole iam:ListUsers iam:GetAccountPasswordPolicy
		lambda:ListFunctions20150331 rds:DescribeDBInstances kms:ListKeys kms:DescribeKey cloudtrail:DescribeTrails cloudtrail:GetTrailStatus config:PutEvaluations`

	watching = `ec2:DescribeInstances ec2:DescribeInstanceStatus monitoring:GetMetricData monitoring:ListMetrics elasticloadbalancing:DescribeLoadBalancers
		rds:DescribeDBInstances ecs:DescribeServices lambda:ListFunctions20150331 sqs:ListQueues autoscaling:DescribeAutoScalingGroups`

	crunching = `glue:GetDatabase glue:GetTable glue:GetPartitions glue:BatchCreatePartition glue:UpdateTable kms:Decrypt kms:GenerateDataKey kms:GenerateDataKey
		s3:ListBuckets logs:CreateLogStream monitoring:PutMetricAlarm secretsmanager:GetSecretValue(data/warehouse)`

	tending = `glue:GetJobs glue:GetTables redshift:DescribeClusters s3:ListBuckets s3:GetBucketPolicy athena:StartQueryExecution athena:GetQueryExecution
		ec2:DescribeSnapshots rds:DescribeDBSnapshots`

	backingUp = `rds:CreateDBSnapshot rds:DescribeDBSnapshots rds:AddTagsToResource rds:DeleteDBSnapshot ec2:CreateSnapshot(snap-0a1b2c3d4e5f60718) ec2:DescribeSnapshots`

	// What people look at once in a while, and never did before.
	seldom = `ec2:DescribeNatGateways ec2:DescribeAddresses ec2:DescribeKeyPairs ec2:DescribeImages ec2:DescribeLaunchTemplates ec2:DescribeTransitGateways ec2:DescribeReservedInstances
		ec2:GetConsoleOutput rds:DescribeDBClusters rds:DescribeDBParameters elasticache:DescribeCacheClusters route53:ListHostedZones acm:ListCertificates cloudfront:ListDistributions
		sns:ListTopics states:ListStateMachines events:ListRules kinesis:ListStreams ecr:DescribeRepositories eks:ListClusters backup:ListBackupJobs servicequotas:ListServiceQuotas
		support:DescribeTrustedAdvisorChecks wafv2:ListWebACLs batch:DescribeJobQueues`
)
