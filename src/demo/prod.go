package demo

import (
	"slices"
	"time"
)

// prodRoster is where the organization earns its money, and where the intruder comes in.
func prodRoster(ids identities) []*principal {
	collector := machine("collector", partnerAddress, javaSDK)
	all := []*principal{
		viewers(prod, everybody, 5),
		permissionSet(prod, "OnCall", "93ab2f7716d5e0c4", slices.Concat(platform, developers),
			routine{when: office(3), some: onCall, least: 6, most: 16},
			routine{when: once(41), all: "logs:StartQuery logs:GetQueryResults ec2:RebootInstances rds:DescribeDBLogFiles"},
			routine{when: once(96), all: "logs:StartQuery logs:GetQueryResults ecs:UpdateService ecs:StopTask monitoring:DisableAlarmActions"}),
		keyholder(prod, "ci-deploy", build,
			routine{when: builds(6), shared: "prod", all: "ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:PutImage " +
				assuming(prod, "deploy", "build-#")},
			routine{when: builds(9), shared: "staging", all: "ecr:GetAuthorizationToken ecr:PutImage " + assuming(staging, "deploy", "build-#")}),
		deployer(prod, "prod", 6),
		fleet(prod, "web-instance", prodNAT, "", []string{"10.20.1.17", "10.20.2.38", "10.20.3.112"}, routine{when: every(60, 4), each: true, all: serving}),
		fleet(prod, "worker-instance", "", "vpce-0a1b2c3d4e5f60718", []string{"10.20.4.17", "10.20.4.38"},
			routine{when: every(60, 5), each: true, all: "ssm:UpdateInstanceInformation kms:Decrypt kms:GenerateDataKey sqs:GetQueueAttributes"}),
		function(prod, "orders-handler", prodNAT, routine{when: every(60, 5), all: running}),
		function(prod, "thumbnailer", prodNAT, routine{when: every(180, 6), all: "logs:CreateLogStream kms:Decrypt kms:GenerateDataKey"}),
		visitor(prod, partner, ids.id("AROA", partner)+":collector", collector,
			routine{when: every(60, 7), shared: "partner", all: assuming(prod, "partner-monitoring", "collector")}),
		worker(prod, "partner-monitoring", "/", collector,
			routine{when: every(60, 7), shared: "partner", lag: 3, all: watching},
			routine{when: every(480, 9), all: watching, region: "us-east-1"}),
		{kind: anonymous, account: prod, members: []member{{address: "198.51.100.200", agent: browser}, {address: "198.51.100.214", agent: firefox}}, job: []routine{
			{when: every(120, 6), all: "s3:GetObject", some: "s3:GetObject*9 s3:ListObjects!*1", least: 1, most: 3}}},
		{kind: bareService, account: prod, name: "secretsmanager.amazonaws.com",
			members: machine("", "secretsmanager.amazonaws.com", "secretsmanager.amazonaws.com"), job: []routine{
				{when: weekly(time.Tuesday, 2, 10), all: "secretsmanager:RotationStarted secretsmanager:RotationSucceeded"}}},
		worker(prod, "AWSBackupDefaultServiceRole", "/service-role/", machine("AWSBackup-AWSBackupDefaultServiceRole", "backup.amazonaws.com", "backup.amazonaws.com"),
			routine{when: daily(0, 40), via: "backup.amazonaws.com", all: backingUp}),
		{kind: role, account: prod, name: "db-maintenance", path: "/", rebuilt: []int{34, 71}, members: machine("maintenance", prodNAT, boto), job: []routine{
			{when: weekly(time.Sunday, 1, 15), all: "rds:DescribeDBInstances rds:ModifyDBInstance secretsmanager:GetSecretValue(prod/payments/database) monitoring:PutMetricAlarm"},
			{when: monthly(1, 1, 45), all: "rds:DescribeDBLogFiles rds:DownloadDBLogFilePortion"}}},
	}
	return append(append(all, prodServices()...), cluster("payments-api", "catalog-api")...)
}

// prodServices are AWS's own services at work in prod.
func prodServices() []*principal {
	return []*principal{
		linked(prod, "autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", "AutoScaling",
			routine{when: every(120, 5), all: "ec2:DescribeInstances ec2:DescribeInstanceStatus elasticloadbalancing:DescribeTargetHealth"},
			routine{when: daily(6, 5), all: "ec2:RunInstances elasticloadbalancing:RegisterTargets elasticloadbalancing:DeregisterTargets ec2:TerminateInstances"}),
		linked(prod, "ecs.amazonaws.com", "AWSServiceRoleForECS", "ecs-service-scheduler",
			routine{when: every(120, 6), all: "ec2:DescribeNetworkInterfaces ec2:CreateNetworkInterface elasticloadbalancing:RegisterTargets servicediscovery:ListInstances"}),
		linked(prod, "guardduty.amazonaws.com", "AWSServiceRoleForAmazonGuardDuty", "GuardDuty",
			routine{when: every(480, 8), all: "ec2:DescribeInstances ec2:DescribeVpcEndpoints organizations:DescribeOrganization s3:GetBucketPublicAccessBlock"}),
		caller(prod, "ec2.amazonaws.com", every(120, 4), assuming(prod, "web-instance", "i-0abcdef1234567890")+" "+assuming(prod, "worker-instance", "i-0abcdef1234567891")),
		caller(prod, "lambda.amazonaws.com", every(120, 5), assuming(prod, "service-role/orders-handler-role", "orders-handler")),
	}
}

// cluster are the services of a cluster, which trade its tokens for roles.
func cluster(services ...string) []*principal {
	var all []*principal
	for i, name := range services {
		m := machine(name, prodNAT, goSDK)
		all = append(all,
			&principal{kind: webIdentity, account: prod, name: "system:serviceaccount:shop:" + name, members: m, job: []routine{
				{when: every(60, 4+i), shared: name, all: "sts:AssumeRoleWithWebIdentity(" + roleARN(prod, name) + "," + name + ")"}}},
			worker(prod, name, "/", m, routine{when: every(60, 4+i), shared: name, lag: 2, all: "kms:Decrypt dynamodb:DescribeTable sqs:GetQueueUrl"}))
	}
	return all
}
