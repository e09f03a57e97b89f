package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// TestAFolderThatStopsLags: an account of which no file comes any more has a coverage in each run, also when its files are gone.
func TestAFolderThatStopsLags(t *testing.T) {
	root, state, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "coverage.jsonl")
	good(t, root)
	run := func(now time.Time) discern.Coverage {
		t.Helper()
		at(t, now, "detect", "anomaly", "--logs", root, "--state", state, "--coverage", file)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return coverages(t, string(text))["111122223333"]
	}
	first := run(today)
	require.Positive(t, first.Files)
	require.NotEmpty(t, first.NewestDelivery)
	left, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range left {
		require.NoError(t, os.RemoveAll(filepath.Join(root, e.Name())))
	}
	later := run(today.AddDate(0, 0, 2))
	require.Equal(t, []string{discern.StatusNoFiles, first.NewestDelivery}, []string{later.Status, later.NewestDelivery})
	require.Equal(t, first.LagSeconds+2*discern.Day, later.LagSeconds)
}

func TestCostsAreRounded(t *testing.T) {
	var line strings.Builder
	require.NoError(t, covered(&line)(discern.Coverage{EstimatedCost: 3 * 0.0000104}))
	require.Contains(t, line.String(), `"estimated_cost_usd":0.000031,`)
}

// TestABucketNamedTwice: it is said which of two ways to read a bucket is taken.
func TestABucketNamedTwice(t *testing.T) {
	both := []string{"detect", "anomaly", "--logs", "s3://one-bucket", "--credential", "prod", "--cloudtrail-bucket"}
	require.Contains(t, must(t, exitUsage, append(both, "one-bucket")...).err, "cloudtrail_bucket is not used")
	require.Contains(t, must(t, exitUsage, append(both, "another-bucket")...).err, "--cloudtrail-bucket: logs names another bucket")
	require.Contains(t, must(t, exitUsage, "detect", "anomaly", "--logs", "arn:aws:s3:::one-bucket").err, "s3://BUCKET")
	require.Contains(t, must(t, exitUsage, "detect", "anomaly", "--logs", ".", "--accounts", "1111222233334").err, "12 digits")
}
