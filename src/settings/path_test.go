package settings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPathsOfAnInput has what is given to an input, which splunkd starts in no particular folder.
func TestPathsOfAnInput(t *testing.T) {
	const relative = " is a relative path; give the whole path, as the input is started in no particular folder"
	file := filepath.Join(t.TempDir(), "config.yml")
	require.NoError(t, os.WriteFile(file, []byte("logs: here\n"), 0o600))
	cases := map[string]struct {
		stanza map[string]string
		want   string
	}{
		"logs":                  {map[string]string{"logs": "x"}, `logs: "x"` + relative},
		"logs below":            {map[string]string{"logs": "./x"}, `logs: "./x"` + relative},
		"logs at home":          {map[string]string{"logs": "~/x"}, `logs: "~/x" begins with ~, and nothing is put in its place; give the whole path`},
		"logs by a variable":    {map[string]string{"logs": "$SPLUNK_HOME/x"}, `logs: "$SPLUNK_HOME/x" begins with $, and nothing is put in its place; give the whole path`},
		"logs whole":            {map[string]string{"logs": "/x"}, ""},
		"logs elsewhere":        {map[string]string{"logs": "s3://bucket/x"}, ""},
		"logs of the demo":      {map[string]string{"logs": "demo:"}, ""},
		"logs of no good":       {map[string]string{"logs": "ftp://x"}, `logs: "ftp://" is no scheme for logs; give ` + table[0].allowed},
		"authorities":           {map[string]string{"ca_file": "ca.pem"}, `ca_file: "ca.pem"` + relative},
		"config":                {map[string]string{"config": "testdata/empty.ok.yml"}, `config: "testdata/empty.ok.yml"` + relative},
		"config at home":        {map[string]string{"config": "~/config.yml"}, `config: "~/config.yml" begins with ~, and nothing is put in its place; give the whole path`},
		"logs in config":        {map[string]string{"config": "logs: x\n"}, `config line 1: logs: "x"` + relative},
		"logs in config's file": {map[string]string{"config": file}, `config.yml line 1: logs: "here"` + relative},
		"config of one line":    {map[string]string{"config": "logs: /x"}, ""},
		"and of one bad line":   {map[string]string{"config": "aws: {roleExternalId: hunter2"}, "config line 1: is not YAML: did not find expected ',' or '}'; correct it there or near it"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(Sources{Stanza: c.stanza})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.want)
		})
	}
}

// TestPathsOfACommand are those that somebody gives in a shell.
func TestPathsOfACommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yml")
	require.NoError(t, os.WriteFile(file, []byte("aws: {caFile: ca.pem}\n"), 0o600))
	t.Chdir(filepath.Dir(file))
	for _, logs := range []string{"logs of may", `C:\logs`, "~x"} {
		got, err := Parse(Sources{Flags: FlagValues{"logs": logs, "config": "config.yml"}, Stanza: map[string]string{"logs": "/x", "config": file + "x"}})
		require.NoError(t, err, "a flag wins over the stanza")
		require.Equal(t, Place{Folder, logs}, got.Logs)
		require.Equal(t, "ca.pem", got.CAFile)
	}
}
