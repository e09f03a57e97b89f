//go:build !scs

package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestATenantThatNothingIsSentTo: who gives one is told at once that this program sends nothing there.
func TestATenantThatNothingIsSentTo(t *testing.T) {
	s := must(t, exitUsage, "detect", "anomaly", "--logs", watched(t), "--state", t.TempDir(), "--scs-tenant", "example")
	require.Contains(t, s.err, "built without Splunk Cloud Services")
	require.Contains(t, s.err, "TAGS=scs")
}
