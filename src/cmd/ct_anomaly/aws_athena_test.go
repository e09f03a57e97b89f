package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/policy"
)

// TestAWSAthenaWithinItsPolicy: a run calls nothing but what the policies printed for it hold, and an account whose table is missing keeps no
// other from being looked at.
func TestAWSAthenaWithinItsPolicy(t *testing.T) {
	f := athenatest.Start(t)
	o, args := queried(t, 4, f)
	bad := o.other().id
	o.permit(t, policy.Setup, args...)
	must(t, exitDone, append([]string{"setup", "all", "--exclude-accounts", bad}, args...)...)

	g := o.permit(t, policy.Run, args...)
	r, told, covered := o.watched(t, exitPartly, append(args, "--principal-learning-days", "1")...)
	o.untouched(t, bad, told, covered)
	require.Equal(t, []string{discern.StatusFailed, discern.CodeBadQuery}, []string{covered[bad].Status, covered[bad].ErrorCode})
	require.Contains(t, covered[bad].NextStep, "ct_anomaly setup athena")
	require.Contains(t, r.err, "1 of 4 accounts were not looked at to the end ("+bad+")")
	o.withinPolicy(t, g, o.taken())
	for _, key := range f.Objects("results") {
		require.NotContains(t, key, ".csv", "results are deleted after use")
	}
}

// TestAWSNothingButATrailsBucket: Athena runs in the workgroup primary, and leaves results where that says.
func TestAWSNothingButATrailsBucket(t *testing.T) {
	f := athenatest.Start(t)
	o, _ := queried(t, 3, f)
	o.home = o.management
	o.user(t)
	bucket := []string{"--cloudtrail-bucket", trailBucket}
	o.permit(t, policy.Setup, bucket...)
	made := must(t, exitDone, append([]string{"setup", "athena"}, bucket...)...)
	require.Contains(t, made.err, "found: the trail's prefix is central")
	require.Contains(t, made.err, "found: 3 accounts of the organization to look at")
	g := o.permit(t, policy.Run, bucket...)
	_, told, covered := o.watched(t, exitDone, bucket...)
	o.untouched(t, "", told, covered)
	o.withinPolicy(t, g, o.taken())
}
