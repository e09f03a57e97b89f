package demo

import (
	"slices"
	"time"
)

// build is the machine that builds; each build is a session.
var build = machine("build-#", buildAddress, buildCLI)

func managementRoster() []*principal {
	all := []*principal{
		viewers(management, slices.Concat(security, platform), 2),
		permissionSet(management, "AdministratorAccess", "5f0c9e1a77b2d346", platform, routine{when: office(2.5), some: administering, least: 5, most: 14}),
		function(management, "org-inventory", dataNAT,
			routine{when: daily(4, 10), all: "organizations:ListAccounts organizations:ListTagsForResource organizations:ListTagsForResource logs:CreateLogStream"},
			routine{when: daily(1, 20), shared: "tending", all: assuming(data, "data-admin", "org-inventory")}),
		keyholder(management, "cost-export", machine("", dataNAT, boto),
			routine{when: daily(5, 20), all: "ce:GetCostAndUsage ce:GetCostForecast s3:ListBuckets"},
			routine{when: monthly(2, 5, 40), all: "cur:DescribeReportDefinitions ce:GetReservationUtilization"}),
		linked(management, "sso.amazonaws.com", "AWSServiceRoleForSSO", "AWS-SSO",
			routine{when: daily(2, 35), all: "iam:ListRoles iam:GetRole iam:ListAttachedRolePolicies iam:UpdateRole"}),
		caller(management, "cloudtrail.amazonaws.com", every(240, 11), "s3:GetBucketAcl"),
		{kind: unknown, account: management, members: everybody, job: []routine{
			{when: office(7), all: "sso:Authenticate sso:ListApplications", some: "sso:Federate", least: 1, most: 2}}},
		{kind: root, account: management, members: platform[:1], job: []routine{
			{when: once(20), all: "signin:ConsoleLogin iam:GetAccountSummary account:GetContactInformation"}}},
	}
	for _, m := range slices.Concat(platform, security[:1]) {
		all = append(all, &principal{kind: identityCenter, account: management, name: m.name, members: []member{m}, job: []routine{
			{when: office(0.6), all: "signin:UserAuthentication sso:ListProfilesForApplication"}}})
	}
	return all
}

func stagingRoster(ids identities) []*principal {
	return []*principal{
		viewers(staging, everybody, 4),
		permissionSet(staging, "Developer", "2c7d4410be98fa65", developers, routine{when: office(9), some: developing, least: 6, most: 16}),
		visitor(staging, prod, ids.id("AIDA", prod, "ci-deploy"), build, routine{when: builds(9), shared: "staging", all: assuming(staging, "deploy", "build-#")}),
		deployer(staging, "staging", 9,
			routine{when: weekly(time.Wednesday, 9, 30), via: "cloudformation.amazonaws.com",
				all: "iam:CreateRole iam:PutRolePolicy iam:DeleteRolePolicy iam:DeleteRole"}),
		fleet(staging, "web-instance", stagingNAT, "", []string{"10.30.1.12", "10.30.2.40"},
			routine{when: every(180, 4), each: true, all: "ssm:UpdateInstanceInformation kms:Decrypt logs:CreateLogStream"}),
		function(staging, "orders-handler", stagingNAT, routine{when: every(180, 5), all: running}),
		{kind: role, account: staging, name: "preview-worker", path: "/", rebuilt: []int{25, 50, 72, 94}, members: machine("preview", stagingNAT, goSDK),
			job: []routine{
				{when: daily(8, 50), all: "sqs:GetQueueAttributes ssm:GetParameter logs:CreateLogStream"}}},
		caller(staging, "ec2.amazonaws.com", every(360, 4), assuming(staging, "web-instance", "i-0abcdef1234567890")),
	}
}

func dataRoster(ids identities) []*principal {
	inventory := ids.id("AROA", management, "org-inventory-role", 0) + ":org-inventory"
	all := []*principal{
		viewers(data, slices.Concat(analysts, security), 2),
		permissionSet(data, "DataAnalyst", "b81e60d7f2a93c54", analysts, routine{when: office(6), some: analysing, least: 6, most: 16}),
		permissionSet(data, "AdministratorAccess", "5f0c9e1a77b2d346", platform,
			routine{when: office(0.7), some: administering, least: 5, most: 12},
			routine{when: once(15, 52, 95), all: "iam:CreateUser(metrics-export) iam:CreateAccessKey(metrics-export) " +
				"iam:AttachUserPolicy(metrics-export,arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess)"}),
		worker(data, "etl-glue", "/service-role/", machine("GlueJobRunnerSession", dataNAT, boto),
			routine{when: every(120, 70), all: crunching, some: "glue:GetPartitions*3 glue:BatchCreatePartition*2 kms:Decrypt*4 kms:GenerateDataKey*2", least: 20, most: 50},
			routine{when: monthly(1, 4, 30), all: "glue:CreateTable glue:DeletePartition"}),
		worker(data, "etl-batch", "/", machine("nightly-load", dataNAT, javaSDK),
			routine{when: daily(1, 30), all: crunching},
			routine{when: daily(2, 0), all: "redshift-data:ExecuteStatement redshift-data:DescribeStatement kms:Decrypt"},
			routine{when: weekly(time.Saturday, 2, 30), all: "redshift:DescribeClusters redshift:CreateClusterSnapshot"}),
		keyholder(data, "report-portal", machine("", portalAddress, javaSDK),
			routine{when: builds(4), shared: "reports", all: "sts:GetFederationToken(report-viewer)"}),
		{kind: federated, account: data, name: "report-viewer", ownerID: "report-portal", members: machine("", portalAddress, javaSDK), job: []routine{
			{when: builds(4), shared: "reports", lag: 2, all: "quicksight:ListDashboards quicksight:GetDashboardEmbedUrl s3:ListBuckets"}}},
		visitor(data, management, inventory, machine("", dataNAT, lambdaBoto),
			routine{when: daily(1, 20), shared: "tending", all: assuming(data, "data-admin", "org-inventory")}),
		worker(data, "data-admin", "/", machine("org-inventory", dataNAT, lambdaBoto), routine{when: daily(1, 20), shared: "tending", lag: 4, all: tending}),
		{kind: directory, account: data, name: "maria@corp.example.com", members: analysts[:1],
			job: []routine{{when: office(0.8), all: "quicksight:GetDashboard quicksight:GetAnalysis"}}},
		{kind: directory, account: data, name: "shirley@corp.example.com", members: analysts[1:2],
			job: []routine{{when: office(0.8), all: "quicksight:GetDashboard"}}},
		{kind: unheard, account: data, name: "report-agent", members: machine("", dataNAT, goSDK), job: []routine{
			{when: daily(6, 30), all: "bedrock-agentcore:GetWorkloadAccessToken bedrock-agentcore:GetResourceApiKey"}}},
		{kind: absent, account: data, members: machine("", "kms.amazonaws.com", "kms.amazonaws.com"),
			job: []routine{{when: weekly(time.Thursday, 3, 20), all: "kms:RotateKey"}}},
		{kind: user, account: data, name: "metrics-export", path: "/", from: 96, members: machine("", dataNAT, boto), job: []routine{
			{when: every(360, 74), all: "monitoring:ListMetrics monitoring:GetMetricData s3:ListBuckets"}}},
		caller(data, "glue.amazonaws.com", every(360, 70), assuming(data, "service-role/etl-glue", "GlueJobRunnerSession")),
	}
	warehouse := worker(data, "warehouse-analyst", "/", analysts[:3])
	for _, m := range analysts[:3] {
		all = append(all, &principal{kind: saml, account: data, name: m.name, members: []member{m}, job: []routine{
			{when: office(0.7), shared: m.name, all: "sts:AssumeRoleWithSAML(" + roleARN(data, "warehouse-analyst") + "," + m.name + ")"}}})
		warehouse.job = append(warehouse.job, routine{when: office(0.7), shared: m.name, who: m.name, lag: 5, all: "signin:ConsoleLogin redshift:DescribeClusters",
			some: "redshift-data:ExecuteStatement*3 redshift-data:GetStatementResult*3 redshift-data:ListTables*2", least: 2, most: 8})
	}
	return append(all, warehouse)
}

func sandboxRoster() []*principal {
	return []*principal{
		viewers(sandbox, everybody, 1.5),
		permissionSet(sandbox, "Developer", "2c7d4410be98fa65", developers, routine{when: office(5), some: experimenting, least: 6, most: 16}),
		{kind: consoleUser, account: sandbox, name: "lab-console", path: "/", members: developers[2:3], job: []routine{
			{when: office(0.8), all: "signin:ConsoleLogin ec2:DescribeInstances",
				some: "ec2:DescribeVolumes*3 ec2:DescribeImages*2 ec2:RunInstances*2 ec2:TerminateInstances*2", least: 2, most: 7}}},
		function(sandbox, "cleanup", stagingNAT,
			routine{when: daily(22, 10), all: "ec2:DescribeInstances ec2:StopInstances ec2:DescribeVolumes ec2:DeleteVolume"},
			routine{when: monthly(1, 22, 20), all: "logs:DescribeLogGroups logs:DeleteLogGroup"}),
	}
}
