package athenatest

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A table is one in Athena's catalog.
type table struct {
	database, name       string
	columns, partitions  []hiveColumn
	serde, input, output string
	location             string
	properties           map[string]string
	created              time.Time
}

// apply changes the catalog, and Trino's with it. Errors are in the words of Hive's that Athena hands on.
func (f *Front) apply(ctx context.Context, d definition) error {
	f.defining.Lock()
	defer f.defining.Unlock()
	switch d.verb {
	case "create database":
		return f.createDatabase(ctx, d)
	case "drop database":
		return f.dropDatabase(ctx, d)
	case "create table":
		return f.createTable(ctx, d)
	}
	return f.dropTable(ctx, d)
}

// hiveError is how a statement fails that the catalog refuses.
func hiveError(exception string) error {
	return fmt.Errorf("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. %s", exception)
}

func (f *Front) createDatabase(ctx context.Context, d definition) error {
	f.mu.Lock()
	there := f.databases[d.name] != nil
	if !there {
		f.databases[d.name] = make(map[string]*table)
	}
	f.mu.Unlock()
	switch {
	case there && d.tolerant:
		return nil
	case there:
		return hiveError(fmt.Sprintf("Database %s already exists", d.name))
	case f.trino == nil:
		return nil
	}
	return f.trino.createSchema(d.name)
}

func (f *Front) dropDatabase(ctx context.Context, d definition) error {
	f.mu.Lock()
	tables, there := f.databases[d.name]
	names := slices.Collect(maps.Keys(tables))
	f.mu.Unlock()
	if !there {
		if d.tolerant {
			return nil
		}
		return hiveError("NoSuchObjectException(message:Database " + d.name + " not found.)")
	}
	if len(names) > 0 && !d.cascading {
		return hiveError("InvalidOperationException(message:Database " + d.name + " is not empty. One or more tables exist.)")
	}
	for _, name := range names {
		if err := f.dropTable(ctx, definition{database: d.name, name: name}); err != nil {
			return err
		}
	}
	f.locked(func() { delete(f.databases, d.name) })
	if f.trino == nil {
		return nil
	}
	return f.trino.do("DROP SCHEMA " + f.trino.catalog + "." + sqlName(d.name))
}

func (f *Front) createTable(ctx context.Context, d definition) error {
	d.table.database, d.table.name = d.database, d.name
	f.mu.Lock()
	tables, there := f.databases[d.database]
	taken := tables[d.name] != nil
	if there && !taken {
		tables[d.name] = d.table
	}
	f.mu.Unlock()
	switch {
	case !there:
		return hiveError("NoSuchObjectException(message:Database " + d.database + " not found.)")
	case taken && d.tolerant:
		return nil
	case taken:
		return hiveError("AlreadyExistsException(message:Table " + d.name + " already exists.)")
	case f.trino == nil:
		return nil
	}
	err := f.trino.createTable(ctx, d.table)
	if err != nil {
		f.locked(func() { delete(f.databases[d.database], d.name) })
	}
	return err
}

func (f *Front) dropTable(ctx context.Context, d definition) error {
	f.mu.Lock()
	there := f.databases[d.database][d.name] != nil
	delete(f.databases[d.database], d.name)
	f.mu.Unlock()
	switch {
	case !there && d.tolerant:
		return nil
	case !there:
		return hiveError("NoSuchObjectException(message:Table " + d.name + " not found.)")
	case f.trino == nil:
		return nil
	}
	return f.trino.dropTable(ctx, d.database, d.name)
}

type getTableInput struct{ CatalogName, DatabaseName, TableName, WorkGroup string }

func (f *Front) getTableMetadata(in getTableInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.databases[strings.ToLower(in.DatabaseName)][strings.ToLower(in.TableName)]
	if t == nil {
		return nil, notFound()
	}
	return map[string]any{"TableMetadata": t.described()}, nil
}

type listTablesInput struct {
	CatalogName, DatabaseName, Expression, NextToken, WorkGroup string
	MaxResults                                                  int
}

func (f *Front) listTableMetadata(in listTablesInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	tables := f.databases[strings.ToLower(in.DatabaseName)]
	if tables == nil {
		return nil, notFound()
	}
	like, err := regexp.Compile("^(?:" + in.Expression + ")$")
	if err != nil {
		return nil, invalid("Expression is no regular expression")
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(tables)), func(name string) bool {
		return in.Expression != "" && !like.MatchString(name)
	})
	part, next, err := page(names, in.NextToken, in.MaxResults, 50)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(part))
	for i, name := range part {
		list[i] = tables[name].described()
	}
	return paged("TableMetadataList", list, next), nil
}

// described is the table as the API tells it: its formats and place stand among its parameters.
func (t *table) described() map[string]any {
	parameters := map[string]string{"EXTERNAL": "TRUE", "inputformat": t.input, "outputformat": t.output, "location": t.location,
		"serde.serialization.lib": t.serde, "serde.param.serialization.format": "1"}
	maps.Copy(parameters, t.properties)
	columns := func(of []hiveColumn) []map[string]string {
		list := make([]map[string]string, len(of))
		for i, c := range of {
			list[i] = map[string]string{"Name": c.name, "Type": c.of.String()}
		}
		return list
	}
	return map[string]any{"Name": t.name, "CreateTime": epoch(t.created), "LastAccessTime": epoch(t.created), "TableType": "EXTERNAL_TABLE",
		"Columns": columns(t.columns), "PartitionKeys": columns(t.partitions), "Parameters": parameters}
}
