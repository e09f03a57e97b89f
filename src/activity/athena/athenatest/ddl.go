package athenatest

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A definition is a DDL statement that was understood.
type definition struct {
	verb      string // create database, create table, drop database, drop table, show partitions
	database  string // lower case; empty: the one of the query's context
	name      string // lower case
	tolerant  bool   // IF NOT EXISTS, IF EXISTS
	table     *table
	cascading bool
}

// parseDDL understands the DDL that is ours. Whether a statement is what Athena's own grammar allows is for ParseDDL to say.
func parseDDL(sql string) (definition, error) {
	all, err := tokens(sql)
	if err != nil {
		return definition{}, err
	}
	r := &reader{rest: all}
	d := r.definition()
	r.sign(';')
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("%q was not expected", r.rest[0].text)
	}
	return d, r.err
}

func (r *reader) definition() definition {
	var d definition
	switch {
	case r.words("CREATE", "DATABASE"), r.words("CREATE", "SCHEMA"):
		d.verb, d.tolerant = "create database", r.words("IF", "NOT", "EXISTS")
		d.name = strings.ToLower(r.want('w'))
		if r.words("COMMENT") {
			r.want('s')
		}
		if r.words("LOCATION") {
			r.want('s')
		}
	case r.words("CREATE", "EXTERNAL", "TABLE"):
		d.verb, d.tolerant = "create table", r.words("IF", "NOT", "EXISTS")
		d.database, d.name = r.tableName()
		d.table = r.table()
	case r.words("DROP", "DATABASE"), r.words("DROP", "SCHEMA"):
		d.verb, d.tolerant = "drop database", r.words("IF", "EXISTS")
		d.name = strings.ToLower(r.want('w'))
		d.cascading = r.words("CASCADE")
	case r.words("DROP", "TABLE"):
		d.verb, d.tolerant = "drop table", r.words("IF", "EXISTS")
		d.database, d.name = r.tableName()
	case r.words("SHOW", "PARTITIONS"):
		d.verb = "show partitions"
		d.database, d.name = r.tableName()
	default:
		r.err = errors.New("this front does not know such a statement")
	}
	return d
}

func (r *reader) tableName() (database, name string) {
	name = strings.ToLower(r.want('w'))
	if r.sign('.') {
		return name, strings.ToLower(r.want('w'))
	}
	return "", name
}

// table reads what follows the name of a table that is created.
func (r *reader) table() *table {
	t := &table{properties: make(map[string]string), created: now()}
	r.list(func() { t.columns = append(t.columns, r.column()) })
	for r.err == nil {
		switch {
		case r.words("COMMENT"):
			t.properties["comment"] = r.want('s')
		case r.words("PARTITIONED", "BY"):
			r.list(func() { t.partitions = append(t.partitions, r.column()) })
		case r.words("ROW", "FORMAT", "SERDE"):
			t.serde = r.want('s')
		case r.words("WITH", "SERDEPROPERTIES"):
			r.list(func() { r.property(make(map[string]string)) })
		case r.words("STORED", "AS", "INPUTFORMAT"):
			t.input = r.want('s')
		case r.words("OUTPUTFORMAT"):
			t.output = r.want('s')
		case r.words("LOCATION"):
			t.location = r.want('s')
		case r.words("TBLPROPERTIES"):
			r.list(func() { r.property(t.properties) })
		default:
			return t
		}
	}
	return t
}

func (r *reader) property(into map[string]string) {
	name := r.want('s')
	r.want('=')
	into[name] = r.want('s')
}

// define carries out a query that is DDL.
func (f *Front) define(ctx context.Context, q *query) (Answer, error) {
	d, err := parseDDL(q.in.QueryString)
	if err != nil {
		return Answer{}, fmt.Errorf("FAILED: ParseException %w", err)
	}
	if d.database == "" {
		d.database = strings.ToLower(q.in.QueryExecutionContext.Database)
	}
	if d.verb == "show partitions" { // projected partitions are none in the catalog
		return Answer{Columns: []Column{{"partition", "string"}}}, f.known(d.database, d.name)
	}
	return Answer{}, f.apply(ctx, d)
}

// CreateTable makes a table by our own CREATE EXTERNAL TABLE, as if it had been there before; its database too.
func (f *Front) CreateTable(ddl string) error {
	d, err := parseDDL(ddl)
	if err == nil && d.verb != "create table" {
		err = fmt.Errorf("CREATE EXTERNAL TABLE is wanted, not %s", d.verb)
	}
	if err != nil {
		return err
	}
	ctx := context.Background()
	return errors.Join(f.apply(ctx, definition{verb: "create database", name: d.database, tolerant: true}), f.apply(ctx, d))
}

func (f *Front) known(database, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.databases[database][name] == nil {
		return fmt.Errorf("FAILED: SemanticException [Error 10001]: Table not found %s.%s", database, name)
	}
	return nil
}
