package apptest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

// missing are the steps of the intrusion that no anomaly tells.
func missing(story demo.Story, all []anomaly) []demo.Step {
	var some []demo.Step
	for _, step := range story.Steps {
		hour := step.Time.UTC().Format("2006-01-02T15")
		found := false
		for _, a := range all {
			if a.Type == step.Expect && a.Principal == step.Principal && (a.Action == step.Action || a.Action == "") && a.FirstTime[:len(hour)] == hour {
				found = true
			}
		}
		if !found {
			some = append(some, step)
		}
	}
	return some
}

func TestTwoFieldsAreEnough(t *testing.T) {
	w, err := wholeWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{Indexes: []string{"aws_anomalies"}})
	s.CreateFromForm("prod", splunkdtest.Params{"logs": w.logs, "index": "aws_anomalies"})
	run := s.WaitForRuns("prod", 1)
	require.Zero(t, run.ExitCode)

	all := told(t, s, "prod", true)
	require.Empty(t, missing(w.story, all), "steps of the intrusion that were not told")
	for _, a := range all {
		require.Equal(t, "history", a.Mode)
	}
	for _, e := range s.Events(anomalies) {
		require.Equal(t, "aws_anomalies", e.Index)
		require.NotEqual(t, "$decideOnStartup", e.Host)
	}

	// Coverage says what there was to do, and that it is done: for each account, and for all.
	whole := s.Events(runs, "account_id=*")
	require.Len(t, whole, 2, "the estimate, and the run")
	require.Equal(t, "learning", whole[0].Field("status"))
	require.NotEqual(t, "0", whole[0].Field("history_left_files"))
	require.Equal(t, "0", whole[1].Field("history_left_files"))
	require.Equal(t, whole[1].Field("history_days"), whole[1].Field("history_done_days"))
	require.Equal(t, "true", whole[1].Field("baseline_started"))
	for _, account := range w.story.Accounts {
		c := s.Events(runs, "account_id="+account.ID)
		require.Len(t, c, 1, account.ID)
		require.Equal(t, "true", c[0].Field("learning_ended"))
		until, err := time.Parse(time.RFC3339, c[0].Field("learning_until"))
		require.NoError(t, err)
		require.True(t, until.Before(time.Now()))
	}
	require.Empty(t, s.Log("ERROR", "FATAL"))
}

func TestLearningIsToldAsLearning(t *testing.T) {
	w, err := smallWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{})
	s.Create("prod", splunkdtest.Params{"logs": w.logs, "index": "main"}) // 20 days of logs, and 90 to be learnt
	s.WaitForRuns("prod", 1)
	require.NotEmpty(t, s.Events(runs, "status=learning"))
	for _, account := range w.story.Accounts {
		c := s.Events(runs, "account_id="+account.ID)
		require.Len(t, c, 1)
		require.Equal(t, "false", c[0].Field("learning_ended"))
		until, err := time.Parse(time.RFC3339, c[0].Field("learning_until"))
		require.NoError(t, err)
		require.True(t, until.After(time.Now()))
	}
}

func TestTheDemoFillsAnIndexWithinAMinute(t *testing.T) {
	s := splunk(t, splunkdtest.Options{})
	s.CreateFromForm("try me", splunkdtest.Params{"logs": "demo:"})
	s.WaitForStart("try me", 0)
	time.Sleep(300 * time.Millisecond)
	s.Disable("try me") // in the midst of writing the logs
	require.Less(t, s.Runs("try me")[0].StopTook, stopTime)
	s.Enable("try me")
	run := s.WaitForRuns("try me", 2)
	require.Zero(t, run.ExitCode)
	require.Less(t, run.Took(), time.Minute)
	all := told(t, s, "try me", true)
	require.NotEmpty(t, all)
	severities := map[string]int{}
	for _, a := range all {
		require.Equal(t, "demo", a.Mode)
		severities[a.Severity]++
	}
	require.NotZero(t, severities["critical"])
	require.NotZero(t, severities["high"])
	before := len(s.Events(anomalies))
	s.Restart()
	s.WaitForRuns("try me", 3)
	require.Less(t, len(s.Events(anomalies))-before, 10, "what was told is told again")
	told(t, s, "try me", true)
}
