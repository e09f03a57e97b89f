package policy

import (
	"cmp"
	"fmt"
	"strings"
)

// A Purpose is what permissions are for.
type Purpose string

// Run is the modular input, detect, learn, replay, show and doctor. Setup is setup, baseline export and import, and doctor's look for an older
// tool. Teardown is teardown and baseline forget.
const (
	Run      Purpose = "run"
	Setup    Purpose = "setup"
	Teardown Purpose = "teardown"
)

// Purposes are all there are.
var Purposes = []Purpose{Run, Setup, Teardown}

// Each stands for the account of a role that is in every account looked at.
const Each = "{account}"

// A Role is assumed by the caller. The zero Role is the caller itself.
type Role struct {
	Account string // or Each
	Name    string // may begin with its path: security/CT_OrgsRole
}

// A Bucket is a place in S3.
type Bucket struct {
	Name   string
	Prefix string // what is above the objects, without slashes at its ends; "" where there is none
	Found  bool   // the prefix was found by looking at the bucket's folders, and each run looks again
	Region string // "" is that of the Plan
	Key    string // ARN of the KMS key that encrypts the objects; "" where S3's own or none does
}

// What stands in the place of what nobody knows, for whoever takes the policies to replace. A template has a parameter without default there.
const (
	UnknownAccount = "CALLER-ACCOUNT"
	UnknownRegion  = "REGION"
	UnknownBucket  = "WORKGROUP-RESULTS-BUCKET"
)

// A Plan is what an installation uses.
type Plan struct {
	Partition       string // aws, aws-us-gov, aws-cn; "" is that of the region
	Region          string // of Athena and DynamoDB; "" is not known
	Account         string // the caller's; "" is not known
	Principal       string // ARN of the caller: a role or a user, never a session; "" lets any identity of its account in that may assume roles
	InstanceProfile string // name of the caller's instance profile; "" where it runs elsewhere
	Organization    string // o-…; "" where it is not known, and with it the conditions on it
	ExternalID      string

	FindOrganization bool // the caller asks which account manages its organization
	ListAccounts     bool // Organizations is asked for the accounts
	Tags             bool // and for their tags
	Organizations    Role // by whom

	Enrich bool // IAM is asked about roles that have an anomaly, and EC2 about instances whose credentials were used
	IAM    Role // by whom; with Each, the caller does it itself in its own account

	Trail    Bucket // where the trail delivers; Prefix is what is above AWSLogs/
	Queue    string // ARN of the queue that tells of new log files
	QueueKey string // ARN of the KMS key that encrypts its messages
	Reader   Role   // who reads the log files and the queue, and runs queries

	Athena        bool
	Workgroup     string // "" is primary
	Database      string // "" is default
	Results       Bucket // of queries; no name: Athena keeps them itself
	DeleteResults bool

	Table    string // the DynamoDB table of the baseline; "" is the embedded one
	TableKey string // ARN of the KMS key that encrypts it; "" where DynamoDB's own does
	OldTable string // an older tool's table that is to be copied

	Topic      string // ARN of the SNS topic that anomalies are sent to
	Namespace  string // of CloudWatch, that they are counted in
	AlarmTopic string // that the alarms tell, there already; "" where Mailed makes one, or nobody is told
	Mailed     bool   // somebody is told of the alarms over the count

	here        string // in a template, how a role of Each names its own account
	queueRegion string
}

// filled puts in what is understood.
func (p Plan) filled() Plan {
	p.Partition = cmp.Or(p.Partition, PartitionOf(p.Region))
	p.Region, p.Account = cmp.Or(p.Region, UnknownRegion), cmp.Or(p.Account, UnknownAccount)
	p.Workgroup, p.Database = cmp.Or(p.Workgroup, "primary"), cmp.Or(p.Database, "default")
	if p.queueRegion == "" {
		p.queueRegion = regionIn(p.Queue, p.Region)
	}
	for _, b := range []*Bucket{&p.Trail, &p.Results} {
		b.Prefix = strings.Trim(b.Prefix, "/")
		if b.Region == "" {
			b.Region = p.Region
		}
	}
	return p
}

// PartitionOf is the partition of a region, by its name.
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	}
	return "aws"
}

// check refuses names that a policy would not take as they are: * and ? stand for any characters there, and ${ begins a variable.
func (p *Plan) check() error {
	for _, name := range []struct{ what, is string }{
		{"cloudtrail_prefix, or the prefix in logs", p.Trail.Prefix}, {"athena_prefix", p.Results.Prefix}, {"the queue in logs", p.Queue},
	} {
		if strings.ContainsAny(name.is, "*?") || strings.Contains(name.is, "${") {
			return fmt.Errorf("%s: %q holds *, ? or ${, which would let more in than that name: give one without", name.what, name.is)
		}
	}
	return nil
}

// arn is the name of a resource. Account and region are empty where the service has none in its names.
func (p *Plan) arn(service, region, account, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", p.Partition, service, region, account, resource)
}

// roleARN names a role, in all accounts for one of Each.
func (p *Plan) roleARN(r Role) string {
	account := r.Account
	if account == Each {
		account = "*"
	}
	return p.arn("iam", "", account, "role/"+r.Name)
}

// accountOf is where a role's work is done: a part of the names of what it uses.
func (p *Plan) accountOf(r Role) string {
	switch r.Account {
	case "":
		return p.Account
	case Each:
		return cmp.Or(p.here, "*")
	}
	return r.Account
}

// regionIn is the region in a resource's ARN.
func regionIn(arn, fallback string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[3] != "" {
		return parts[3]
	}
	return fallback
}

func (b Bucket) arn(p *Plan) string { return p.arn("s3", "", "", b.Name) }

// objects names all that lies below a folder of the bucket.
func (b Bucket) objects(p *Plan, folder string) string {
	return b.arn(p) + "/" + under(b.Prefix, folder) + "*"
}

// under joins the parts of a key that are not empty, each with a slash at its end.
func under(parts ...string) string {
	key := ""
	for _, part := range parts {
		if part != "" {
			key += part + "/"
		}
	}
	return key
}

// host is the name of a service in KMS's conditions: s3.eu-west-1.amazonaws.com
func (p *Plan) host(service, region string) string {
	return service + "." + region + "." + p.domain()
}

func (p *Plan) domain() string {
	if p.here != "" {
		return "${AWS::URLSuffix}"
	}
	if p.Partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}
