package evidence

import "strings"

// An agentPattern tells a family of user agents by a text that only theirs hold.
type agentPattern struct {
	holds  string // in lower case
	family string
}

// agentPatterns are tried in this order: a tool before what it is built on, so an attack tool on boto3 is that tool. User agents can be
// forged; a family is a hint for the reader, never a proof.
var agentPatterns = []agentPattern{
	// Attack and audit tools, by the names they give themselves, and distributions made for attacks, which the SDKs tell of
	// (Amazon GuardDuty User Guide, finding types PenTest:IAMUser/KaliLinux, ParrotLinux and PentooLinux).
	{"stratus-red-team", "stratus-red-team"},
	{"pacu", "pacu"},
	{"trufflehog", "trufflehog"},
	{"prowler", "prowler"},
	{"scoutsuite", "scoutsuite"},
	{"scout suite", "scoutsuite"},
	{"cloudfox", "cloudfox"},
	{"cloudgoat", "cloudgoat"},
	{"grimoire", "grimoire"},
	{"s3 browser", "s3-browser"},
	{"-kali", "kali"},
	{".kali", "kali"},
	{"#kali", "kali"},
	{"parrot", "parrot"},
	{"pentoo", "pentoo"},

	// Infrastructure as code
	{"terraform", "terraform"},
	{"opentofu", "terraform"},
	{"pulumi", "pulumi"},
	{"aws-cdk", "cdk"},
	{"cloudformation.amazonaws.com", "cloudformation"},
	{"ansible", "ansible"},
	{"cloudcustodian", "cloud-custodian"},
	{"cloud-custodian", "cloud-custodian"},

	// Parts of Kubernetes and what runs on it
	{"kubernetes", "kubernetes"},
	{"k8s", "kubernetes"},
	{"karpenter", "kubernetes"},
	{"cluster-autoscaler", "kubernetes"},
	{"aws-load-balancer-controller", "kubernetes"},
	{"csi-driver", "kubernetes"},
	{"ebs.csi.aws.com", "kubernetes"},
	{"external-dns", "kubernetes"},
	{"crossplane", "kubernetes"},

	// The AWS Management Console and what stands behind it. Coral is the framework of many consoles' back ends; a service that calls on
	// its own behalf gives its host name instead.
	{"signin.amazonaws.com", "console"},
	{"console.", "console"},
	{"aws console", "console"},
	{"s3console", "console"},
	{"consolefrontend", "console"},
	{"coral/", "console"},

	// Command lines and SDKs ("User agent" of the AWS SDKs and Tools Reference Guide)
	{"aws-cli/", "aws-cli"},
	{"aws-internal/", "aws-service"},
	{"awspowershell", "aws-powershell"},
	{"aws-tools-powershell", "aws-powershell"},
	{"boto3/", "boto3"},
	{"botocore/", "boto3"},
	{"boto/", "boto3"},
	{"aws-sdk-go", "aws-sdk-go"},
	{"aws-sdk-java", "aws-sdk-java"},
	{"aws-sdk-kotlin", "aws-sdk-kotlin"},
	{"aws-sdk-js", "aws-sdk-js"},
	{"aws-sdk-nodejs", "aws-sdk-js"},
	{"aws-sdk-ruby", "aws-sdk-ruby"},
	{"aws-sdk-php", "aws-sdk-php"},
	{"aws-sdk-dotnet", "aws-sdk-dotnet"},
	{"aws-sdk-net", "aws-sdk-dotnet"},
	{"aws-sdk-rust", "aws-sdk-rust"},
	{"aws-sdk-cpp", "aws-sdk-cpp"},
	{"aws-sdk-swift", "aws-sdk-swift"},

	// AWS services acting themselves (CloudTrail User Guide, userAgent)
	{"aws internal", "aws-service"},
	{".amazonaws.com", "aws-service"},

	{"mozilla/", "browser"},
	{"opera/", "browser"},

	{"curl/", "curl"},
	{"wget/", "wget"},
	{"postman", "postman"},
	{"python-requests/", "python-requests"},
	{"python-urllib", "python-urllib"},
	{"go-http-client/", "go-http-client"},
}

// longestAgent is how much of a user agent is looked at: longer ones are nobody's, and what tells them apart comes first.
const longestAgent = 1024

// agentFamily names what kind of program made a call, "other" where no pattern knows it and "" where there is no user agent.
func agentFamily(agent string) string {
	agent = strings.ToLower(agent[:min(len(agent), longestAgent)])
	if agent == "" {
		return ""
	}
	for _, p := range agentPatterns {
		if strings.Contains(agent, p.holds) {
			return p.family
		}
	}
	return "other"
}
