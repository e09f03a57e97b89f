// Package src holds no code: its test keeps the arrows between the rooms as the table says.
package src

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "cloudtrail_anomaly/src/"

// arrows says which rooms a room may import, and which packages from elsewhere beside the standard library. A room that is not in
// the table fails. Tests may import what they like, but for the door.
var arrows = map[string]struct{ rooms, libraries []string }{
	"discern":                        {},
	"cloudtrail":                     {[]string{"discern"}, []string{"github.com/klauspost/compress"}},
	"cloudtrail/evidence":            {[]string{"cloudtrail", "discern"}, nil},
	"rules":                          {[]string{"cloudtrail", "discern"}, nil},
	"risk":                           {[]string{"discern"}, nil},
	"settings":                       {nil, []string{"gopkg.in/yaml.v3"}},
	"demo":                           {nil, []string{"github.com/klauspost/compress"}},
	"modinput":                       {nil, []string{"github.com/robfig/cron/v3"}},
	"splunkd":                        {nil, nil},
	"splunkd/splunkdtest":            {nil, []string{"github.com/robfig/cron/v3", "github.com/stretchr/testify"}},
	"apptest":                        {}, // tests alone
	"awscall":                        {nil, []string{"github.com/aws"}},
	"muster":                         {[]string{"awscall"}, []string{"github.com/aws"}},
	"trust":                          {[]string{"awscall", "discern"}, []string{"github.com/aws"}},
	"instances":                      {[]string{"awscall", "discern"}, []string{"github.com/aws"}},
	"policy":                         {nil, nil},
	"policy/policytest":              {[]string{"policy"}, []string{"github.com/aws", "github.com/stretchr/testify"}},
	"activity/logs":                  {[]string{"awscall", "cloudtrail", "cloudtrail/evidence", "discern"}, []string{"github.com/aws"}},
	"activity/athena":                {[]string{"awscall", "cloudtrail", "discern"}, []string{"github.com/aws"}},
	"activity/athena/athenatest":     {nil, []string{"github.com/stretchr/testify"}},
	"baseline":                       {[]string{"discern"}, nil},
	"baseline/dynamodb":              {[]string{"awscall", "discern"}, []string{"github.com/aws"}},
	"baseline/embedded":              {[]string{"discern"}, []string{"go.etcd.io/bbolt"}},
	"baseline/baselinetest":          {[]string{"discern"}, []string{"github.com/stretchr/testify"}},
	"simulate":                       {[]string{"simulate/cloud"}, nil},
	"simulate/cloud":                 {[]string{"activity/athena/athenatest", "cloudtrail", "discern", "rules"}, nil},
	"simulate/oracle":                {}, // it judges, and knows nobody
	"sink/console":                   {[]string{"discern"}, nil},
	"sink/sns":                       {[]string{"awscall", "discern"}, []string{"github.com/aws"}},
	"sink/cloudwatch":                {[]string{"awscall", "discern"}, []string{"github.com/aws"}},
	"sink/cloudwatch/cloudwatchtest": {nil, []string{"github.com/aws"}},
	"sink/scs":                       {[]string{"discern"}, []string{"github.com/splunk/splunk-cloud-sdk-go"}},
	"sink/hec":                       {[]string{"discern"}, nil},
	"sink/hec/hectest":               {nil, []string{"github.com/stretchr/testify"}},
	"cmd/ct_anomaly": {
		[]string{"activity/athena", "activity/logs", "awscall", "baseline", "baseline/dynamodb", "baseline/embedded", "cloudtrail", "cloudtrail/evidence", "demo", "discern",
			"instances", "modinput", "muster", "policy", "risk", "rules", "settings", "sink/cloudwatch", "sink/console", "sink/hec", "sink/scs", "sink/sns", "splunkd", "trust"},
		[]string{"github.com/aws/aws-sdk-go-v2/aws", "golang.org/x/term"},
	},
}

func TestArrows(t *testing.T) {
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || filepath.Dir(path) == "." {
			return nil
		}
		room := filepath.ToSlash(filepath.Dir(path))
		allowed, known := arrows[room]
		require.True(t, known, "%s: the room %s is not in the table of arrows", path, room)
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if !follows(imported, room, allowed.rooms, allowed.libraries, strings.HasSuffix(path, "_test.go")) {
				t.Errorf("%s imports %s, which is no arrow of %s", path, imported, room)
			}
		}
		return nil
	}))
}

func follows(imported, room string, rooms, libraries []string, test bool) bool {
	if to, ours := strings.CutPrefix(imported, module); ours {
		if test {
			return to != "cmd/ct_anomaly"
		}
		for _, r := range rooms {
			if to == r {
				return true
			}
		}
		return false
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") || test {
		return true // the standard library
	}
	for _, l := range libraries {
		if imported == l || strings.HasPrefix(imported, l+"/") {
			return true
		}
	}
	return false
}
