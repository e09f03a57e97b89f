package apptest

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

// What docs/operations.md says of an app's life is tried out here, and in life_test.go.

// curl is the command of a page that stores and rotates an entry, as its reader would run it: with the password typed in.
func curl(t *testing.T, s *splunkdtest.Splunkd, page, key string) *exec.Cmd {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	command := regexp.MustCompile("(?m)^curl .*\n^curl .*$").FindString(string(text))
	require.NotEmpty(t, command, "%s has no curl command", page)
	name, password := s.Admin()
	command = strings.NewReplacer("-sSkfu admin ", fmt.Sprintf("-sSkfu %s:%s ", name, password), "https://127.0.0.1:8089", s.URI()).Replace(command)
	c := exec.Command("bash", "-c", command)
	c.Dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(c.Dir, "key.json"), []byte(key), 0o600))
	return c
}

func TestAnEntryIsStoredAndRotatedAsThePagesSay(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"../../README.md", "../../docs/operations.md"} {
		s := splunk(t, splunkdtest.Options{})
		rotated := strings.Replace(entryJSON, "wJalr", "vIakq+&=%", 1)
		for _, key := range []string{entryJSON, rotated} {
			out, err := curl(t, s, page, key).CombinedOutput()
			require.NoError(t, err, "%s: %s", page, out)
		}
		status, answer := s.Call("GET", "/storage/passwords/ct_anomaly:prod:", nil)
		require.Equal(t, 200, status)
		require.Len(t, answer.Entry, 1)
		require.Equal(t, rotated, answer.Entry[0].Content["clear_password"])
		w, err := smallWorld()
		require.NoError(t, err)
		s.Create("prod", briefly(w, splunkdtest.Params{"credential": "prod"}))
		s.WaitForRuns("prod", 1)
		require.NotEqual(t, "failed", lastRun(t, s, "prod").Field("status"))
	}
}

// TestAnUpgradeMigratesTheState upgrades over a state that version 0.1.0 wrote: what it knew is still known, and it is kept.
func TestAnUpgradeMigratesTheState(t *testing.T) {
	t.Parallel()
	s := splunk(t, splunkdtest.Options{})
	old := oldState(t)
	state := filepath.Join(stateFolder(s, "prod"), "baseline.db")
	require.NoError(t, os.MkdirAll(filepath.Dir(state), 0o700))
	require.NoError(t, os.WriteFile(state, old, 0o600))

	root := t.TempDir()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	known := strings.NewReplacer("AIDAEXAMPLE", "AIDAEXAMPLEALICE", "s3.amazonaws.com", "iam.amazonaws.com").Replace(call(at, "ListUsers"))
	fresh := strings.NewReplacer("AIDAEXAMPLE", "AIDAEXAMPLEALICE").Replace(call(at, "ListBuckets"))
	deliver(t, root, at.Add(5*time.Minute), "a", known)
	deliver(t, root, at.Add(10*time.Minute), "b", fresh)
	s.Create("prod", splunkdtest.Params{"logs": root, "index": "main", "learning_days": "0"})
	s.WaitForRuns("prod", 1)
	all := told(t, s, "prod", true)
	require.Len(t, all, 1, "what the old version knew is known")
	require.Equal(t, "s3.amazonaws.com:ListBuckets", all[0].Action)
	require.Equal(t, "live", all[0].Mode, "nothing is history to an input that was there before")
	e := lastRun(t, s, "prod")
	require.Equal(t, "false", e.Field("baseline_started"))
	require.Contains(t, e.Raw, "baseline.db.format-1")

	// Back to the old version: the copy in its place.
	require.FileExists(t, state+".format-1")
	require.NoError(t, os.Rename(state+".format-1", state))
	s.Restart()
	s.WaitForRuns("prod", 2)
	require.Len(t, heard(t, s, "prod"), 2, "what was told since then is told again")
	require.NotEqual(t, "failed", lastRun(t, s, "prod").Field("status"))
}

// oldState is a state that version 0.1.0 wrote after it had told what two users did.
func oldState(t *testing.T) []byte {
	t.Helper()
	packed, err := os.Open("../baseline/embedded/testdata/format-1.db.gz")
	require.NoError(t, err)
	defer packed.Close()
	in, err := gzip.NewReader(packed)
	require.NoError(t, err)
	text, err := io.ReadAll(in)
	require.NoError(t, err)
	return text
}

// TestAnInputMovesToAnotherHost copies its folder, and makes it there under its name.
func TestAnInputMovesToAnotherHost(t *testing.T) {
	t.Parallel()
	here, p := settled(t)
	here.Disable("prod")
	there := splunk(t, splunkdtest.Options{})
	require.NoError(t, os.CopyFS(stateFolder(there, "prod"), os.DirFS(stateFolder(here, "prod"))))
	there.Create("prod", p)
	there.WaitForRuns("prod", 1)
	require.Empty(t, told(t, there, "prod", true))
	require.Equal(t, "no_files", lastRun(t, there, "prod").Field("status"))
}

// TestAStateThatIsRemovedBeginsAnew: it is said, because relearning is silence that looks like health.
func TestAStateThatIsRemovedBeginsAnew(t *testing.T) {
	t.Parallel()
	s, _ := settled(t)
	had := len(told(t, s, "prod", true))
	s.Disable("prod")
	require.NoError(t, os.RemoveAll(stateFolder(s, "prod")))
	s.Enable("prod")
	s.WaitForRuns("prod", 2)
	require.Equal(t, "true", lastRun(t, s, "prod").Field("baseline_started"))
	distinct := map[string]bool{}
	for _, a := range heard(t, s, "prod") {
		distinct[a.ID] = true
	}
	require.Len(t, distinct, had, "the same anomalies have the same ids")
}
