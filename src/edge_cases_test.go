package src

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// named is a test as docs/edge-cases.md names it: its folder, its function and perhaps its case.
var named = regexp.MustCompile("`([a-z0-9_/]+)` ((?:Test|Fuzz)\\w+)(?: \"([^\"|]+)\")?")

// TestEdgeCasesHaveTests holds that each row of docs/edge-cases.md names a test, and that each test it names is there. A suite's cases stand where the
// suite does.
func TestEdgeCasesHaveTests(t *testing.T) {
	page, err := os.ReadFile("../docs/edge-cases.md")
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.Contains(line, "| shown by |") {
			continue
		}
		rows++
		require.Len(t, cells, 3, line)
		tests := named.FindAllStringSubmatch(cells[2], -1)
		require.NotEmpty(t, tests, "no test is named: %s", line)
		require.Empty(t, strings.Trim(named.ReplaceAllString(cells[2], ""), " ,"), "what is no test's name: %s", line)
		for _, test := range tests {
			room, function, name := test[1], test[2], test[3]
			source := sources(t, room, "*_test.go")
			require.Regexp(t, `(?m)^func `+function+`\(`, source, "src/%s has no %s", room, function)
			if function == "TestSuite" {
				source = sources(t, "baseline/baselinetest", "*.go")
			}
			if name != "" {
				require.Contains(t, source, `"`+name+`"`, "%s of src/%s has no such case", function, room)
			}
		}
	}
	require.Greater(t, rows, 35)
}

// sources are the files of a room that a pattern matches.
func sources(t *testing.T, room, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(filepath.FromSlash(room), pattern))
	require.NoError(t, err)
	var b strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		b.Write(text)
	}
	return b.String()
}
