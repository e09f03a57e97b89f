package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/sink/hec/hectest"
)

// TestEverySinkHasAll: what is told goes to each sink once, whichever of them can't be reached meanwhile, and nobody says a secret.
func TestEverySinkHasAll(t *testing.T) {
	collector := hectest.New(t)
	t.Setenv("CT_ANOMALY_HEC_TOKEN", collector.Token)
	more := []string{"--hec-url", collector.URL}
	logs, state := watched(t), t.TempDir()
	command := func(code int) said {
		t.Helper()
		return must(t, code, append([]string{"detect", "anomaly", "--logs", logs, "--state", state, "--output", "json", "--learning-days", "0"}, more...)...)
	}
	collector.Fail(hectest.Fault{Code: 4, Echo: true, Times: hectest.Ever})
	first := command(exitFailed)
	want := ids(t, events(t, first.out))
	require.NotEmpty(t, want, "those that can't be reached hold nothing up")
	require.Empty(t, collector.Indexed())
	require.Contains(t, first.err, "sink hec: ")
	require.NotContains(t, first.out+first.err, collector.Token)

	collector.Mend()
	require.Empty(t, events(t, command(exitDone).out), "what was printed is not printed again")
	require.Empty(t, events(t, command(exitDone).out))
	for id := range want {
		require.Equal(t, 1, collector.Indexed()[id], id)
	}
	covered := 0
	for _, e := range collector.Envelopes() {
		require.Equal(t, "ct_anomaly", e.Source)
		if e.SourceType != sourceTypeRun {
			continue
		}
		var c discern.Coverage
		require.NoError(t, json.Unmarshal(e.Event, &c))
		if c.AccountID == discern.EveryAccount {
			covered++
		}
	}
	require.Equal(t, 2, covered, "the runs that the collector could hear of")
}

func TestASinkWithoutItsSecret(t *testing.T) {
	logs := watched(t)
	for setting, variable := range map[string]string{"--hec-url=https://hec.example.com:8088": "CT_ANOMALY_HEC_TOKEN"} {
		s := must(t, exitUsage, "detect", "anomaly", "--logs", logs, "--state", filepath.Join(t.TempDir(), "state"), setting)
		require.Contains(t, s.err, variable)
	}
}

// TestAWSThatCantBeReachedKeepsNothingBack: where nothing but sinks is there, the logs are looked at all the same, and what was found waits for them.
func TestAWSThatCantBeReachedKeepsNothingBack(t *testing.T) {
	bare(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	state := t.TempDir()
	s := must(t, exitFailed, "detect", "anomaly", "--logs", watched(t), "--state", state, "--output", "json", "--learning-days", "0",
		"--sns-topic-arn", "arn:aws:sns:eu-west-1:111122223333:anomalies", "--cloudwatch-namespace", "CloudTrailAnomaly")
	told := events(t, s.out)
	require.NotEmpty(t, told)
	require.Contains(t, s.err, "sink sns: ")
	require.Contains(t, s.err, "sink cloudwatch: ")
	require.Contains(t, must(t, exitDone, "baseline", "show", "--state", state).out, fmt.Sprintf("%d anomalies pending", len(told)))
}
