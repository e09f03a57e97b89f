package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/discern"
)

// A delivery is a log file with the minute that its name tells, or none.
type delivery struct{ path, minute string }

var minuteInName = regexp.MustCompile(`_(\d{8}T\d{4})Z_`)

// byDelivery lists the files below a folder, the first delivered first. Those whose names don't tell come last: they are whatever delivers them last.
func byDelivery(t *testing.T, root string) []delivery {
	t.Helper()
	var files []delivery
	require.NoError(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		minute := "99999999T9999"
		if m := minuteInName.FindStringSubmatch(e.Name()); m != nil {
			minute = m[1]
		}
		files = append(files, delivery{filepath.ToSlash(below), minute})
		return nil
	}))
	slices.SortFunc(files, func(a, b delivery) int { return cmp.Or(cmp.Compare(a.minute, b.minute), cmp.Compare(a.path, b.path)) })
	return files
}

// copied puts files from below one folder below another, as they are.
func copied(t *testing.T, from, to string, files []delivery) {
	t.Helper()
	for _, f := range files {
		source := filepath.Join(from, filepath.FromSlash(f.path))
		data, err := os.ReadFile(source)
		require.NoError(t, err)
		info, err := os.Stat(source)
		require.NoError(t, err)
		target := filepath.Join(to, filepath.FromSlash(f.path))
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o755))
		require.NoError(t, os.WriteFile(target, data, 0o644))
		require.NoError(t, os.Chtimes(target, info.ModTime(), info.ModTime()))
	}
}

// A division is a folder of logs that came in several runs on one state.
type division struct {
	part map[string]int // which run a file came in
	told []discern.Event
}

// divide cuts the logs between hours of delivery and runs detect after each part.
func divide(t *testing.T, code int, logs string, random *rand.Rand, more ...string) division {
	t.Helper()
	files := byDelivery(t, logs)
	var hours []int // where a new hour of delivery begins
	for i := 1; i < len(files); i++ {
		if files[i].minute[:11] != files[i-1].minute[:11] {
			hours = append(hours, i)
		}
	}
	random.Shuffle(len(hours), func(i, j int) { hours[i], hours[j] = hours[j], hours[i] })
	cuts := append(hours[:1+random.IntN(4)], len(files))
	slices.Sort(cuts)

	root, state := t.TempDir(), t.TempDir()
	d := division{part: map[string]int{}}
	from := 0
	for run, to := range cuts {
		copied(t, logs, root, files[from:to])
		for _, f := range files[from:to] {
			d.part[f.path] = run
		}
		said := do(t, append([]string{"detect", "anomaly", "--logs", root, "--state", state, "--output", "json"}, more...)...)
		require.Contains(t, []int{exitDone, code}, said.code, said.err)
		d.told = append(d.told, events(t, said.out)...)
		from = to
	}
	return d
}

// sameAs holds what a division told against what one run tells: the same things, and the same ids but where a late record was separated: the earlier
// one came in a later run.
func (d *division) sameAs(t *testing.T, whole []discern.Event) {
	t.Helper()
	require.Equal(t, about(whole), about(d.told))
	want := ids(t, whole)
	for id, e := range ids(t, d.told) {
		if _, same := want[id]; same {
			continue
		}
		separated := slices.ContainsFunc(whole, func(w discern.Event) bool {
			return subject(&w) == subject(&e) && w.FirstTime != e.FirstTime && d.last(w.LogFiles) > d.first(e.LogFiles)
		})
		require.True(t, separated, "%s of %s has another id than in one run, and no late record explains it", e.Action, e.PrincipalID)
	}
}

func (d *division) first(files []string) int {
	run := d.part[files[0]]
	for _, f := range files {
		run = min(run, d.part[f])
	}
	return run
}

func (d *division) last(files []string) int {
	run := 0
	for _, f := range files {
		run = max(run, d.part[f])
	}
	return run
}

func TestRunsOverPartsTellWhatOneRunTells(t *testing.T) {
	logs := realLogs(t)
	for _, more := range [][]string{{"--learning-days", "0"}, {"--learning-days", "0", "--refresh-days", "0"}, {"--learning-days", "20"}} {
		whole := events(t, must(t, exitDone, append([]string{"detect", "anomaly", "--logs", logs, "--state", t.TempDir(), "--output", "json"}, more...)...).out)
		require.NotEmpty(t, whole)
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%q, division %d", more, seed), func(t *testing.T) {
				d := divide(t, exitDone, logs, rand.New(rand.NewPCG(seed, 0)), more...)
				d.sameAs(t, whole)
			})
		}
	}
}

// TestNeitherCoresNorOrderMatter writes the files in another order for each number of cores.
func TestNeitherCoresNorOrderMatter(t *testing.T) {
	logs := realLogs(t)
	files := byDelivery(t, logs)
	want := lasting(ids(t, detect(t, exitDone, logs, t.TempDir())))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(cores)
		random := rand.New(rand.NewPCG(uint64(cores), 1))
		random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		root := t.TempDir()
		copied(t, logs, root, files)
		require.Equal(t, want, lasting(ids(t, detect(t, exitDone, root, t.TempDir()))), "%d cores", cores)
	}
}

// lasting leaves of events what does not depend on the run that told them.
func lasting(all map[string]discern.Event) map[string]discern.Event {
	same := maps.Clone(all)
	for id, e := range same {
		e.RunID, e.DetectedAt, e.LateSeconds, e.WindowStart, e.WindowEnd = "", "", 0, "", ""
		same[id] = e
	}
	return same
}

// invented is a folder with the logs of the demo's organization, the intrusion in the last of some days.
func invented(t *testing.T, days int) string {
	t.Helper()
	root := t.TempDir()
	_, err := demo.Write(t.Context(), demo.Options{Dir: root, Seed: 3, End: today.AddDate(0, 0, -1).Truncate(24 * time.Hour), Days: days})
	require.NoError(t, err)
	return root
}

// TestPartsOfTheDemo does the same with an invented organization's logs: late, repeated and broken files, learning and an intrusion.
func TestPartsOfTheDemo(t *testing.T) {
	logs := invented(t, 12)
	more := []string{"--learning-days", "7", "--principal-learning-days", "2"}
	whole := events(t, must(t, exitPartly, append([]string{"detect", "anomaly", "--logs", logs, "--state", t.TempDir(), "--output", "json"}, more...)...).out)
	require.NotEmpty(t, whole)
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("division ", seed), func(t *testing.T) {
			d := divide(t, exitPartly, logs, rand.New(rand.NewPCG(seed, 2)), more...)
			d.sameAs(t, whole)
		})
	}
}
