// Package apptest holds no code: its tests build the app's packages and run them in a splunkd of the tests' own.
package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

const (
	anomalies = "aws:cloudtrail:anomaly"
	runs      = "aws:cloudtrail:anomaly:run"
)

// shared is a folder for what all tests use and none changes.
var shared string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if shared, err = os.MkdirTemp("", "apptest"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(shared)
		return m.Run()
	}())
}

var packageName = map[string]string{"amd64": "linux-x86_64", "arm64": "linux-arm64"}[runtime.GOARCH]

// hostPackage is the package for this machine, built once as people build it.
var hostPackage = sync.OnceValues(func() (string, error) {
	build := exec.Command("../../package.sh", packageName)
	build.Env = append(os.Environ(), "DIST="+filepath.Join(shared, "dist"))
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(shared, "dist", "*-"+packageName+".spl"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("package.sh made %d packages", len(found))
	}
	return slices.Concat(found, []string{""})[0], err
})

// splunk is a splunkd with the packed app in it.
func splunk(t testing.TB, o splunkdtest.Options) *splunkdtest.Splunkd {
	t.Helper()
	if runtime.GOOS != "linux" || packageName == "" {
		t.Skip("no package is made on and for this machine")
	}
	spl, err := hostPackage()
	require.NoError(t, err)
	s := splunkdtest.Start(t, o)
	s.Install(spl)
	return s
}

// A world is a folder of an invented organization's logs, which no test changes.
type world struct {
	logs  string
	story demo.Story
}

func invented(days int) func() (world, error) {
	return sync.OnceValues(func() (world, error) {
		dir := filepath.Join(shared, fmt.Sprintf("logs-%d", days))
		end := time.Now().UTC().AddDate(0, 0, -1)
		story, err := demo.Write(context.Background(), demo.Options{Dir: dir, Seed: 1, End: end, Days: days})
		return world{dir, story}, err
	})
}

// The organization as the demo has it, and a stretch of it that is soon read. With briefly nothing of it is only learnt.
var (
	wholeWorld = invented(demo.Span)
	smallWorld = invented(20)
)

// briefly are the settings of an input over the small world.
func briefly(w world, more splunkdtest.Params) splunkdtest.Params {
	p := splunkdtest.Params{"logs": w.logs, "index": "main", "learning_days": "0", "history_days": "all"}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// An anomaly is what the tests read of an event.
type anomaly struct {
	ID        string `json:"anomaly_id"`
	Type      string `json:"anomaly_type"`
	Principal string `json:"principal_id"`
	Action    string `json:"action"`
	Rule      string `json:"rule"`
	Severity  string `json:"severity"`
	Mode      string `json:"mode"`
	Input     string `json:"input"`
	FirstTime string `json:"first_time"`
	raw       string
}

// expected are the ids that one undisturbed run over the small world tells, found by the packed program's command line.
func expected(t *testing.T, s *splunkdtest.Splunkd) []string {
	t.Helper()
	w, err := smallWorld()
	require.NoError(t, err)
	ids, err := undisturbed(s.Executable(), w)
	require.NoError(t, err)
	require.Greater(t, len(ids), 200)
	return ids
}

var (
	undisturbedOnce sync.Once
	undisturbedIDs  []string
	errUndisturbed  error
)

func undisturbed(program string, w world) ([]string, error) {
	undisturbedOnce.Do(func() {
		c := exec.Command(program, "detect", "anomaly", "--logs", w.logs, "--state", filepath.Join(shared, "state"), "--learning-days", "0", "--output", "json")
		out, err := c.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 3 { // the demo has files that are broken on purpose
			err = nil
		}
		errUndisturbed = err
		for line := range strings.Lines(string(out)) {
			var a anomaly
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				errUndisturbed = err
			}
			undisturbedIDs = append(undisturbedIDs, a.ID)
		}
	})
	return undisturbedIDs, errUndisturbed
}

// heard are an input's events, as they came. Each has the time at which it began and stands as its stanza says.
func heard(t *testing.T, s *splunkdtest.Splunkd, input string) []anomaly {
	t.Helper()
	var all []anomaly
	for _, e := range s.Events(anomalies, "source=ct_anomaly://"+input) {
		a := anomaly{raw: e.Raw}
		require.NoError(t, e.Read(&a))
		first, err := time.Parse(time.RFC3339, a.FirstTime)
		require.NoError(t, err)
		require.True(t, first.Equal(e.Time), "_time is %v, first_time %s", e.Time, a.FirstTime)
		require.Equal(t, input, a.Input)
		all = append(all, a)
	}
	return all
}

// told are the anomalies that an input has told. Whatever was told more than once was told with the same words, and was told once if
// once is demanded.
func told(t *testing.T, s *splunkdtest.Splunkd, input string, once bool) []anomaly {
	t.Helper()
	raw := map[string]string{}
	var all []anomaly
	for _, a := range heard(t, s, input) {
		if have, again := raw[a.ID]; again {
			require.False(t, once, "told twice: %s", a.raw)
			require.Equal(t, have, a.raw)
			continue
		}
		raw[a.ID] = a.raw
		all = append(all, a)
	}
	return all
}

func ids(all []anomaly) []string {
	var some []string
	for _, a := range all {
		some = append(some, a.ID)
	}
	return some
}

// lastRun is the coverage of an input's last whole run.
func lastRun(t *testing.T, s *splunkdtest.Splunkd, input string) splunkdtest.Event {
	t.Helper()
	all := s.Events(runs, "source=ct_anomaly://"+input, "account_id=*")
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

// copyFiles puts log files of a world into a folder, in the order of their delivery: those from one share of them to another.
func copyFiles(t *testing.T, w world, to string, from, until float64) {
	t.Helper()
	var files []string
	require.NoError(t, filepath.WalkDir(w.logs, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	}))
	delivered := func(path string) string { // ACCOUNT_CloudTrail_REGION_MINUTE_token.json.gz
		parts := strings.Split(filepath.Base(path), "_")
		return parts[min(3, len(parts)-1)]
	}
	slices.SortStableFunc(files, func(a, b string) int { return strings.Compare(delivered(a), delivered(b)) })
	for _, path := range files[int(from*float64(len(files))):int(until*float64(len(files)))] {
		rel, err := filepath.Rel(w.logs, path)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755))
		require.NoError(t, os.Link(path, filepath.Join(to, rel)))
	}
}
