package athena

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// A Trail is where CloudTrail delivers: s3://Bucket/[Prefix/]AWSLogs/[Organization/]<account>/CloudTrail/<region>/YYYY/MM/DD/ (AWS CloudTrail
// User Guide, "Finding your CloudTrail log files").
type Trail struct {
	Bucket       string
	Prefix       string // above AWSLogs/, without slashes at its ends; "" where there is none
	Organization string // o-… of an organization trail; "" otherwise
}

// What names may be. Text is quoted wherever it goes; these keep out what could be no name at all.
var (
	bucketForm       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$`) // old buckets of us-east-1 have more letters than others
	organizationForm = regexp.MustCompile(`^o-[a-z0-9]{1,40}$`)
	accountForm      = regexp.MustCompile(`^[0-9]{1,12}$`)
	regionForm       = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)
	databaseForm     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
)

func (t Trail) check() error {
	switch {
	case !bucketForm.MatchString(t.Bucket):
		return fmt.Errorf("%q is no name of a bucket", t.Bucket)
	case t.Organization != "" && !organizationForm.MatchString(t.Organization):
		return fmt.Errorf("%q is no id of an organization: o- and letters or digits", t.Organization)
	case strings.Contains(t.Prefix, "${"):
		return errors.New("the trail's prefix holds ${, which Athena takes for a partition's place")
	case strings.ContainsFunc(t.Prefix, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the trail's prefix holds control characters")
	}
	return nil
}

// Base is the folder above the regions of an account, with a slash at its end.
func (t Trail) Base(account string) string {
	base := "s3://" + t.Bucket + "/"
	for _, part := range []string{strings.Trim(t.Prefix, "/"), "AWSLogs", t.Organization, account, "CloudTrail"} {
		if part != "" {
			base += part + "/"
		}
	}
	return base
}
