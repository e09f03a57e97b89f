package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cloudtrail_anomaly/src/demo"
)

// What the demo's logs of an input are of: the organization's last day, and "whole" once all of it is delivered.
const demoNote = "demo.txt"

// nightOver is when the last day's intrusion has been delivered: before that, the story would be without its end, so the day before is the last.
const nightOver = 6 * time.Hour

// demoLogs writes the invented organization's logs below dir as far as they would have been delivered by now. The first call settles the
// last day; later ones deliver what has come due, and nothing once the last day is over.
func demoLogs(ctx context.Context, dir string, now time.Time) error {
	note := filepath.Join(dir, demoNote)
	last, whole, err := demoDay(note, now)
	if err != nil || whole {
		return err
	}
	if err := noteDemo(note, last, false); err != nil {
		return err
	}
	story, err := demo.Write(ctx, demo.Options{Dir: dir, Seed: 1, End: last, Until: now})
	if err != nil || story.ToCome > 0 {
		return err
	}
	return noteDemo(note, last, true)
}

func noteDemo(note string, last time.Time, whole bool) error {
	text := last.Format(time.DateOnly)
	if whole {
		text += " whole"
	}
	err := os.MkdirAll(filepath.Dir(note), 0o700)
	if err == nil {
		err = os.WriteFile(note+".part", []byte(text+"\n"), 0o600)
	}
	if err == nil {
		err = os.Rename(note+".part", note)
	}
	if err != nil {
		return fmt.Errorf("note what is written of the demo's logs: %w", err)
	}
	return nil
}

// demoDay reads the note, or settles the last day where there is none.
func demoDay(note string, now time.Time) (last time.Time, whole bool, err error) {
	text, err := os.ReadFile(note)
	if errors.Is(err, fs.ErrNotExist) {
		return now.UTC().Add(-nightOver).Truncate(24 * time.Hour), false, nil
	}
	if err != nil {
		return last, false, fmt.Errorf("look what is written of the demo's logs: %w", err)
	}
	day, rest, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	last, err = time.Parse(time.DateOnly, day)
	if err != nil {
		return last, false, fmt.Errorf("read the note of the demo's logs in %s: %w: remove that folder", filepath.Dir(note), err)
	}
	return last, rest != "", nil
}
