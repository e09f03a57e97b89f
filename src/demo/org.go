package demo

import "slices"

// An account of the organization. It lives in its home region; what is global is logged in us-east-1.
type account struct{ id, name, home string }

const (
	management = "111122223333"
	prod       = "222233334444"
	staging    = "333344445555"
	data       = "444455556666"
	sandbox    = "555566667777"

	partner  = "666677778888" // watches prod's health by contract
	outsider = "999988887777" // the intruder's own account
)

const organizationID = "o-exampleorg1"

var accounts = []account{
	{management, "management", "us-east-1"},
	{prod, "prod", "eu-west-1"},
	{staging, "staging", "eu-west-1"},
	{data, "data", "eu-central-1"},
	{sandbox, "sandbox", "us-west-2"},
}

// homeOf is an account's home region.
func homeOf(id string) string {
	i := slices.IndexFunc(accounts, func(a account) bool { return a.id == id })
	return accounts[i].home
}

// A member is one of those who act as a principal: a person, an instance, a function, a build.
type member struct {
	name    string // of the session; # stands for the build's number, "i-" for an instance
	address string
	agent   string
	vpce    string
	zone    int // minutes east of UTC
	from    int // the age at which they join
	slot    int // of instances: which of the group, from 1 on; its instance is replaced every three weeks
}

// Where the organization's people and machines are seen from.
const (
	officeAddress  = "192.0.2.14"
	otherOffice    = "192.0.2.87"
	vpnAddress     = "192.0.2.201"
	prodNAT        = "198.51.100.21"
	stagingNAT     = "198.51.100.35"
	dataNAT        = "198.51.100.52"
	buildAddress   = "198.51.100.40"
	portalAddress  = "198.51.100.77"
	partnerAddress = "198.51.100.130"
)

const (
	browser    = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
	firefox    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	cli        = "aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/macos#24.5.0 md/arch#arm64 lang/python#3.13.4 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off"
	buildCLI   = "aws-cli/2.22.35 md/awscrt#0.23.4 ua/2.0 os/linux#6.1.119 md/arch#x86_64 lang/python#3.12.6 md/pyimpl#CPython exec-env/CI cfg/retry-mode#standard md/prompt#off"
	boto       = "Boto3/1.38.36 md/Botocore#1.38.36 ua/2.1 os/linux#6.1.134 md/arch#x86_64 lang/python#3.12.10 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.38.36"
	lambdaBoto = "Boto3/1.38.36 md/Botocore#1.38.36 ua/2.1 os/linux#5.10.237 md/arch#x86_64 lang/python#3.12.10 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy"
	goSDK      = "aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4 md/GOOS#linux md/GOARCH#amd64 m/E,e"
	javaSDK    = "aws-sdk-java/2.31.63 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.134 lang/java#21.0.7 md/OpenJDK_64-Bit_Server_VM md/vendor#Amazon.com_Inc. md/en"
	ssmAgent   = "aws-sdk-go/1.55.7 (go1.23.8; linux; amd64) amazon-ssm-agent/3.3.2299.0"
)

// The people, with the names that AWS's own documentation uses. Those who join later are new sessions of roles that exist.
var (
	platform = []member{
		{name: "martha@example.com", address: officeAddress, agent: browser, zone: 60},
		{name: "jorge@example.com", address: officeAddress, agent: cli, zone: 60},
		{name: "nikki@example.com", address: vpnAddress, agent: browser, zone: -300},
	}
	developers = []member{
		{name: "ana@example.com", address: officeAddress, agent: browser, zone: 60},
		{name: "carlos@example.com", address: officeAddress, agent: cli, zone: 60},
		{name: "efua@example.com", address: vpnAddress, agent: firefox},
		{name: "li@example.com", address: otherOffice, agent: browser, zone: -300},
		{name: "mateo@example.com", address: otherOffice, agent: cli, zone: -300},
		{name: "saanvi@example.com", address: vpnAddress, agent: firefox, zone: 330},
		{name: "arnav@example.com", address: vpnAddress, agent: browser, zone: 330},
		{name: "diego@example.com", address: officeAddress, agent: browser, zone: 60, from: 12},
		{name: "paulo@example.com", address: otherOffice, agent: cli, zone: -300, from: 37},
		{name: "xiulan@example.com", address: officeAddress, agent: firefox, zone: 60, from: 61},
		{name: "akua@example.com", address: officeAddress, agent: browser, zone: 60, from: 95},
	}
	analysts = []member{
		{name: "maria@example.com", address: officeAddress, agent: browser, zone: 60},
		{name: "shirley@example.com", address: vpnAddress, agent: firefox},
		{name: "zhang@example.com", address: otherOffice, agent: browser, zone: -300},
		{name: "sofia@example.com", address: officeAddress, agent: browser, zone: 60, from: 84},
	}
	security = []member{
		{name: "john@example.com", address: officeAddress, agent: browser, zone: 60},
		{name: "jane@example.com", address: otherOffice, agent: cli, zone: -300},
	}
	everybody = slices.Concat(platform, developers, analysts, security)
)
