package logs_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

func TestSurveyFolder(t *testing.T) {
	root := t.TempDir()
	s, err := logs.SurveyFolder(t.Context(), root)
	require.NoError(t, err)
	require.Equal(t, logs.Survey{}, s)

	const newest = "AWSLogs/222233334444/CloudTrail/eu-west-1/2026/11/22/222233334444_CloudTrail_eu-west-1_20261122T1105Z_b.json.gz"
	put(t, root, "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/111122223333_CloudTrail_us-east-1_20261121T0905Z_a.json.gz", zipped(document()))
	put(t, root, newest, zipped(document()))
	put(t, root, "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/23/x.json.gz", zipped(document()))
	s, err = logs.SurveyFolder(t.Context(), root)
	require.NoError(t, err)
	require.Equal(t, logs.Survey{Files: 2, Accounts: 2, Regions: 2, Newest: time.Date(2026, 11, 22, 11, 5, 0, 0, time.UTC).Unix(), Tasted: logs.Taste{File: newest}}, s)

	loose, written := t.TempDir(), time.Date(2026, 11, 20, 1, 2, 3, 0, time.UTC)
	put(t, loose, "copied.json.gz", zipped(document()))
	require.NoError(t, os.Chtimes(filepath.Join(loose, "copied.json.gz"), written, written))
	s, err = logs.SurveyFolder(t.Context(), loose)
	require.NoError(t, err)
	require.Equal(t, logs.Survey{Files: 1, Newest: written.Unix(), Tasted: logs.Taste{File: "copied.json.gz"}}, s)

	_, err = logs.SurveyFolder(t.Context(), filepath.Join(root, "missing"))
	require.ErrorContains(t, err, "logs: ")
	if os.Getuid() != 0 {
		require.NoError(t, os.Chmod(filepath.Join(root, newest), 0))
		_, err = logs.SurveyFolder(t.Context(), root)
		require.ErrorContains(t, err, newest)
	}
}
