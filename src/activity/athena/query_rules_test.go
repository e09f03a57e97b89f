package athena

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/rules"
)

// TestRulesAreThoseOfTheReader holds the names equal; that the matches are is seen on Trino, by TestOddRecords.
func TestRulesAreThoseOfTheReader(t *testing.T) {
	var here, there []string
	for _, r := range matching {
		here = append(here, r.name)
	}
	for _, r := range rules.All() {
		there = append(there, r.Name)
	}
	require.Equal(t, there, here)
	require.NotContains(t, here, kindFile)
	require.NotContains(t, here, kindPair)
}
