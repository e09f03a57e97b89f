//go:build scs

package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSCSIsASink of a program that is built with it: what it does not take waits for it, and its secret is in no word.
func TestSCSIsASink(t *testing.T) {
	t.Setenv("CT_ANOMALY_SCS_CLIENT_ID", "anomalies")
	t.Setenv("CT_ANOMALY_SCS_CLIENT_SECRET", "c1ient-s3cret")
	state := t.TempDir()
	s := must(t, exitFailed, "detect", "anomaly", "--logs", watched(t), "--state", state, "--output", "json", "--learning-days", "0", "--scs-tenant", "example",
		"--proxy-url", "http://127.0.0.1:1")
	require.NotEmpty(t, events(t, s.out), "those that can't be reached hold nothing up")
	require.Contains(t, s.err, "sink scs: post to tenant example: ")
	require.NotContains(t, s.out+s.err, "c1ient-s3cret")
	require.Contains(t, must(t, exitDone, "baseline", "show", "--state", state).out, "pending")
}

func TestSCSNeedsItsSecret(t *testing.T) {
	s := must(t, exitFailed, "detect", "anomaly", "--logs", watched(t), "--state", t.TempDir(), "--scs-tenant", "example")
	require.Contains(t, s.err, "scs_credential: neither a token is in it, nor client_id and client_secret")
}
