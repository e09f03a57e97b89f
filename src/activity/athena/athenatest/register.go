package athenatest

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

func (t *trino) createSchema(name string) error {
	return t.do("CREATE SCHEMA " + t.catalog + "." + sqlName(name))
}

// cloudTrailInput is what makes a row of each record of a log file in Athena.
const cloudTrailInput = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"

// createTable makes Trino show a table as Athena does. Trino does not know CloudTrailInputFormat: a log file is one row of a table of its
// own, with an array of records, which a view by the table's name takes apart. The view has the file's path as a column of the name that
// Athena gives it; conditions on it keep files from being read, as TestPathRangesPrune shows.
func (t *trino) createTable(ctx context.Context, table *table) error {
	if table.input != cloudTrailInput {
		return errors.New("this front knows tables of " + cloudTrailInput + " alone")
	}
	schema := t.catalog + "." + sqlName(table.database) + "."
	columns := []string{"records array(" + hiveType{name: "struct", fields: columnNames(table.columns), of: columnTypes(table.columns)}.trino() + ")"}
	view := []string{"t.*"}
	for _, p := range table.partitions {
		columns = append(columns, sqlName(p.name)+" "+p.of.trino()+projection(p.name, table.properties))
		view = append(view, sqlName(p.name))
	}
	with := []string{"format = 'OPENX_JSON'", "external_location = " + sqlText(table.location)}
	if len(table.partitions) > 0 {
		with = append(with, "partitioned_by = "+sqlArray(columnNames(table.partitions)))
	}
	if strings.EqualFold(table.properties["projection.enabled"], "true") {
		with = append(with, "partition_projection_enabled = true")
		if template := table.properties["storage.location.template"]; template != "" {
			with = append(with, "partition_projection_location_template = "+sqlText(template))
		}
	}
	files := schema + sqlName(filesTable(table.name))
	for _, sql := range []string{
		fmt.Sprintf("CREATE TABLE %s (%s) WITH (%s)", files, strings.Join(columns, ", "), strings.Join(with, ", ")),
		fmt.Sprintf(`CREATE VIEW %s AS SELECT %s, "$path" AS "$path" FROM %s CROSS JOIN UNNEST(records) AS t`,
			schema+sqlName(table.name), strings.Join(view, ", "), files),
	} {
		if _, err := t.run(ctx, "", sql, func(int64) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (t *trino) dropTable(_ context.Context, database, name string) error {
	schema := t.catalog + "." + sqlName(database) + "."
	return errors.Join(t.do("DROP VIEW "+schema+sqlName(name)), t.do("DROP TABLE "+schema+sqlName(filesTable(name))))
}

// filesTable is the table whose rows are files.
func filesTable(name string) string { return name + "__files" }

// projection writes Athena's properties projection.<column>.… as those of Trino's columns.
func projection(column string, properties map[string]string) string {
	var with []string
	for _, p := range []struct {
		name, trino string
		write       func(string) string
	}{
		{"type", "partition_projection_type", sqlText},
		{"values", "partition_projection_values", func(s string) string { return sqlArray(strings.Split(s, ",")) }},
		{"range", "partition_projection_range", func(s string) string { return sqlArray(strings.Split(s, ",")) }},
		{"format", "partition_projection_format", sqlText},
		{"digits", "partition_projection_digits", func(s string) string { return s }},
		{"interval", "partition_projection_interval", func(s string) string { return s }},
		{"interval.unit", "partition_projection_interval_unit", sqlText},
	} {
		if value, given := properties["projection."+column+"."+p.name]; given {
			with = append(with, p.trino+" = "+p.write(value))
		}
	}
	if len(with) == 0 {
		return ""
	}
	return " WITH (" + strings.Join(with, ", ") + ")"
}

func sqlArray(all []string) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = sqlText(strings.TrimSpace(s))
	}
	return "ARRAY[" + strings.Join(texts, ", ") + "]"
}

func columnNames(columns []hiveColumn) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.name
	}
	return all
}

func columnTypes(columns []hiveColumn) []hiveType {
	all := make([]hiveType, len(columns))
	for i, c := range columns {
		all[i] = c.of
	}
	return all
}
