package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// netflix is a config.yml as the Netflix tool reads it.
const netflix = `roleAction:
  dayThreshold: 5
  IgnoredActionsNotify:
    - s3.amazonaws.com:ListBuckets
aws:
  region: us-east-1
  dynamoTableName: role_actions
  snsTopicArn: arn:aws:sns:us-east-1:111122223333:new-actions
  organizations:
    accountId: 111122223333
    roleName: ListAccounts
  iam:
    roleName: ReadTrusts
  athena:
    database: security
    accountId: 111122223333
    roleName: RunQueries
    bucket: query-results
    prefix: seen
    cloudtrailBucket: all-trails
`

func configured(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// watched is a week of alice's, with which an account of five days' learning is past it.
func watched(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	put(t, root, named("20261110T0905"), zipped(document(record(call{at: "2026-11-10T09:00:00Z", user: "alice", action: "HeadBucket"}))))
	put(t, root, named("20261120T0905"), zipped(document(
		record(call{at: "2026-11-20T09:00:00Z", user: "alice", action: "ListBuckets"}),
		record(call{at: "2026-11-20T09:00:01Z", user: "alice", action: "GetObject"}))))
	return root
}

func TestTheNetflixToolsConfig(t *testing.T) {
	said := must(t, exitDone, "--config", configured(t, netflix), "detect", "anomaly", "--logs", watched(t), "--dynamo-table-name", "", "--sns-topic-arn", "", "--state", t.TempDir(), "--output", "json")
	suppressed := map[string]string{}
	for _, e := range events(t, said.out) {
		require.Equal(t, e.SuppressedBy != "", e.Suppressed)
		suppressed[e.Action] = e.SuppressedBy
	}
	require.Equal(t, map[string]string{
		"s3.amazonaws.com:ListBuckets": "ignored_actions s3.amazonaws.com:ListBuckets",
		"s3.amazonaws.com:GetObject":   "",
	}, suppressed, "HeadBucket falls into the dayThreshold's five days")
}

func TestAFlagWinsOverTheConfig(t *testing.T) {
	root, config := watched(t), configured(t, netflix)
	for _, line := range [][]string{
		{"--config", config, "detect", "anomaly", "--learning-days", "90"},
		{"detect", "anomaly", "--learning-days", "90", "--config", config},
	} {
		said := must(t, exitDone, append(line, "--logs", root, "--dynamo-table-name", "", "--sns-topic-arn", "", "--state", t.TempDir(), "--output", "json")...)
		for _, e := range events(t, said.out) {
			require.True(t, e.Learning, e.Action)
		}
	}
}

func TestABadConfigIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		says []string
	}{
		"unknown keys, all at once": {"roleAction:\n  dayTreshold: 5\nlogz: x\n", []string{"dayTreshold", "logz"}},
		"no YAML":                   {"a: [", nil},
		"a bad value":               {"roleAction:\n  learningDays: often\n", []string{"learningDays"}},
		"no mapping":                {"- a\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			path, state := configured(t, c.text), filepath.Join(t.TempDir(), "state")
			said := must(t, exitUsage, "--config", path, "detect", "anomaly", "--logs", watched(t), "--state", state)
			require.Contains(t, said.err, "settings:")
			for _, s := range c.says {
				require.Contains(t, said.err, s)
			}
			require.NoDirExists(t, state)
		})
	}
}

func TestLogsFromTheConfig(t *testing.T) {
	config := configured(t, "logs: "+watched(t)+"\nroleAction:\n  learningDays: 0\n")
	require.Len(t, events(t, must(t, exitDone, "--config", config, "detect", "anomaly", "--state", t.TempDir(), "--output", "json").out), 4)
}
