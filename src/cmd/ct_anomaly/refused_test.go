package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// TestACommandThatNeverCameToLook leaves one line of coverage, as an input does.
func TestACommandThatNeverCameToLook(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct {
		line, code, engine, says string
		exit                     int
	}{
		{"detect anomaly --logs MISSING", discern.CodeInternal, settings.EngineLogs, "give the folder that holds the CloudTrail files", exitFailed},
		{"learn --logs MISSING", discern.CodeInternal, settings.EngineLogs, "give the folder that holds the CloudTrail files", exitFailed},
		{"replay --logs sqs://sqs.eu-west-1.amazonaws.com/111122223333/trail", discern.CodeInternal, settings.EngineLogs, "give the bucket", exitUsage},
		{"detect anomaly --logs s3://example-trail --learning-days -1", discern.CodeInternal, settings.EngineLogs, "--learning-days", exitUsage},
		{"detect anomaly --cloudtrail-bucket example-trail --learning-days -1", discern.CodeInternal, settings.EngineAthena, "--learning-days", exitUsage},
		{"detect anomaly --cloudtrail-bucket example-trail --profile none", discern.CodeCredential, settings.EngineAthena, "none", exitFailed},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Setenv("AWS_CONFIG_FILE", os.DevNull)
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
			file := filepath.Join(t.TempDir(), "coverage.jsonl")
			s := must(t, c.exit, append(strings.Fields(strings.ReplaceAll(c.line, "MISSING", missing)), "--coverage", file)...)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Len(t, lines(t, string(text)), 1)
			var covered discern.Coverage
			require.NoError(t, json.Unmarshal(text, &covered))
			require.Equal(t, []string{"*", discern.StatusFailed, c.code, c.engine}, []string{covered.AccountID, covered.Status, covered.ErrorCode, covered.Engine})
			require.Contains(t, covered.Error, c.says)
			require.Contains(t, s.err, c.says)
			require.False(t, slices.Contains([]string{covered.NextStep, covered.RunID}, ""))
		})
	}
}
