package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/simulate"
)

// TestSimulate lets collectors watch invented organizations in simulated time. SEEDS and FIRST say how many, and from which seed on; TOOL has an older tool
// watch them instead (make simulate).
func TestSimulate(t *testing.T) {
	seeds, first := setting(t, "SEEDS", 4), setting(t, "FIRST", 1)
	if testing.Short() {
		seeds = 1
	}
	oracle := buildOracle(t)
	as := os.Getenv("TOOL")
	var sum verdict
	for seed := first; seed < first+seeds; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			if as != "" {
				v := rivalled(t, oracle, as, seed)
				sum.add(&v)
				return
			}
			v := simulated(t, oracle, seed)
			sum.add(&v)
			for _, fault := range v.faults() {
				t.Error(fault)
			}
			if t.Failed() {
				t.Logf("to see it again: make simulate SEEDS=1 FIRST=%d", seed)
			}
		})
	}
	fmt.Printf("expected=%d told=%d\n", sum.Expected, sum.Told)
	fmt.Printf("seeds=%d lost=%d doubled=%d unseen=%d\n", seeds, len(sum.Lost), len(sum.Doubled), len(sum.Unseen))
}

func setting(t *testing.T, name string, usual uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, name)
	return n
}

// A verdict is the oracle's.
type verdict struct {
	Expected, Told        int
	Lost, Doubled, Unseen []string
}

func (v *verdict) add(w *verdict) {
	v.Expected, v.Told = v.Expected+w.Expected, v.Told+w.Told
	v.Lost, v.Doubled, v.Unseen = append(v.Lost, w.Lost...), append(v.Doubled, w.Doubled...), append(v.Unseen, w.Unseen...)
}

func (v *verdict) faults() (all []string) {
	for kind, list := range map[string][]string{"lost": v.Lost, "doubled": v.Doubled, "unseen": v.Unseen} {
		for _, what := range list {
			all = append(all, kind+": "+what)
		}
	}
	return all
}

func buildOracle(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("ORACLE"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "oracle")
	said, err := exec.Command("go", "build", "-o", path, "../../simulate/oracle").CombinedOutput()
	require.NoError(t, err, string(said))
	return path
}

// simulated lives through the world of a seed, and has the oracle judge what was told.
func simulated(t *testing.T, oracle string, seed uint64) (v verdict) {
	bare(t)
	notes := &notebook{}
	w := simulate.NewWorld(seed)
	t.Log(w.Plan.String())
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		(&simulation{T: t, World: w, notes: notes, folder: folder}).live()
	})
	if kept := os.Getenv("NOTES"); kept != "" {
		require.NoError(t, os.WriteFile(kept, notes.text.Bytes(), 0o600))
	}
	v = judged(t, oracle, notes)
	require.NotZero(t, v.Expected, "a world in which nothing is new shows nothing")
	return v
}

func judged(t *testing.T, oracle string, notes *notebook) (v verdict) {
	t.Helper()
	judge := exec.Command(oracle)
	judge.Stdin = &notes.text
	said, err := judge.Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(said, &v))
	return v
}

// rivalled has an older tool watch the world of a seed. What it told is compared with what it is made to tell: new actions of roles.
func rivalled(t *testing.T, oracle, name string, seed uint64) verdict {
	w := simulate.NewWorld(seed)
	at := slices.IndexFunc(simulate.Rivals(), func(r simulate.Rival) bool { return r.Name == name })
	require.GreaterOrEqual(t, at, 0, "TOOL=%s is none of the tools", name)
	notes := &notebook{}
	notes.add(note{Kind: "terms", ForgetDays: simulate.ForgetDays, LearningDays: simulate.LearningDays, Only: "AROA"}, note{Kind: "run"})
	for _, a := range w.Accounts { // it has no learning; it is asked for what is new after that of the collectors
		until := later(a.Joined, w.Begin).Add(simulate.LearningDays * 24 * time.Hour)
		notes.add(note{Kind: "covered", Coverage: json.RawMessage(fmt.Sprintf(`{"account_id":%q,"learning_until":%q}`, a.ID, until.Format(time.RFC3339)))})
	}
	for _, d := range w.Deliveries {
		notes.add(noteOf(&d))
	}
	for i, s := range simulate.Rivals()[at].Watch(w) {
		notes.add(note{Kind: "told", Event: json.RawMessage(fmt.Sprintf(`{"anomaly_id":"%d","anomaly_type":"new_action","account_id":%q,"principal_id":%q,"action":%q,"first_time":%q}`,
			i, s.Account, s.Principal, s.Action, s.At.Format(time.RFC3339)))})
	}
	return judged(t, oracle, notes)
}

// bare is an environment in which the SDK finds one pair of keys, and tries as often as it does by itself.
func bare(t *testing.T) {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "AKIASIMULATED", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_CA_BUNDLE": "", "HTTP_PROXY": "", "http_proxy": ""} {
		t.Setenv(name, value)
	}
}
