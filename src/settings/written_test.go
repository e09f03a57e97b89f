package settings

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the files that are made from the table of settings")

// TestSpec holds the app's inputs.conf.spec equal to the table.
func TestSpec(t *testing.T) {
	var want strings.Builder
	require.NoError(t, Spec(&want))
	file := filepath.Join("..", "..", "app", "README", "inputs.conf.spec")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(want.String()), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got), "go test ./src/settings -run TestSpec -update writes it")
}

// TestSpecHasTheArguments finds, as splunkd would, one stanza with the arguments of the scheme.
func TestSpecHasTheArguments(t *testing.T) {
	var spec strings.Builder
	require.NoError(t, Spec(&spec))
	var names []string
	stanzas := 0
	form := regexp.MustCompile(`^([a-z_]+) = (<[a-z -]+>|\[<[a-z -]+>\|[a-z]+\])$`)
	for line := range strings.Lines(spec.String()) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "", line[0] == '#':
		case line[0] == '*':
			require.Regexp(t, `^\* [A-Z].*[^.]\.$`, line)
			require.Positive(t, stanzas)
		case line[0] == '[':
			require.Equal(t, "[ct_anomaly://<name>]", line)
			stanzas++
		default:
			require.Regexp(t, form, line)
			names = append(names, form.FindStringSubmatch(line)[1])
		}
		require.NotRegexp(t, `[^ -~]|\\$`, line, "ASCII, and no line that goes on in the next")
	}
	require.Equal(t, 1, stanzas)
	var arguments []string
	for _, a := range Arguments() {
		arguments = append(arguments, a.Name)
	}
	require.Equal(t, arguments, names)
}

func TestArguments(t *testing.T) {
	titles := map[string]bool{}
	for _, a := range Arguments() {
		require.Regexp(t, `^[0-9a-zA-Z][0-9a-zA-Z_-]*$`, a.Name)
		require.Regexp(t, `^[A-Z][A-Za-z ]{2,39}$`, a.Title)
		require.False(t, titles[a.Title], a.Title)
		require.Regexp(t, `^[A-Z].*[^.:]\.$`, a.Help)
		titles[a.Title] = true
	}
	byName := map[string]Argument{}
	for _, a := range Arguments() {
		byName[a.Name] = a
	}
	require.Equal(t, Argument{"learning_days", "Days of learning",
		"Days an account is watched before what is new in it is told. Default: 90.", "string"}, byName["learning_days"])
	require.Equal(t, Argument{"validate_live", "Try it out when saving",
		"Tries roles, logs, table and workgroup when an input is saved. Default: 0.", "boolean"}, byName["validate_live"])
	require.Contains(t, byName["logs"].Help, "~ is not expanded")
	require.Contains(t, byName["config"].Help, "~ is not expanded")
	require.Contains(t, byName["accounts"].Help, "Separate several by commas")
}

// The settings stand between these lines of docs/operations.md.
const begin, end = "<!-- settings -->\n", "<!-- /settings -->\n"

// TestMarkdown holds the table in the documents equal to the one here.
func TestMarkdown(t *testing.T) {
	var want strings.Builder
	require.NoError(t, Markdown(&want))
	file := filepath.Join("..", "..", "docs", "operations.md")
	data, err := os.ReadFile(file)
	if *update && os.IsNotExist(err) {
		data, err = []byte("# Operations\n\n"+begin+end), os.MkdirAll(filepath.Dir(file), 0o755)
	}
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(data), begin)
	require.True(t, ok, "%s has no %s", file, begin)
	block, after, ok := strings.Cut(rest, end)
	require.True(t, ok, "%s has no %s", file, end)
	require.NotContains(t, after, begin)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want.String()+end+after), 0o644))
		return
	}
	require.Equal(t, want.String(), block, "go test ./src/settings -run TestMarkdown -update writes it")
}

func TestMarkdownHasEverySettingOnce(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Markdown(&out))
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, 2+len(table))
	for _, line := range lines {
		require.Equal(t, 6, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
	}
	for _, r := range table {
		require.Equal(t, 1, strings.Count(out.String(), "\n| `"+r.name+"` |"), r.name)
	}
	shown := len(Arguments())
	require.Contains(t, lines[2+shown-1], "| `config` | All other settings |")
	require.Contains(t, lines[2+shown], "| `ca_file` |  |")
	require.Contains(t, out.String(), `iam:Get\* or`, "no stars that Markdown would take for emphasis")
}
