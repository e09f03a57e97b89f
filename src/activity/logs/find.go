package logs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Bounds of the search for a trail in a bucket.
const (
	mostCalls    = 50
	mostLevels   = 4  // of folders above AWSLogs/
	mostAccounts = 12 // whose folders are opened to see whether it is CloudTrail that delivers there
)

// ErrNoTrail is wrapped by the error that says that there is no trail, or more than one, where one was looked for.
var ErrNoTrail = errors.New("no single trail found")

// Find finds what is left open of a trail whose bucket is given: the bucket's region, the prefix above AWSLogs/ (at the one given, or below it),
// and the organization. A prefix that goes down into AWSLogs/ is fine too. Several trails are an error that lists them.
func Find(ctx context.Context, cfg aws.Config, given Trail) (Trail, error) {
	found, _, err := find(ctx, cfg, given)
	return found, err
}

// find also gives an account that has log files.
func find(ctx context.Context, cfg aws.Config, given Trail) (found Trail, account string, err error) {
	if given.Region == "" {
		if given.Region, err = regionOf(ctx, cfg, given.Bucket); err != nil {
			return Trail{}, "", err
		}
	}
	s := &search{lister: lister{newClient(cfg, given.Region), given.Bucket}, given: given}
	prefixes, err := s.prefixes(ctx)
	if err != nil {
		return Trail{}, "", err
	}
	for _, prefix := range prefixes {
		if err := s.trails(ctx, prefix); err != nil {
			return Trail{}, "", err
		}
	}
	switch len(s.found) {
	case 0:
		return Trail{}, "", s.none(ctx, prefixes)
	case 1:
		return s.found[0], s.accounts[0], nil
	}
	places := make([]string, len(s.found))
	for i, t := range s.found {
		places[i] = pathOf(t.Bucket, t.accounts())
	}
	return Trail{}, "", fmt.Errorf("%s holds several trails: give one of %s: %w", pathOf(given.Bucket, given.Prefix), strings.Join(places, ", "), ErrNoTrail)
}

// A search is a search for trails in a bucket.
type search struct {
	lister
	given    Trail
	calls    int
	found    []Trail
	accounts []string // by trail, one that has log files
	seen     []string // folders in AWSLogs/
}

// folders lists folders, as long as calls are left.
func (s *search) folders(ctx context.Context, in string) ([]string, error) {
	if s.calls++; s.calls > mostCalls {
		return nil, fmt.Errorf("looked into %d folders of %s: give the prefix above AWSLogs/: %w", mostCalls, pathOf(s.bucket, s.given.Prefix), ErrNoTrail)
	}
	folders, _, err := s.few(ctx, in, 1000)
	return folders, err
}

// prefixes are those above a folder AWSLogs/: as given, or those found first on the way down.
func (s *search) prefixes(ctx context.Context) ([]string, error) {
	above, _, inside := climb(s.given.Prefix)
	if inside {
		return []string{above}, nil
	}
	for level := []string{above}; len(level) > 0; {
		var found, next []string
		for _, prefix := range level {
			in := Trail{Prefix: prefix}.above()
			folders, err := s.folders(ctx, strings.TrimSuffix(in, awsLogs))
			if err != nil {
				return nil, err
			}
			for _, folder := range folders {
				path := strings.TrimPrefix(prefix+"/"+folder, "/")
				switch {
				case folder+"/" == awsLogs:
					found = append(found, prefix)
				case strings.Count(path, "/")-strings.Count(above, "/") < mostLevels:
					next = append(next, path)
				}
			}
		}
		if len(found) > 0 {
			return found, nil
		}
		level = next
	}
	return nil, nil
}

// trails finds those in one folder AWSLogs/: of single accounts, and of organizations. Where a prefix ends with AWSLogs/ itself, the accounts
// directly below are meant.
func (s *search) trails(ctx context.Context, prefix string) error {
	t := Trail{Bucket: s.bucket, Region: s.given.Region, Prefix: prefix}
	_, below, inside := climb(s.given.Prefix)
	if t.Organization = s.given.settle().Organization; t.Organization != "" {
		return s.organization(ctx, t)
	}
	folders, err := s.folders(ctx, t.above())
	if err != nil {
		return err
	}
	s.seen = append(s.seen, folders...)
	if len(below) > 0 {
		folders = below[:1]
	}
	delivers, err := s.delivers(ctx, t, folders)
	if err != nil || delivers && inside {
		return err
	}
	for _, folder := range folders {
		if t.Organization = folder; isOrganization(folder) {
			if err := s.organization(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *search) organization(ctx context.Context, t Trail) error {
	accounts, err := s.folders(ctx, t.accounts())
	if err == nil {
		_, err = s.delivers(ctx, t, accounts)
	}
	return err
}

// delivers notes a trail when CloudTrail delivers to one of its accounts' folders: other services deliver beside it. A folder that can't be listed is
// no fault as long as another one tells: that account's own look will meet it.
func (s *search) delivers(ctx context.Context, t Trail, folders []string) (bool, error) {
	accounts := slices.DeleteFunc(slices.Clone(folders), func(f string) bool { return !isAccount(f) })
	var kept error
	for _, account := range accounts[:min(len(accounts), mostAccounts)] {
		folders, err := s.folders(ctx, t.accounts()+account+"/")
		if ctx.Err() != nil || errors.Is(err, ErrNoTrail) {
			return false, err
		}
		kept = cmp.Or(kept, err)
		if slices.Contains(folders, "CloudTrail") {
			s.found, s.accounts = append(s.found, t), append(s.accounts, account)
			return true, nil
		}
	}
	return false, kept
}

// none says what there is instead of a trail.
func (s *search) none(ctx context.Context, prefixes []string) error {
	at := pathOf(s.bucket, s.given.Prefix)
	if len(prefixes) == 0 {
		return fmt.Errorf("there is no folder AWSLogs/ in or below %s: give the bucket, and the prefix, to which the trail delivers: %w", at, ErrNoTrail)
	}
	asked := "has the trail delivered already?"
	if id := s.given.Organization; id != "" {
		at, asked = at+" below AWSLogs/"+id+"/", "is organization_id right? Leave it out to have it found"
		for _, prefix := range prefixes {
			folders, err := s.folders(ctx, Trail{Prefix: prefix}.above())
			if err != nil {
				return err
			}
			s.seen = append(s.seen, folders...)
		}
	}
	const most = 10
	seen := strings.Join(s.seen[:min(len(s.seen), most)], " ")
	return fmt.Errorf("no account has a folder CloudTrail in %s (there are %q in AWSLogs/): %s: %w", at, seen, asked, ErrNoTrail)
}
