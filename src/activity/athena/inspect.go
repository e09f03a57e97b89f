package athena

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// CheckTable says whether the table is there and as it should be. The error wraps ErrNoTable or ErrOtherTable.
func (l *Log) CheckTable(ctx context.Context) error {
	found, err := l.metadata(ctx)
	if err != nil {
		return err
	}
	if found == nil {
		return l.noTable()
	}
	if other := l.t.differences(found); len(other) > 0 {
		return fmt.Errorf("%w: %s in the database %s: %s; remove it (DROP TABLE %s.%s removes no log files) and run ct_anomaly setup athena --accounts %s",
			ErrOtherTable, l.t.Name(), l.t.Database, strings.Join(other, "; "), l.t.Database, l.t.Name(), l.AccountID)
	}
	return nil
}

// otherTable gives what is wrong with the table, if anything, for a query that failed.
func (l *Log) otherTable(ctx context.Context) error {
	if err := l.CheckTable(ctx); errors.Is(err, ErrOtherTable) || errors.Is(err, ErrNoTable) {
		return err
	}
	return nil
}

// metadata is what Athena tells of the table, nil where there is none.
func (l *Log) metadata(ctx context.Context) (*types.TableMetadata, error) {
	out, err := l.athena.GetTableMetadata(ctx, &athena.GetTableMetadataInput{
		CatalogName: aws.String(catalog), DatabaseName: &l.t.Database, TableName: aws.String(l.t.Name()), WorkGroup: &l.place.name,
	})
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the table %s: %w", l.t.Name(), err)
	}
	return out.TableMetadata, nil
}

// missing tells the error by which Athena says that its catalog has no such thing: Glue's EntityNotFoundException in the text of its own.
func missing(err error) bool {
	var metadata *types.MetadataException
	return errors.As(err, &metadata) && notFound.MatchString(metadata.ErrorMessage())
}

var notFound = regexp.MustCompile(`(?i)entity ?not ?found|not found|does not exist`)

// differences are what sets a table apart from the one that Create makes. Columns that it has besides do no harm.
func (t Table) differences(m *types.TableMetadata) []string {
	var other []string
	for _, c := range columns {
		at := slices.IndexFunc(m.Columns, func(h types.Column) bool { return strings.EqualFold(aws.ToString(h.Name), c.name) })
		switch {
		case at < 0:
			other = append(other, "it has no column "+c.name)
		case tight(aws.ToString(m.Columns[at].Type)) != tight(c.kind):
			other = append(other, "its column "+c.name+" is of another type")
		}
	}
	if !slices.EqualFunc(m.PartitionKeys, partitions, func(h types.Column, c column) bool {
		return strings.EqualFold(aws.ToString(h.Name), c.name) && tight(aws.ToString(h.Type)) == c.kind
	}) {
		other = append(other, "its partitions are not region and day")
	}
	for _, p := range t.properties() {
		if have := m.Parameters[p[0]]; have != p[1] && p[0] != marker {
			other = append(other, fmt.Sprintf("its property %s is %q and should be %q", p[0], have, p[1]))
		}
	}
	// What Athena tells of a table's storage stands among its properties.
	for name, want := range map[string]string{"location": t.location(), "inputformat": tableInput, "serde.serialization.lib": tableSerde} {
		if have, ok := m.Parameters[name]; ok && strings.TrimSuffix(have, "/") != strings.TrimSuffix(want, "/") {
			other = append(other, fmt.Sprintf("its %s is %q and should be %q", name, have, want))
		}
	}
	slices.Sort(other)
	return other
}

// tight is a type without spaces, in small letters.
func tight(kind string) string { return strings.ToLower(strings.Join(strings.Fields(kind), "")) }

// CheckTable says whether the table of an account is there and as it should be: see Log.CheckTable.
func CheckTable(ctx context.Context, cfg aws.Config, database string, trail Trail, account string) error {
	l, err := Open(ctx, Options{Config: cfg, Database: database, Trail: trail, AccountID: account})
	if err != nil {
		return err
	}
	return l.CheckTable(ctx)
}
