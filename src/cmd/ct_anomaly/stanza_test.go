//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// splunkWith puts in the place of Splunk's command one that lists these inputs.
func splunkWith(t *testing.T, listed string) string {
	t.Helper()
	home := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(home, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(home, "list"), []byte(listed), 0o600))
	script := "#!/bin/sh\n[ \"$*\" = 'btool inputs list ct_anomaly' ] || { echo \"no such command: $*\" >&2; exit 9; }\nexec cat '" + home + "/list'\n"
	require.NoError(t, os.WriteFile(filepath.Join(home, "bin", "splunk"), []byte(script), 0o755))
	t.Setenv("SPLUNK_HOME", home)
	return home
}

func TestTheSettingsOfAnInput(t *testing.T) {
	logs := watched(t)
	home := splunkWith(t, `[ct_anomaly]
index = default
interval = 900
learning_days = 2
start_by_shell = false
[ct_anomaly://prod]
accounts =
config = roleAction:
  refreshDays: 3
disabled = 1
history_days = all
learning_days = 0
logs = `+logs+`
[ct_anomaly://prod2]
logs = /somewhere/else
`)
	told := detect(t, exitDone, logs, t.TempDir())
	require.Len(t, told, 4)
	// With the learning_days of all inputs less would be told: the input's own hold.
	for _, at := range [][]string{{"--input", "prod", "detect", "anomaly"}, {"detect", "anomaly", "--input", "ct_anomaly://prod"}} {
		same := events(t, must(t, exitDone, append(at, "--output", "json", "--state", t.TempDir())...).out)
		require.Equal(t, about(told), about(same))
	}
	require.Empty(t, events(t, must(t, exitDone, "detect", "anomaly", "--input", "prod", "--learning-days", "90", "--output", "json", "--state", t.TempDir()).out), "a flag wins")

	for name, c := range map[string]struct {
		code int
		args []string
		says string
	}{
		"none of the name":     {exitUsage, []string{"--input", "pro"}, "--input pro: there is no such input of the Splunk in " + home + "; it has prod, prod2"},
		"beside a config.yml":  {exitUsage, []string{"--input", "prod", "--config", "x.yml"}, "--config and --input: give one of them"},
		"a place that is gone": {exitFailed, []string{"--input", "prod2"}, "/somewhere/else"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, must(t, c.code, append([]string{"detect", "anomaly", "--state", t.TempDir()}, c.args...)...).err, c.says)
		})
	}
	t.Run("no Splunk", func(t *testing.T) {
		t.Setenv("SPLUNK_HOME", t.TempDir())
		require.Contains(t, must(t, exitFailed, "doctor", "--input", "prod").err, "run this as the user that runs splunkd")
		t.Setenv("SPLUNK_HOME", "")
		require.Contains(t, must(t, exitFailed, "doctor", "--input", "prod").err, "set SPLUNK_HOME")
	})
}

func TestParametersThatBtoolLists(t *testing.T) {
	require.Equal(t, map[string]map[string]string{
		"ct_anomaly://a": {"accounts": "", "config": "aws:\n  region: us-east-1", "logs": "/x = y"},
		"ct_anomaly://b": {},
	}, parametersIn("before = it\n[ct_anomaly://a]\r\naccounts = \nconfig = aws:\n  region: us-east-1\nlogs = /x = y\n[ct_anomaly://b]\n"))
}
