package logs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A Trail is where CloudTrail delivers in S3: s3://Bucket/[Prefix/]AWSLogs/[Organization/]<account>/CloudTrail/<region>/YYYY/MM/DD/<file>
// (AWS CloudTrail User Guide, "Finding your CloudTrail log files"); the day is that of delivery.
type Trail struct {
	Bucket       string
	Region       string // the bucket's
	Prefix       string // above AWSLogs/, without slashes at its ends; empty where there is none
	Organization string // o-…, of an organization's trail
}

// awsLogs is the folder in which CloudTrail and others deliver.
const awsLogs = "AWSLogs/"

// above is the key of the folder AWSLogs/.
func (t Trail) above() string {
	if t.Prefix == "" {
		return awsLogs
	}
	return t.Prefix + "/" + awsLogs
}

// accounts is the folder in which those of the accounts lie.
func (t Trail) accounts() string {
	if t.Organization == "" {
		return t.above()
	}
	return t.above() + t.Organization + "/"
}

// folder is that of an account's log files, below which those of the regions lie.
func (t Trail) folder(account string) string { return t.accounts() + account + "/CloudTrail/" }

// after is a key before those of all files that were delivered to an account's region at a time or later. A file delivered at midnight may lie
// in the folder of the day before.
func (t Trail) after(account, region string, at int64) string {
	const slack = 10 * time.Minute
	u := time.Unix(at, 0).UTC().Add(-slack)
	return fmt.Sprintf("%s%s/%s/%s_CloudTrail_%s_%s", t.folder(account), region, u.Format("2006/01/02"), account, region, u.Format("20060102T1504"))
}

// climb takes off a prefix what goes down into AWSLogs/, tells whether anything did, and gives the folders below that.
func climb(prefix string) (above string, below []string, inside bool) {
	parts := strings.FieldsFunc(prefix, func(r rune) bool { return r == '/' })
	at := slices.Index(parts, strings.TrimSuffix(awsLogs, "/"))
	if at < 0 {
		return strings.Join(parts, "/"), nil, false
	}
	return strings.Join(parts[:at], "/"), parts[at+1:], true
}

// settle cleans what people write as prefix: slashes at its ends, and folders from AWSLogs/ down.
func (t Trail) settle() Trail {
	above, below, _ := climb(t.Prefix)
	t.Prefix = above
	if t.Organization == "" && len(below) > 0 && isOrganization(below[0]) {
		t.Organization = below[0]
	}
	return t
}

func isOrganization(folder string) bool { return strings.HasPrefix(folder, "o-") }

func isAccount(folder string) bool {
	return folder != "" && len(folder) <= 12 && strings.Trim(folder, "0123456789") == ""
}

// Accounts are those that have a folder in the trail, sorted.
func Accounts(ctx context.Context, cfg aws.Config, t Trail) ([]string, error) {
	t = t.settle()
	folders, _, err := lister{newClient(cfg, t.Region), t.Bucket}.folders(ctx, t.accounts())
	if err != nil {
		return nil, err
	}
	accounts := slices.DeleteFunc(folders, func(f string) bool { return !isAccount(f) })
	slices.Sort(accounts)
	return accounts, nil
}

// Regions are those of which an account has log files, opt-in ones included, sorted.
func Regions(ctx context.Context, cfg aws.Config, t Trail, account string) ([]string, error) {
	b, err := OpenBucket(BucketOptions{Config: cfg, Trail: t, AccountID: account})
	if err != nil {
		return nil, err
	}
	return b.Regions(ctx)
}

// Days are those on which log files of an account were delivered, from one delivery time to before another, Unix seconds; 0 is the first and
// no end. An account of which there is nothing at all is an error that wraps ErrNoFolder.
func Days(ctx context.Context, cfg aws.Config, t Trail, account string, from, to int64) ([]Day, error) {
	b, err := OpenBucket(BucketOptions{Config: cfg, Trail: t, AccountID: account})
	if err != nil {
		return nil, err
	}
	return b.Days(ctx, from, to)
}
