package athena

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds a text equal to the file of that name in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got+"\n"), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got+"\n", "go test -update writes it anew; read the difference first")
}

var someTable = Table{Database: "default", Account: "111122223333", Trail: Trail{Bucket: "logs", Prefix: "o'neill/trail", Organization: "o-exampleorg"}}

func at(t *testing.T, text string) int64 {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return moment.Unix()
}

func TestQueryText(t *testing.T) {
	q := &query{
		table: someTable, regions: []string{"eu-central-1", "us-east-1"}, rules: true,
		window:  window{from: at(t, "2026-11-21T22:10:00Z"), to: at(t, "2026-11-21T23:20:00Z"), open: true},
		leftOut: []string{"s3://logs/o'neill/bad.json.gz"}, judged: []string{"Management", "Data"},
	}
	golden(t, "query.sql", q.text())
	q.window = window{from: at(t, "2026-10-30T00:00:00Z"), to: at(t, "2026-11-02T00:00:00Z")}
	q.leftOut, q.judged, q.rules = nil, nil, false
	golden(t, "query_history.sql", q.text())
}

func TestCreateText(t *testing.T) {
	golden(t, "create_table.sql", someTable.Create())
}
