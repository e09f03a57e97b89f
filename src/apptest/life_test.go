package apptest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

func TestAGrowingFolderOnACronSchedule(t *testing.T) {
	t.Parallel()
	w, err := smallWorld()
	require.NoError(t, err)
	clock := splunkdtest.NewHandClock(time.Now())
	s := splunk(t, splunkdtest.Options{Clock: clock})
	want := expected(t, s)
	growing := world{logs: t.TempDir()}
	copyFiles(t, w, growing.logs, 0, 0.5)
	s.Create("prod", briefly(growing, splunkdtest.Params{"interval": "*/15 * * * *"}))
	require.Empty(t, s.Runs("prod"), "a cron schedule does not begin at start-up")

	had := 0
	for n, share := range []float64{0.5, 0.8, 0.9, 0.95, 1, 1} {
		if n > 0 {
			copyFiles(t, w, growing.logs, []float64{0.5, 0.8, 0.9, 0.95, 1}[n-1], share)
		}
		s.WaitFor("the schedule", func() bool { return !s.Due("prod").IsZero() })
		clock.Advance(15 * time.Minute)
		s.WaitForRuns("prod", n+1)
		all := told(t, s, "prod", true)
		if n == 5 {
			require.Len(t, all, had, "nothing came, and something is told")
		}
		had = len(all)
	}
	require.ElementsMatch(t, want, ids(told(t, s, "prod", true)))
}

// call is a record of CloudTrail's, as of now.
func call(at time.Time, action string) string {
	stamp := at.UTC().Format(time.RFC3339)
	return fmt.Sprintf(`{"Records":[{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/alice",`+
		`"accountId":"111122223333","userName":"alice"},"eventTime":"%[1]s","eventSource":"s3.amazonaws.com","eventName":"%[2]s","awsRegion":"us-east-1",`+
		`"sourceIPAddress":"192.0.2.1","userAgent":"aws-cli/2","eventID":"%[1]s-%[2]s","readOnly":true,"eventType":"AwsApiCall",`+
		`"managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}]}`, stamp, action)
}

// deliver writes a log file as CloudTrail would deliver it at a time.
func deliver(t *testing.T, root string, at time.Time, token, text string) {
	t.Helper()
	folder := filepath.Join(root, "AWSLogs", "111122223333", "CloudTrail", "us-east-1", at.UTC().Format("2006/01/02"))
	require.NoError(t, os.MkdirAll(folder, 0o755))
	name := fmt.Sprintf("111122223333_CloudTrail_us-east-1_%s_%016s.json", at.UTC().Format("20060102T1504Z"), token)
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".part"), []byte(text), 0o644))
	require.NoError(t, os.Rename(filepath.Join(folder, name+".part"), filepath.Join(folder, name)))
}

func TestEachIntervalTellsWhatIsNew(t *testing.T) {
	t.Parallel()
	s := splunk(t, splunkdtest.Options{})
	root := t.TempDir()
	now := time.Now().Add(2 * time.Minute) // delivered after the input was made
	deliver(t, root, now.AddDate(0, 0, -2), "a", call(now.AddDate(0, 0, -2), "ListBuckets"))
	s.Create("prod", splunkdtest.Params{"logs": root, "index": "main", "interval": "0.7", "learning_days": "0"})
	for n := range 4 {
		action := fmt.Sprintf("Get%d", n)
		at := time.Now().Add(-time.Minute).Truncate(time.Second)
		deliver(t, root, now, fmt.Sprint(n), call(at, action))
		s.WaitFor(action, func() bool { return len(s.Events(anomalies, "eventName="+action)) > 0 })
		e := s.Events(anomalies, "eventName="+action)
		require.Len(t, e, 1)
		require.True(t, at.Equal(e[0].Time))
		require.Equal(t, "live", e[0].Field("mode"))
		had := len(s.Runs("prod"))
		s.WaitForRuns("prod", had+1)
	}
	all := told(t, s, "prod", true)
	require.Len(t, all, 6, "the five calls, and alice")
}

func TestTwoInputsAtOnce(t *testing.T) {
	t.Parallel()
	w, err := smallWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{Indexes: []string{"other"}})
	want := expected(t, s)
	names := []string{"prod", "prod/eu & <b>", "PROD"}
	for _, name := range names {
		s.Create(name, briefly(w, splunkdtest.Params{"disabled": "1"}))
	}
	for _, name := range names {
		s.Enable(name)
	}
	for _, name := range names {
		s.WaitForRuns(name, 1)
		require.ElementsMatch(t, want, ids(told(t, s, name, true)), name)
	}
	s.Clone("prod", "clone", splunkdtest.Params{"index": "other"})
	s.WaitForRuns("clone", 1)
	require.ElementsMatch(t, want, ids(told(t, s, "clone", true)), "a clone has a memory of its own")
	require.Len(t, s.Events(anomalies, "index=other"), len(want))
}

// settled is a splunkd whose input prod has told all of the small world.
func settled(t *testing.T) (*splunkdtest.Splunkd, splunkdtest.Params) {
	t.Helper()
	w, err := smallWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{})
	p := briefly(w, nil)
	s.Create("prod", p)
	s.WaitForRuns("prod", 1)
	require.ElementsMatch(t, expected(t, s), ids(told(t, s, "prod", true)))
	return s, p
}

func TestWhatWasToldStaysTold(t *testing.T) {
	t.Parallel()
	s, p := settled(t)
	run := 1
	again := func(what string) {
		t.Helper()
		run++
		s.WaitForRuns("prod", run)
		told(t, s, "prod", true)
		require.Equal(t, "0", lastRun(t, s, "prod").Field("anomalies"), what)
	}
	s.Restart()
	again("after a restart")
	s.Disable("prod")
	s.Restart()
	require.Len(t, s.Runs("prod"), run, "a disabled input runs")
	s.Enable("prod")
	again("after it was enabled")
	s.Edit("prod", splunkdtest.Params{"learning_days": "0", "history_days": "", "sourcetype": ""})
	again("after it was edited")
	spl, err := hostPackage()
	require.NoError(t, err)
	s.Install(spl)
	again("after an upgrade")
	s.Delete("prod")
	s.Create("prod", p)
	again("after it was deleted and made again under its name")
}

// stateFolder is where an input keeps its state.
func stateFolder(s *splunkdtest.Splunkd, input string) string {
	sum := sha256.Sum256([]byte(input))
	return filepath.Join(s.CheckpointDir(), input+"-"+hex.EncodeToString(sum[:4]))
}

// TestARenamedInputTakesItsStateAlong does what docs/operations.md says of renaming, step by step.
func TestARenamedInputTakesItsStateAlong(t *testing.T) {
	t.Parallel()
	s, p := settled(t)
	s.Disable("prod")
	once := maps.Clone(p)
	once["history_days"] = "0"
	s.Create("payments", once)
	s.WaitForRuns("payments", 1)
	require.Empty(t, s.Events(anomalies, "source=ct_anomaly://payments"))
	s.Disable("payments")
	folder := ""
	for _, line := range s.Log() {
		if _, rest, ok := strings.Cut(line.Text, "begins anew input=payments state="); ok {
			folder, _, _ = strings.Cut(rest, " ")
		}
	}
	require.Equal(t, stateFolder(s, "payments"), folder, "the log names the folder")
	require.NoError(t, os.RemoveAll(folder))
	require.NoError(t, os.Rename(stateFolder(s, "prod"), folder))
	s.Edit("payments", p)
	s.Enable("payments")
	s.WaitForRuns("payments", 2)
	require.Equal(t, "no_files", lastRun(t, s, "payments").Field("status"))
	require.Empty(t, s.Events(anomalies, "source=ct_anomaly://payments"))
}

func TestAnInputOfAnotherAppsContext(t *testing.T) {
	t.Parallel()
	w, err := smallWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{})
	form := maps.Clone(briefly(w, splunkdtest.Params{"name": "prod"}))
	status, a := s.Call("POST", "/servicesNS/nobody/search/data/inputs/ct_anomaly", form)
	require.Equal(t, 201, status, "%v", a.Messages)
	s.WaitForRuns("prod", 1)
	require.ElementsMatch(t, expected(t, s), ids(told(t, s, "prod", true)))
}
