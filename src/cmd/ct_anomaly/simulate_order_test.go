package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/simulate"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// TestAFirstLookTellsTheSameInEveryOrder looks for the first time at a bucket in which the accounts' logs lie half a year apart, one account after the
// other and several side by side, with both engines. The same is told each time.
func TestAFirstLookTellsTheSameInEveryOrder(t *testing.T) {
	bare(t)
	oracle := buildOracle(t)
	first, seeds := setting(t, "FIRST", 1), setting(t, "SEEDS", 3)
	if testing.Short() {
		seeds = 1
	}
	for seed := first; seed < first+seeds; seed++ {
		w := simulate.Apart(seed, 180*24*time.Hour)
		var want map[string]map[string]any
		for _, engine := range []string{simulate.Logs, simulate.Athena} {
			for _, aside := range []int{1, 2, 8} {
				notes := looked(t, w, engine, aside)
				v := judged(t, oracle, &notebook{text: *bytes.NewBuffer(notes.text.Bytes())})
				require.NotZero(t, v.Told)
				got := told(t, notes)
				if want == nil {
					want = got
				}
				require.Empty(t, append(v.Lost, v.Doubled...), "seed %d: %s, %d side by side", seed, engine, aside)
				require.Equal(t, want, got, "seed %d: %s, %d side by side", seed, engine, aside)
			}
		}
	}
}

// looked is what one run of the command line tells of a world whose files all lie there.
func looked(t *testing.T, w *simulate.World, engine string, aside int) *notebook {
	folder, notes := t.TempDir(), &notebook{}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(w.End))
		s := &simulation{T: t, World: w, notes: notes, cloud: cloud.New(t)}
		s.cloud.Answer(s.cloud.Select)
		s.cloud.Directory.Set(simulate.Members(w.Accounts, time.Now()))
		notes.add(note{Kind: "terms", ForgetDays: simulate.ForgetDays, LearningDays: simulate.LearningDays}, note{Kind: "run"})
		for _, d := range w.Deliveries {
			notes.add(noteOf(&d))
			s.cloud.Put(cloud.Bucket, d.Key, d.Body)
		}
		h := &host{simulation: s, folder: folder}
		if engine == simulate.Athena {
			h.setup()
		}
		line := cloud.Connect(s.cloud, func(r *http.Request) cloud.Fault {
			return cloud.Fault{Wait: time.Duration(rand.IntN(80)) * time.Millisecond}
		})
		coverage := filepath.Join(folder, "coverage.jsonl")
		var said, out bytes.Buffer
		d := &door{out: &out, err: &said, now: time.Now, home: func() (string, error) { return folder, nil }, dial: line.Dial, exit: func(int) {}}
		code := d.enter(context.Background(), []string{"detect", "anomaly", "--logs", "s3://" + cloud.Bucket + "/" + simulate.Prefix, "--engine", engine, "--endpoint-url", cloud.URL,
			"--athena-bucket", cloud.Results, "--state", filepath.Join(folder, "state"), "--learning-days", fmt.Sprint(simulate.LearningDays), "--max-concurrent-accounts", fmt.Sprint(aside),
			"--output", "json", "--coverage", coverage})
		assert.Contains(t, []int{exitDone, exitPartly}, code, said.String())
		for dec := json.NewDecoder(&out); dec.More(); {
			var e json.RawMessage
			require.NoError(t, dec.Decode(&e))
			notes.add(note{Kind: "told", Event: e})
		}
		lines, err := os.Open(coverage)
		require.NoError(t, err)
		defer lines.Close()
		for dec := json.NewDecoder(lines); dec.More(); {
			var c json.RawMessage
			require.NoError(t, dec.Decode(&c))
			notes.add(note{Kind: "covered", Coverage: c})
		}
		line.Hang()
		s.cloud.Stop()
	})
	return notes
}
