package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/policy"
	"cloudtrail_anomaly/src/settings"
)

// The formats of a policy.
const (
	formatJSON           = "json"
	formatCloudFormation = "cloudformation"
)

func policyCommand() command {
	return command{
		name:  "policy",
		short: "print the permissions that a run, setup or teardown needs",
		long: `Prints policies and trust policies of all roles concerned, with the names of your resources: exactly what the program calls, and no more. What
settings leave open is found where there are AWS credentials; without any, the places of what is not known are said.`,
		examples: []string{
			"ct_anomaly --config config.yml policy",
			"ct_anomaly policy --for setup --cloudtrail-bucket example-trail --format cloudformation > setup.yaml",
		},
		settings: everything(),
		options: func(fs *flag.FlagSet, o *options) {
			fs.StringVar(&o.purpose, "for", string(policy.Run), "run, setup or teardown")
			fs.StringVar(&o.format, "format", formatJSON, "json or cloudformation")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) {
			set, err := d.awsSettings(o)
			if err != nil {
				return 0, err
			}
			purpose := policy.Purpose(o.purpose)
			if !slices.Contains(policy.Purposes, purpose) {
				return 0, usagef("--for %q: it is run, setup or teardown", o.purpose)
			}
			plan := d.plan(ctx, set, o)
			var text []byte
			switch o.format {
			case formatJSON:
				text, err = policy.JSON(plan, purpose)
			case formatCloudFormation:
				text, err = policy.CloudFormation(plan, purpose)
			default:
				return 0, usagef("--format %q: it is json or cloudformation", o.format)
			}
			if err != nil {
				return 0, err
			}
			for _, p := range places {
				if strings.Contains(string(text), p.stands) {
					fmt.Fprintf(d.err, "note: %s stands for %s, which is not known here: replace it, or %s\n", p.stands, p.what, p.mend)
				}
			}
			if policy.Unbound(plan, purpose) {
				fmt.Fprintln(d.err, "note: the organization is not known here, so nothing is bound to it (aws:ResourceOrgID, aws:PrincipalOrgID): give --organization-id, unless the account is in none")
			}
			if _, err := d.out.Write(text); err != nil {
				return 0, fmt.Errorf("write the policy: %w", err)
			}
			return exitDone, nil
		},
	}
}

// soughtFor is how long a policy waits for what AWS might add to it.
const soughtFor = 15 * time.Second

// places are what stands for what is not known, and what would make it known.
var places = []struct{ stands, what, mend string }{
	{policy.UnknownAccount, "the account of the caller", "run this where there are AWS credentials"},
	{policy.UnknownRegion, "the region of Athena and DynamoDB", "give --aws-region"},
	{policy.UnknownBucket, "the bucket for results of queries", "give --athena-bucket, or run this where athena:GetWorkGroup is allowed"},
}

// instanceProfile is the one that a collector on an EC2 instance has by convention.
const instanceProfile = "ctanomalyInstanceProfile"

// plan is what the settings use, and what AWS says of what they leave open.
func (d *door) plan(ctx context.Context, set *settings.Settings, o *options) policy.Plan {
	ctx, cancel := context.WithTimeout(ctx, soughtFor)
	defer cancel()
	e, err := d.estate(ctx, set, o)
	if err != nil {
		fmt.Fprintf(d.err, "note: AWS could not be asked, so only what the settings say is in the policy: %v\n", err)
		e = &estate{now: d.now, set: set}
	} else if err := e.find(ctx); err != nil {
		fmt.Fprintf(d.err, "note: the trail could not be looked at, so only what the settings say of it is in the policy: %v\n", err)
	}
	if e.trail.Bucket == "" {
		bucket, prefix, _ := e.bucket()
		e.trail = logs.Trail{Bucket: bucket, Prefix: prefix, Organization: set.OrganizationID}
	}
	return e.plan(ctx)
}

func (e *estate) plan(ctx context.Context) policy.Plan {
	set := e.set
	region := cmp.Or(set.AWSRegion, e.trail.Region)
	if e.caller != nil {
		region = cmp.Or(region, e.caller.Base().Region)
	}
	p := policy.Plan{
		Partition: e.who.Partition, Account: e.who.Account, Principal: principalOf(e.who.ARN), Organization: e.trail.Organization, ExternalID: set.RoleExternalID,
		Region:       region,
		ListAccounts: inBucket(set) || set.Logs.Kind == settings.Queue,
		Tags:         slices.ContainsFunc(set.BusinessUnit, func(u string) bool { return strings.HasPrefix(u, "tag:") }),
		Enrich:       set.IAMRoleName != "",
		Trail:        policy.Bucket{Name: e.trail.Bucket, Prefix: e.trail.Prefix, Found: e.found, Region: e.trail.Region},
		Table:        set.DynamoTableName, Topic: set.SNSTopicARN, Namespace: set.CloudWatchNamespace, Mailed: set.AlarmEmail != "", AlarmTopic: set.AlarmTopicARN,
	}
	p.FindOrganization = p.ListAccounts && set.OrgsAccountID == ""
	if management := e.managementKnown(ctx, p.FindOrganization); management != "" {
		p.Organizations = policy.Role{Account: management, Name: set.OrgsRoleName}
	}
	if strings.Contains(p.Principal, ":role/") {
		p.InstanceProfile = instanceProfile
	}
	if p.Enrich {
		p.IAM = policy.Role{Account: policy.Each, Name: set.IAMRoleName}
	}
	switch {
	case set.AthenaAccountID == "":
	case set.Logs.Kind == settings.Queue: // which the caller reads itself
	case set.AthenaAccountID == settings.EachAccount:
		p.Reader = policy.Role{Account: policy.Each, Name: set.AthenaRoleName}
	default:
		p.Reader = policy.Role{Account: set.AthenaAccountID, Name: set.AthenaRoleName}
	}
	if set.Logs.Kind == settings.Queue {
		p.Queue = queueARN(e.who.Partition, set.Logs.At)
	}
	if p.Athena = set.Engine == settings.EngineAthena && inBucket(set); p.Athena {
		p.Workgroup, p.Database, p.DeleteResults = set.AthenaWorkgroup, set.AthenaDatabase, set.DeleteResults
		p.Results = e.results(ctx)
	}
	return p
}

// results is where results of queries go, as the workgroup says where it can be asked. Where each account has its own, one does not stand for all.
func (e *estate) results(ctx context.Context) policy.Bucket {
	given := policy.Bucket{Name: either(e.set.AthenaBucket, policy.UnknownBucket), Prefix: e.set.AthenaPrefix}
	if e.caller == nil || e.set.AthenaAccountID == settings.EachAccount {
		return given
	}
	cfg, err := e.reader(ctx, e.who.Account)
	if err != nil {
		return given
	}
	bucket, prefix, err := e.place(cfg).Results(ctx)
	if err != nil {
		return given
	}
	return policy.Bucket{Name: bucket, Prefix: prefix}
}

// managementKnown is the account whose role lists the accounts: as given, or found where it is not the caller's own; "" where the caller does it.
func (e *estate) managementKnown(ctx context.Context, find bool) string {
	if !find || e.caller == nil {
		return e.set.OrgsAccountID
	}
	if found, err := e.management(ctx); err == nil && found != e.who.Account {
		return found
	}
	return ""
}

// principalOf is the role of a session, or the user as it is.
func principalOf(arn string) string {
	head, rest, ok := strings.Cut(arn, ":assumed-role/")
	if !ok {
		return arn
	}
	name, _, _ := strings.Cut(rest, "/")
	return strings.Replace(head, ":sts:", ":iam:", 1) + ":role/" + name
}

// queueARN is the ARN of a queue whose URL is host/account/name. The host is sqs.region.domain, as it is or after the name of an endpoint, or
// region.queue.domain. Without a partition it is that of the region.
func queueARN(partition, at string) string {
	parts := strings.Split(strings.TrimPrefix(at, "https://"), "/")
	if len(parts) != 3 {
		return at
	}
	labels := strings.Split(parts[0], ".")
	region := labels[0]
	if i := slices.IndexFunc(labels, func(l string) bool { return l == "sqs" || l == "sqs-fips" }); i >= 0 && i+1 < len(labels) {
		region = labels[i+1]
	}
	return strings.Join([]string{"arn", either(partition, policy.PartitionOf(region)), "sqs", region, parts[1], parts[2]}, ":")
}
