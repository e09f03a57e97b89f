package athenatest

import (
	"net/url"
	"strings"
)

// writeResults writes a query's results as Athena does, <id>.csv and its metadata, or <id>.txt for DDL. It is called with the lock held.
func (f *Front) writeResults(q *query) {
	at, err := url.Parse(q.output)
	if err != nil {
		return // it was parsed when the query was started
	}
	key := strings.TrimPrefix(at.Path, "/")
	if q.kind != "DML" {
		f.bucket(at.Host)[key] = inMemory(nil)
		return
	}
	f.bucket(at.Host)[key] = inMemory([]byte(q.answer.csv()))
	f.bucket(at.Host)[key+".metadata"] = inMemory([]byte{0x0a, 0x00}) // a protobuf of Athena's own, that nobody documents
}

// csv is the file: a header, every value in quotes, quotes in it doubled, newlines as they are, and nothing at all for NULL.
// (https://github.com/pyathena-dev/PyAthena/issues/118 shows one. AWS's documentation has no rule.)
func (a Answer) csv() string {
	var b strings.Builder
	write := func(row []*string) {
		for i, value := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if value != nil {
				b.WriteByte('"')
				b.WriteString(strings.ReplaceAll(*value, `"`, `""`))
				b.WriteByte('"')
			}
		}
		b.WriteByte('\n')
	}
	write(a.header())
	for _, row := range a.Rows {
		write(row)
	}
	return b.String()
}

func (a Answer) header() []*string {
	names := make([]string, len(a.Columns))
	for i, c := range a.Columns {
		names[i] = c.Name
	}
	return Values(names...)
}

type getQueryResultsInput struct {
	QueryExecutionId, NextToken, QueryResultType string
	MaxResults                                   int
}

// getQueryResults gives rows in pages. The header is the first row of the first page, and counts as one.
func (f *Front) getQueryResults(in getQueryResultsInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.queries[in.QueryExecutionId]
	if q == nil {
		return nil, invalid("QueryExecution " + in.QueryExecutionId + " was not found")
	}
	switch state := q.seen(); {
	case state == queued || state == running:
		return nil, invalid("Query has not yet finished. Current state: " + state)
	case state != succeeded:
		return nil, invalid("Query did not finish successfully. Final query state: " + state)
	case !f.kept(q):
		return nil, invalid("Could not find results") // https://github.com/DyfanJones/noctua/issues/104
	}
	all := q.answer.Rows
	if q.kind == "DML" {
		all = append([][]*string{q.answer.header()}, all...)
	}
	part, next, err := page(all, in.NextToken, in.MaxResults, 1000)
	if err != nil {
		return nil, err
	}
	rows, columns := make([]any, len(part)), make([]any, len(q.answer.Columns))
	for i, row := range part {
		data := make([]map[string]string, len(row))
		for j, value := range row {
			data[j] = map[string]string{}
			if value != nil {
				data[j]["VarCharValue"] = *value
			}
		}
		rows[i] = map[string]any{"Data": data}
	}
	for i, c := range q.answer.Columns {
		columns[i] = map[string]any{"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": c.Name, "Label": c.Name, "Type": c.Type,
			"Nullable": "UNKNOWN", "CaseSensitive": c.Type == "varchar"}
	}
	answer := paged("ResultSet", map[string]any{"Rows": rows, "ResultSetMetadata": map[string]any{"ColumnInfo": columns}}, next)
	answer["UpdateCount"] = 0
	return answer, nil
}

// kept says whether a query's results are still there: in their bucket anybody can delete them. It is called with the lock held.
func (f *Front) kept(q *query) bool {
	if q.output == "" {
		return true
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(q.output, "s3://"), "/")
	_, there := f.buckets[bucket][key]
	return there
}
