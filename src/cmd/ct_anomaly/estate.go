package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/muster"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/splunkd"
)

// An estate is what a run works with on AWS: who calls, where the trail delivers, and which accounts there are.
type estate struct {
	now    func() time.Time
	set    *settings.Settings
	caller *awscall.Caller
	who    awscall.Identity

	trail    logs.Trail
	found    bool // its prefix was not given
	roster   muster.Roster
	accounts []muster.Account // to be looked at, sorted
	past     *past            // of the muster
	budget   *budget          // of its queries
	placing  sync.Mutex       // for queries
	queries  *athena.Place
	notes    []string // what was found without being given
	warnings []string // what is amiss, and keeps nobody from looking
}

// onAWS tells whether settings need AWS at all.
func onAWS(set *settings.Settings) bool { return !inFolder(set) || set.DynamoTableName != "" }

// inFolder tells whether the logs lie on this host.
func inFolder(set *settings.Settings) bool {
	return set.Logs.Kind == settings.Folder || set.Logs.Kind == settings.Demo
}

// inBucket tells whether settings name the bucket of a trail.
func inBucket(set *settings.Settings) bool {
	return set.Logs.Kind == settings.Bucket || set.CloudTrailBucket != ""
}

// estate finds the credentials of a command. Nothing but who they belong to is asked of AWS yet.
func (d *door) estate(ctx context.Context, set *settings.Settings, o *options) (*estate, error) {
	if set.Credential != "" && !strings.HasPrefix(set.Credential, credentialProfile) {
		return nil, usagef("--credential %s: entries of storage/passwords are for inputs in Splunk; give --profile NAME, or set the AWS environment", set.Credential)
	}
	return d.open(ctx, set, nil)
}

// reach finds the credentials of a command that looks after what lies on AWS.
func (d *door) reach(ctx context.Context, o *options) (*estate, error) {
	set, err := d.awsSettings(o)
	if err != nil {
		return nil, err
	}
	return d.estate(ctx, set, o)
}

// credentialProfile begins a credential that is a profile of the AWS configuration.
const credentialProfile = "profile:"

// open takes the secrets that settings name, by setting.
func (d *door) open(ctx context.Context, set *settings.Settings, secrets map[string]splunkd.Secret) (*estate, error) {
	profile, _ := strings.CutPrefix(set.Credential, credentialProfile)
	o := d.calls(set, secrets)
	o.Region, o.EndpointURL, o.ExternalID = set.AWSRegion, set.EndpointURL, awscall.Secret(set.RoleExternalID)
	if set.Logs.Kind == settings.Queue {
		o.Beside = append(o.Beside, set.Logs.At)
	}
	o.Beside = append(o.Beside, set.SNSTopicARN)
	if keys, ok := secrets["credential"]; ok {
		o.Keys = awscall.Keys{
			AccessKeyID: awscall.Secret(keys.Field("access_key_id")), SecretAccessKey: awscall.Secret(keys.Field("secret_access_key")),
			SessionToken: awscall.Secret(keys.Field("session_token")),
		}
	} else {
		o.Profile = profile
	}
	caller, err := awscall.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	who, err := caller.Who(ctx)
	if err != nil {
		return nil, err
	}
	e := &estate{now: d.now, set: set, caller: caller, who: who}
	e.setClock(caller.Ahead())
	return e, nil
}

// The differences of this host's clock from AWS's that are put right: what is less does no harm, and of a larger one nobody knows whose fault it is.
const (
	leastAhead = time.Minute
	mostAhead  = discern.Day * time.Second
)

// setClock has a run go by AWS's time. By a clock that is ahead it would take for looked at what is still to be delivered.
func (e *estate) setClock(ahead time.Duration) {
	if ahead.Abs() < leastAhead || ahead.Abs() > mostAhead {
		return
	}
	host := e.now
	e.now = func() time.Time { return host().Add(-ahead) }
	word := "ahead of"
	if ahead < 0 {
		word = "behind"
	}
	e.warnings = append(e.warnings, fmt.Sprintf("this host's clock is %s %s AWS's, by which this run goes: set the clock", ahead.Abs().Round(time.Second), word))
}

// at is the door by another clock.
func (d *door) at(now func() time.Time) *door {
	other := *d
	other.now = now
	return &other
}

// said is what coverage says besides what was looked at: what is amiss, and at first what was found without being given.
func (e *estate) said(first bool) []string {
	if !first {
		return e.warnings
	}
	return slices.Concat(e.notes, e.warnings)
}

// reader is who reads the trail's bucket and asks Athena for an account: the Athena role where its account is given, else the caller. It
// works in the region of the settings, or in that of the bucket.
func (e *estate) reader(ctx context.Context, account string) (aws.Config, error) {
	in := e.set.AthenaAccountID
	given := in != ""
	if in == settings.EachAccount {
		in = account
	}
	cfg, err := e.caller.For(ctx, in, e.set.AthenaRoleName, given)
	if err != nil {
		return aws.Config{}, err
	}
	return awscall.In(cfg, either(e.set.AWSRegion, e.trail.Region)), nil
}

// bucketReader is the reader in the bucket's own region.
func (e *estate) bucketReader(ctx context.Context, account string) (aws.Config, error) {
	cfg, err := e.reader(ctx, account)
	return awscall.In(cfg, e.trail.Region), err
}

// find finds, once, what settings leave open of the trail: the bucket's region, the prefix, the organization. Logs elsewhere have none.
func (e *estate) find(ctx context.Context) error {
	if e.trail.Bucket != "" || inFolder(e.set) || e.set.Logs.Kind == settings.Queue || !inBucket(e.set) {
		return nil
	}
	bucket, prefix, given := e.bucket()
	cfg, err := e.reader(ctx, e.who.Account)
	if err != nil {
		return err
	}
	e.trail, err = logs.Find(ctx, cfg, logs.Trail{Bucket: bucket, Prefix: prefix, Organization: e.set.OrganizationID})
	if err != nil {
		return err
	}
	e.found = !given
	if !given && e.trail.Prefix != "" {
		e.notes = append(e.notes, "found: the trail's prefix is "+e.trail.Prefix)
	}
	if e.set.OrganizationID == "" && e.trail.Organization != "" {
		e.notes = append(e.notes, "found: it is the trail of organization "+e.trail.Organization)
	}
	if e.set.AWSRegion == "" {
		e.notes = append(e.notes, "found: the bucket is in "+e.trail.Region)
	}
	if e.set.AthenaAccountID == "" {
		e.notes = append(e.notes, "found: "+principalOf(e.who.ARN)+" reads the log files, without another role")
	}
	return nil
}

// bucket is the trail's, with the prefix above AWSLogs/ where one is given.
func (e *estate) bucket() (bucket, prefix string, given bool) {
	if e.set.Logs.Kind == settings.Bucket {
		bucket, prefix, _ = strings.Cut(e.set.Logs.At, "/")
		return bucket, prefix, prefix != ""
	}
	return e.set.CloudTrailBucket, e.set.CloudTrailPrefix, e.set.CloudTrailPrefix != ""
}
