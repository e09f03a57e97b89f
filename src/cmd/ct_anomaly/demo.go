package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/console"
)

// The demo's folder: the logs, the baseline, and a file that marks it as the demo's own, so that nothing of anybody else's is ever replaced.
const (
	demoFolder = "ct_anomaly-demo"
	demoMark   = ".ct_anomaly-demo"
)

func demoCommand() command {
	return command{
		name:  "demo",
		args:  "[DIR]",
		short: "write an invented organization's logs, learn, detect, and tell the story",
		long: `Writes a hundred days of CloudTrail logs of a small invented organization into DIR (default: ` + demoFolder + ` in the current folder), the
last day with an intrusion in it; learns and detects with all settings default; and prints what it found. Needs no AWS and no network. The same
--seed and --end write the same bytes.`,
		examples: []string{"ct_anomaly demo", "ct_anomaly demo ./somewhere --seed 7 --end 2026-11-20"},
		options: func(fs *flag.FlagSet, o *options) {
			fs.Int64Var(&o.seed, "seed", 1, "which organization is invented")
			fs.Var(&o.end, "end", "the last day written (default: yesterday)")
		},
		run: func(ctx context.Context, d *door, o *options) (int, error) { return d.demo(ctx, o) },
	}
}

func (d *door) demo(ctx context.Context, o *options) (int, error) {
	if len(o.args) > 1 {
		return 0, usagef("demo: give one folder, or none")
	}
	dir := either(strings.Join(o.args, ""), demoFolder)
	if err := clearDemo(dir); err != nil {
		return 0, err
	}
	end := d.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	if o.end.unix != 0 {
		end = time.Unix(o.end.unix, 0).UTC().Truncate(24 * time.Hour)
	}
	show := d.progress("writing logs")
	story, err := demo.Write(ctx, demo.Options{Dir: filepath.Join(dir, "logs"), Seed: o.seed, End: end, Days: 100, Progress: show.of})
	show.end()
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(d.out, "An invented organization of %d accounts: 100 days of CloudTrail, %s in %s (%s), in %s\n",
		len(story.Accounts), count(story.Records, "record"), count(story.Files, "file"), size(story.Bytes), filepath.Join(dir, "logs"))
	teller := &storyteller{door: d, lastDay: end, table: &console.Table{To: d.out, Width: d.outWidth, Color: d.color}}
	done, err := d.demoRun(ctx, o, dir, teller)
	if err != nil {
		return 0, err
	}
	teller.finish(&done.Coverage, story)
	fmt.Fprintf(d.out, demoNext, dir, d.name)
	if missing := teller.missing(story); len(missing) > 0 {
		return 0, fmt.Errorf("%d steps of the intrusion were not reported: %s", len(missing), strings.Join(missing, "; "))
	}
	return exitDone, nil
}

const demoNext = `
What to try next
  %[2]s detect anomaly --logs %[1]s/logs --state %[1]s/state
      nothing new: it was all told
  %[2]s baseline show --state %[1]s/state
      who is known, and since when
  %[2]s detect records %[1]s/logs | grep -v '"verdict":"literal"'
      the rules alone, record by record; literal is an instance's own use of its credentials
  %[2]s replay --logs %[1]s/logs --output json
      the same events whole, as Splunk gets them
  %[2]s detect anomaly --logs YOUR_LOGS --state ./state
      your own: a folder that holds AWSLogs/…
`

// demoRun detects with all settings default, as a new user would.
func (d *door) demoRun(ctx context.Context, o *options, dir string, to discern.Sink) (result, error) {
	o.values = settings.FlagValues{"logs": filepath.Join(dir, "logs")}
	set, err := d.settings(o)
	if err != nil {
		return result{}, err
	}
	store, err := embedded.Open(filepath.Join(dir, "state", stateFile))
	if err != nil {
		return result{}, err
	}
	defer store.Close()
	return d.runJob(ctx, set, o, job{store: store, mode: "demo", rules: true, sinks: []discern.Sink{to}})
}

// clearDemo makes the folder ready: new, empty, or an earlier demo's, whose logs and state go.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0:
	case err != nil:
		return fmt.Errorf("look into the demo's folder: %w", err)
	case !exists(filepath.Join(dir, demoMark)):
		return fmt.Errorf("%s holds other things: give the demo an empty folder", dir)
	default:
		for _, own := range []string{"logs", "state"} {
			if err := os.RemoveAll(filepath.Join(dir, own)); err != nil {
				return fmt.Errorf("remove the last demo: %w", err)
			}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, demoMark), []byte("written by ct_anomaly demo; the next demo here replaces logs/ and state/\n"), 0o644); err != nil {
		return fmt.Errorf("mark the demo's folder: %w", err)
	}
	return nil
}

// A storyteller is the demo's sink: it prints the ordinary days' rows, then the last day's, and notes what was told.
type storyteller struct {
	door     *door
	lastDay  time.Time
	table    *console.Table
	ordinary int
	last     int
	told     []discern.Event
}

// Name implements discern.Sink.
func (s *storyteller) Name() string { return s.table.Name() }

// Send implements discern.Sink.
func (s *storyteller) Send(ctx context.Context, events []discern.Pending) error {
	var ordinary, last []discern.Pending
	for _, p := range events {
		var e discern.Event
		if err := json.Unmarshal(p.Event, &e); err != nil {
			return fmt.Errorf("tell anomaly %s: %w", p.ID, err)
		}
		s.told = append(s.told, e)
		if e.FirstTime < discern.Stamp(s.lastDay.Unix()) {
			ordinary = append(ordinary, p)
		} else {
			last = append(last, p)
		}
	}
	if err := s.section(ctx, ordinary, &s.ordinary, "The ordinary days: risky actions while the accounts learn, and from the 91st day on everything new:"); err != nil {
		return err
	}
	return s.section(ctx, last, &s.last, fmt.Sprintf("The last day, %s. Somebody got hold of a key:", s.lastDay.Format(time.DateOnly)))
}

func (s *storyteller) section(ctx context.Context, events []discern.Pending, n *int, heading string) error {
	if len(events) == 0 {
		return nil
	}
	if *n == 0 {
		if err := s.table.Section(heading); err != nil {
			return err
		}
	}
	*n += len(events)
	return s.table.Send(ctx, events)
}

// finish says what the rows mean.
func (s *storyteller) finish(whole *discern.Coverage, story demo.Story) {
	steps := len(story.Steps) - len(s.missing(story))
	fmt.Fprintf(s.door.out, "\n%d of the intrusion's %d steps were reported, in %s; the 99 ordinary days gave %s, out of %s.\n",
		steps, len(story.Steps), count(s.last, "row"), count(s.ordinary, "row"), count(whole.Sightings, "sighting"))
	for _, w := range whole.Warnings {
		fmt.Fprintf(s.door.out, "broken on purpose, named and survived: %s\n", w)
	}
}

// missing are the steps of the intrusion that no event tells.
func (s *storyteller) missing(story demo.Story) []string {
	var missing []string
	for _, step := range story.Steps {
		found := false
		for i := range s.told {
			e := &s.told[i]
			sameHour := e.FirstTime[:13] == discern.Stamp(step.Time.Unix())[:13]
			if e.AnomalyType == step.Expect && e.PrincipalID == step.Principal && (e.Action == step.Action || e.Action == "") && sameHour {
				found = true
			}
		}
		if !found {
			missing = append(missing, step.Expect+" "+discern.Short(step.Action)+" by "+step.Principal)
		}
	}
	return missing
}
