package athenatest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// engineKey is the access key by which Trino's calls of our S3 are told from the program's.
const engineKey = "AKIATHEENGINEITSELF0"

// trino runs SQL on a Trino server, in a catalog that is one front's alone and whose files are the front's buckets. So "$path" is
// s3://bucket/key, and what is listed and read can be seen.
type trino struct {
	server  string // http://host:port
	catalog string
	s3      string // the front's URL
	folder  string // of the catalog's metastore, within what the server may read
	data    string
	client  *http.Client
}

func newTrino(server, data, s3, catalog string) *trino {
	return &trino{server: strings.TrimSuffix(server, "/"), catalog: catalog, s3: s3, folder: "metastore/" + catalog, data: data, client: new(http.Client)}
}

// open makes the catalog. A projected day without files is none, as it is for S3.
func (t *trino) open() error {
	properties := [][2]string{
		{"hive.metastore", "file"}, {"hive.metastore.catalog.dir", "local:///" + t.folder},
		{"fs.native-local.enabled", "true"}, {"local.location", t.data},
		{"fs.native-s3.enabled", "true"}, {"s3.endpoint", t.s3}, {"s3.path-style-access", "true"}, {"s3.region", region},
		{"s3.aws-access-key", engineKey}, {"s3.aws-secret-key", "secret"},
		{"hive.non-managed-table-writes-enabled", "true"}, {"hive.recursive-directories", "true"}, {"hive.ignore-absent-partitions", "true"},
	}
	with := make([]string, len(properties))
	for i, p := range properties {
		with[i] = sqlName(p[0]) + " = " + sqlText(p[1])
	}
	return t.do("CREATE CATALOG " + t.catalog + " USING hive WITH (" + strings.Join(with, ", ") + ")")
}

func (t *trino) close() error {
	defer t.client.CloseIdleConnections()
	return errors.Join(t.do("DROP CATALOG "+t.catalog), os.RemoveAll(filepath.Join(t.data, filepath.FromSlash(t.folder))))
}

func (t *trino) do(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := t.run(ctx, "", sql, func(int64) error { return nil })
	if err != nil {
		return fmt.Errorf("%.60s… on Trino at %s: %w", sql, t.server, err)
	}
	return nil
}

// statement is what Trino's client protocol answers (Trino documentation, "Client REST API").
type statement struct {
	NextURI string `json:"nextUri"`
	Columns []struct {
		Name          string
		TypeSignature signature
	}
	Data  [][]any
	Stats struct{ PhysicalInputBytes int64 }
	Error *struct {
		Message, ErrorName string
	}
}

// run executes a statement and tells watch, as it goes, how many bytes were read from storage; watch may end it with an error.
func (t *trino) run(ctx context.Context, schema, sql string, watch func(scanned int64) error) (Answer, error) {
	for begun := time.Now(); ; {
		answer, err := t.once(ctx, schema, sql, watch)
		// A server that has just started says so for some seconds.
		if err == nil || !strings.HasPrefix(err.Error(), "NO_NODES_AVAILABLE") || time.Since(begun) > 20*time.Second {
			return answer, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (t *trino) once(ctx context.Context, schema, sql string, watch func(scanned int64) error) (Answer, error) {
	at, err := t.call(ctx, http.MethodPost, t.server+"/v1/statement", schema, sql)
	if err != nil {
		return Answer{}, err
	}
	var answer Answer
	for {
		answer.Scanned = max(answer.Scanned, at.Stats.PhysicalInputBytes)
		if at.Error != nil {
			return answer, t.told(at.Error.ErrorName, at.Error.Message)
		}
		if answer.Columns == nil {
			for _, c := range at.Columns {
				answer.Columns = append(answer.Columns, Column{c.Name, c.TypeSignature.athena()})
			}
		}
		for _, values := range at.Data {
			row := make([]*string, len(values))
			for i, value := range values {
				row[i] = at.Columns[i].TypeSignature.cell(value)
			}
			answer.Rows = append(answer.Rows, row)
		}
		err := watch(answer.Scanned)
		if at.NextURI == "" {
			return answer, err
		}
		if err == nil {
			next := at.NextURI
			if at, err = t.call(ctx, http.MethodGet, next, "", ""); err == nil {
				continue
			}
			at = &statement{NextURI: next}
		}
		_, _ = t.call(context.WithoutCancel(ctx), http.MethodDelete, at.NextURI, "", "") // stopped: so Trino stops as well
		return answer, err
	}
}

// told puts an error of Trino's as Athena puts it: its name, then its message, the catalog being Athena's.
func (t *trino) told(name, message string) error {
	return fmt.Errorf("%s: %s", name, strings.ReplaceAll(message, t.catalog, "awsdatacatalog"))
}

func (t *trino) call(ctx context.Context, method, url, schema, sql string) (*statement, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(sql))
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Trino-User", "athena")
	request.Header.Set("X-Trino-Source", "athenatest")
	request.Header.Set("X-Trino-Catalog", t.catalog)
	if schema != "" {
		request.Header.Set("X-Trino-Schema", strings.ToLower(schema))
	}
	response, err := t.client.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusNoContent {
		return nil, nil
	}
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return nil, fmt.Errorf("trino answered %s: %s", response.Status, text)
	}
	in := json.NewDecoder(response.Body)
	in.UseNumber()
	answer := new(statement)
	return answer, in.Decode(answer)
}

// sqlName and sqlText write a name and a text as Trino reads them.
func sqlName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
