package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// What queries under way will scan is reserved, so that many of them at once stay within the budget as well.
func TestTheBudgetOfManyQueries(t *testing.T) {
	now := time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)
	b, err := newBudget(t.TempDir(), 10, func() time.Time { return now })
	require.NoError(t, err)
	first, err := b.may(t.Context(), 4e9)
	require.NoError(t, err)
	_, err = b.may(t.Context(), 4e9)
	require.NoError(t, err)
	_, err = b.may(t.Context(), 4e9)
	require.ErrorContains(t, err, "those under way may scan 8")
	require.Contains(t, next(t, err), "the next run goes on")
	b.spent(1e9) // it was less
	first()
	third, err := b.may(t.Context(), 4e9)
	require.NoError(t, err)
	third()
	b.spent(5e9)
	_, err = b.may(t.Context(), 0)
	require.ErrorContains(t, err, "daily_scan_gigabytes", "of one of which nothing is known the largest so far is reserved")
	require.Contains(t, next(t, err), "the first run of the next day goes on")
	now = now.Add(time.Hour)
	_, err = b.may(t.Context(), 0)
	require.NoError(t, err, "another day")
}

// next is what a refusal says of how it goes on.
func next(t *testing.T, err error) string {
	t.Helper()
	var halt *discern.Halt
	require.ErrorAs(t, err, &halt)
	return halt.Next
}
