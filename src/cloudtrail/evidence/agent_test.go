package evidence

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAgentFamily(t *testing.T) {
	for agent, family := range map[string]string{
		"": "",
		"stratus-red-team_ea782787-a65d-4fc4-9fca-1c97869a9a25":                                                      "stratus-red-team",
		"Boto3/1.17.40 Python/3.6.12 Linux/3.10.0-1160.6.1.el7.x86_64 Botocore/1.20.112":                             "boto3",
		"CloudCustodian(net)/0.9.2 Python/3.8.3 Linux/4.14 exec-env/AWS_Lambda_python3.8 Botocore/1.15":              "cloud-custodian",
		"[aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0 botocore/1.17.59]":                                             "aws-cli",
		"aws-cli/2.2.5 Python/3.9.2 Linux/5.10.0-kali9-amd64 source/x86_64.kali.2021":                                "kali",
		"aws-cli/2.15.0 md/installer#source lang/python#3.11.4 md/distrib#kali.2024":                                 "kali",
		"aws-sdk-go/1.44.0 (go1.19; linux; amd64) APN/1.0 HashiCorp/1.0 Terraform/1.3.2 (+https://www.terraform.io)": "terraform",
		"APN/1.0 Pulumi/1.0 PulumiAws/5.0 aws-sdk-go-v2/1.17":                                                        "pulumi",
		"aws-sdk-go/1.44.0 (go1.19; linux; amd64) amazon-vpc-cni-k8s":                                                "kubernetes",
		"aws-sdk-go-v2/1.32.3 os/linux lang/go#1.23.1 api/sts#1.26.2":                                                "aws-sdk-go",
		"aws-sdk-java/2.20.1 Linux/5.10":                                                                             "aws-sdk-java",
		"console.amazonaws.com":                                                                                      "console",
		"console.ec2.amazonaws.com":                                                                                  "console",
		"signin.amazonaws.com":                                                                                       "console",
		"[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.848]":                                                      "console",
		"EC2ConsoleFrontend, aws-internal/3 aws-sdk-java/1.11.848":                                                   "console",
		"Coral/Netty4":                                       "console",
		"cloudformation.amazonaws.com":                       "cloudformation",
		"autoscaling.amazonaws.com":                          "aws-service",
		"AWS Internal":                                       "aws-service",
		"aws-internal/3 aws-sdk-java/1.12":                   "aws-service",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36": "browser",
		"python-requests/2.22.0":                             "python-requests",
		"curl/7.68.0":                                        "curl",
		"Go-http-client/1.1":                                 "go-http-client",
		"Java/1.8.0_201":                                     "other",
		"Ruby":                                               "other",
		"TruffleHog":                                         "trufflehog",
	} {
		require.Equal(t, family, agentFamily(agent), agent)
	}
}

func TestAgentPatternsAreLowerCase(t *testing.T) {
	for _, p := range agentPatterns {
		require.NotEqual(t, "other", agentFamily(p.holds), "%q is never found", p.holds)
	}
}
