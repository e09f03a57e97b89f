package cloudtrail

import (
	"bufio"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const realData = "../../../shared/data"

type expectedPair struct {
	Kind                           string
	Principal, Action, First, Last string
	Count, Errors                  int
}

// TestRealPairs reads some 800 records of real logs and holds their pairs against those that an independent program found.
func TestRealPairs(t *testing.T) {
	want := expectedPairs(t)
	g := NewGather()
	rd := NewReader()
	for number, path := range logFiles(t, filepath.Join(realData, "cloudtrail")) {
		file, err := os.Open(path)
		require.NoError(t, err)
		tally, err := rd.Read(context.Background(), file, func(r *Record) error { return g.Add(r, uint32(number)) })
		require.NoError(t, err, path)
		require.Zero(t, tally.BadRecords, path)
		require.NoError(t, file.Close())
	}
	type times struct{ first, last int64 }
	got, seen := map[[2]string]expectedPair{}, map[[2]string]times{}
	for s := range g.Sightings() {
		key := [2]string{s.Principal, s.Action}
		p, was := got[key], seen[key]
		if p.Count == 0 {
			was = times{s.First, s.Last}
		}
		was = times{min(was.first, s.First), max(was.last, s.Last)}
		p.Kind, p.Principal, p.Action, p.Count = "pair", s.Principal, s.Action, p.Count+s.Count
		p.First, p.Last = time.Unix(was.first, 0).UTC().Format(time.RFC3339), time.Unix(was.last, 0).UTC().Format(time.RFC3339)
		if s.Outcome.String() != "ok" {
			p.Errors += s.Count
		}
		got[key], seen[key] = p, was
	}
	require.Equal(t, want, got)
}

func expectedPairs(t *testing.T) map[[2]string]expectedPair {
	t.Helper()
	file, err := os.Open(filepath.Join(realData, "expected.pairs.jsonl"))
	if os.IsNotExist(err) {
		t.Skip("the real records and the pairs expected of them are not here")
	}
	require.NoError(t, err)
	defer file.Close()
	pairs := map[[2]string]expectedPair{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var p expectedPair
		require.NoError(t, json.Unmarshal(lines.Bytes(), &p))
		if p.Kind == "pair" {
			pairs[[2]string{p.Principal, p.Action}] = p
		}
	}
	require.NotEmpty(t, pairs)
	return pairs
}

func logFiles(t *testing.T, top string) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".json.gz") {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}
