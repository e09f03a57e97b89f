package athena

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// resultName is how Athena names what a query leaves: <id>.csv for a SELECT, <id>.txt for other statements, each perhaps with .metadata (Athena User
// Guide, "Work with query results and recent queries").
var resultName = regexp.MustCompile(`^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?:csv|txt)(?:\.metadata)?$`)

// mostDeleted is how many objects S3 deletes by one call.
const mostDeleted = 1000

// ClearResults deletes what queries over the tables of these accounts left in the place for results: objects that carry the id of a query of which Athena
// tells that it is one of ours, by its text. All others stay, whoever's they are: also those of queries that Athena has forgotten, after 45 days, which notes
// count. o says where the queries ran; its own account is of no matter. With dryRun nothing is deleted. The log files are never touched.
func ClearResults(ctx context.Context, o Options, accounts []string, dryRun bool) (steps, notes []string, err error) {
	l, err := Open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	switch err := l.place.find(ctx); {
	case errors.Is(err, ErrNoPlace) || err == nil && l.place.managed:
		return nil, nil, nil // nothing was ever left there, or Athena keeps it and drops it by itself
	case err != nil:
		return nil, nil, err
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(l.place.effective, "s3://"), "/")
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	left, err := l.leftIn(ctx, bucket, prefix)
	if err != nil {
		return nil, nil, err
	}
	texts, err := l.textsOf(ctx, left)
	if err != nil {
		return nil, nil, err
	}
	ours := statementsOver(o, accounts)
	var keys []string
	queries, forgotten := 0, 0
	for _, r := range left {
		switch text, known := texts[r.query]; {
		case !known:
			forgotten++
		case ours(text):
			queries++
			keys = append(keys, r.keys...)
		}
	}
	if forgotten > 0 {
		notes = append(notes, fmt.Sprintf("results of %s in s3://%s/%s are left, as Athena does not tell whose they are: delete them yourself, if nobody needs them", number(forgotten), bucket, prefix))
	}
	if len(keys) == 0 {
		return nil, notes, nil
	}
	if !dryRun {
		if err := l.remove(ctx, bucket, keys); err != nil {
			return nil, notes, err
		}
	}
	return []string{fmt.Sprintf("delete the results of %s in s3://%s/%s (%d objects)", number(queries), bucket, prefix, len(keys))}, notes, nil
}

func number(queries int) string {
	if queries == 1 {
		return "1 query"
	}
	return fmt.Sprintf("%d queries", queries)
}

// A remnant is what a query left.
type remnant struct {
	query string // its id
	keys  []string
}

// leftIn lists what queries left in a folder of a bucket, that below it aside.
func (l *Log) leftIn(ctx context.Context, bucket, prefix string) ([]remnant, error) {
	var left []remnant
	pages := s3.NewListObjectsV2Paginator(l.s3, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix, Delimiter: aws.String("/")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if gone := (*s3types.NoSuchBucket)(nil); errors.As(err, &gone) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list the results of queries in s3://%s/%s: %w", bucket, prefix, err)
		}
		for _, o := range page.Contents {
			key := aws.ToString(o.Key)
			name := resultName.FindStringSubmatch(strings.TrimPrefix(key, prefix))
			if name == nil {
				continue
			}
			if n := len(left); n == 0 || left[n-1].query != name[1] { // S3 lists them by name, so those of a query come together
				left = append(left, remnant{query: name[1]})
			}
			left[len(left)-1].keys = append(left[len(left)-1].keys, key)
		}
	}
	return left, nil
}

// statementsOver tells whether a statement is one that this room hands in, over the table of one of these accounts. What people ask of the same tables
// is theirs.
func statementsOver(o Options, accounts []string) func(text string) bool {
	type table struct{ create, drop, from string }
	var all []table
	for _, account := range accounts {
		o.AccountID = account
		t := o.table()
		all = append(all, table{
			create: "CREATE EXTERNAL TABLE IF NOT EXISTS " + ddlIdentifier(t.Database) + "." + ddlIdentifier(t.Name()) + " (",
			drop:   t.drop(), from: "FROM " + identifier(t.Database) + "." + identifier(t.Name()) + "\n",
		})
	}
	made := ddlLiteral(marker) + " = " + ddlLiteral(markerValue)
	return func(text string) bool {
		return slices.ContainsFunc(all, func(t table) bool {
			return text == t.drop || strings.HasPrefix(text, t.create) && strings.Contains(text, made) || strings.HasPrefix(text, selection) && strings.Contains(text, t.from)
		})
	}
}

func (l *Log) remove(ctx context.Context, bucket string, keys []string) error {
	for batch := range slices.Chunk(keys, mostDeleted) {
		objects := make([]s3types.ObjectIdentifier, len(batch))
		for i := range batch {
			objects[i].Key = &batch[i]
		}
		out, err := l.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &s3types.Delete{Quiet: aws.Bool(true), Objects: objects}})
		if err != nil {
			return fmt.Errorf("delete results of queries in s3://%s: %w", bucket, err)
		}
		if len(out.Errors) > 0 {
			first := out.Errors[0]
			return fmt.Errorf("delete results of queries in s3://%s: %d of %d are refused, the first with %s: s3:DeleteObject is needed on %s", bucket,
				len(out.Errors), len(batch), aws.ToString(first.Code), aws.ToString(first.Key))
		}
	}
	return nil
}
