package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/modinput"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/splunkd"
)

// An input is one run of one input of Splunk's.
type input struct {
	*door
	req    *modinput.Request
	stanza modinput.Stanza
	name   string
	stream *modinput.Stream
	log    *slog.Logger

	runID   string
	engine  string
	secrets map[string]splunkd.Secret // by the setting that names them
	notes   []string                  // for the run's coverage
	whole   *discern.Coverage         // the run's, once it is written

	examine func() []discern.Check // tries what the run needs on AWS; nil before AWS was reached
	first   bool                   // nothing of the logs was looked at before

	far       far         // the sinks elsewhere
	testimony [][]byte    // coverage, for those that keep it
	stopped   func() bool // by splunkd
}

// run looks once, and says in coverage how that went, whatever happened. It is true when all that could be told was told.
func (in *input) run(ctx context.Context) bool {
	began := in.now()
	in.engine, in.stopped = engineOf(in.stanza.Params), func() bool { return ctx.Err() != nil }
	in.log.Info("run begins", "action", "run_begin")
	err := in.id()
	if err == nil {
		err = in.look(ctx)
	}
	if in.whole == nil {
		err = errors.Join(err, in.cover(in.refused(err, began)))
	}
	in.said(err)
	return in.whole != nil && in.whole.Status != discern.StatusFailed
}

func (in *input) id() (err error) {
	in.runID, err = newRunID()
	return err
}

// look checks the settings, finds the logs, opens the state and studies.
func (in *input) look(ctx context.Context) error {
	set, err := settings.Parse(settings.Sources{Stanza: in.stanza.Params, NeedLogs: true})
	if err != nil {
		return halt(discern.CodeInternal, err, "mend the settings of this input and save it")
	}
	in.engine = set.Engine
	in.notes = append(in.notes, unused(&set)...)
	allowed, err := in.allowed(&set)
	if err != nil {
		return err
	}
	if err := in.ask(ctx, &set, allowed); err != nil {
		return err
	}
	mode, err := in.place(ctx, &set)
	if err != nil {
		return err
	}
	if allowed > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, allowed)
		defer cancel()
	}
	return in.study(ctx, &set, mode, allowed)
}

// allowed is how long the run may take to have ended when splunkd would start the next one; 0 is as long as it takes.
func (in *input) allowed(set *settings.Settings) (time.Duration, error) {
	schedule, err := modinput.ParseSchedule(either(in.stanza.Params["interval"], defaultInterval))
	if err != nil {
		return 0, halt(discern.CodeInternal, fmt.Errorf("interval: %w", err), "give seconds or a cron schedule")
	}
	now := in.now()
	if next, ok := schedule.Next(now); set.RunTimeout == 0 && ok {
		return next.Sub(now) * 9 / 10, nil
	}
	return set.RunTimeout, nil
}

// defaultInterval is that of the app's inputs.conf, in seconds.
const defaultInterval = "900"

func (in *input) refused(err error, began time.Time) discern.Coverage {
	c := refused(in.engine, err, in.now().Sub(began))
	c.RunID, c.Input, c.Warnings = in.runID, in.name, in.notes
	return c
}

func halt(code string, err error, next string) error {
	return &discern.Halt{Status: discern.StatusFailed, Code: code, Err: err, Next: next}
}

// mostWarnings bounds how many warnings stand in one coverage event; splunkd's log has all.
const mostWarnings = 100

// cover writes a coverage to the index.
func (in *input) cover(c discern.Coverage) error {
	shown := c
	if more := len(c.Warnings) - mostWarnings; more > 0 {
		shown.Warnings = append(slices.Clone(c.Warnings[:mostWarnings]), fmt.Sprintf("and %d more; splunkd.log names the first thousand", more))
	}
	if whole := c.AccountID == discern.EveryAccount && !estimate(&c); whole && in.examine != nil && (in.first || c.Status == discern.StatusFailed) {
		shown.Checks = in.examine()
	}
	var line bytes.Buffer
	if err := covered(&line)(shown); err != nil {
		return err
	}
	data := bytes.TrimSuffix(line.Bytes(), []byte("\n"))
	if len(in.far) > 0 {
		in.testimony = append(in.testimony, data)
	}
	if err := in.stream.Write(modinput.Event{Stanza: in.stanza.Name, Time: in.now(), SourceType: sourceTypeRun, Data: data}); err != nil {
		return fmt.Errorf("write coverage: %w", err)
	}
	if c.AccountID == "*" && !estimate(&c) {
		in.whole = &c
	}
	return nil
}

// said puts the end of the run into splunkd's log.
func (in *input) said(err error) {
	c := in.whole
	if c == nil {
		in.log.Error("run failed: "+err.Error(), "action", "run_end", "status", discern.StatusFailed)
		return
	}
	const most = 1000
	for _, w := range c.Warnings[:min(len(c.Warnings), most)] {
		in.log.Warn(w)
	}
	if more := len(c.Warnings) - most; more > 0 {
		in.log.Warn(fmt.Sprintf("and %d more of the kind", more))
	}
	level := slog.LevelInfo
	if c.Status == discern.StatusFailed {
		level = slog.LevelError
	}
	facts := []any{"action", "run_end", "run_id", c.RunID, "status", c.Status, "files", c.Files, "records", c.Records.Read + c.Records.Write + c.Records.Data,
		"anomalies", c.Anomalies, "resent", c.Resent, "pending", c.Pending, "duration_ms", c.DurationMS}
	if c.Error != "" {
		facts = append(facts, "error_code", c.ErrorCode, "error", c.Error, "next_step", c.NextStep)
	}
	in.log.Log(context.Background(), level, "run ends", facts...)
}

// folder is where an input keeps what it remembers: a folder of its own below checkpoint_dir, that can be told by its name and is no
// other input's whatever the two are called.
func (in *input) folder() string {
	sum := sha256.Sum256([]byte(in.name))
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, in.name)
	const longest = 60
	return filepath.Join(in.req.CheckpointDir, plain[:min(len(plain), longest)]+"-"+hex.EncodeToString(sum[:4]))
}
