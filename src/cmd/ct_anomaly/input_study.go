package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/modinput"
	"cloudtrail_anomaly/src/settings"
)

// trail names the watermarks of logs in a folder.
const trail = "folder"

// study opens the input's state and holds the logs against it.
func (in *input) study(ctx context.Context, set *settings.Settings, mode string, allowed time.Duration) error {
	var e *estate
	var err error
	if onAWS(set) {
		if e, err = in.open(ctx, set, in.secrets); err != nil {
			return explain(err)
		}
		in.door = in.at(e.now)
		in.examine = func() []discern.Check { return in.examined(ctx, e) }
		if err := e.find(ctx); err != nil {
			return explain(err)
		}
	}
	s, err := in.store(ctx, set, e)
	if err != nil {
		return explain(err)
	}
	defer s.Close()
	if in.handled.store != nil {
		s = in.handled.store(s)
	}
	if in.far, err = in.sinks(ctx, set, e, in.stanza.Name, in.secrets); err != nil {
		return explain(err)
	}
	j := job{
		runID: in.runID, store: s, estate: e, trail: trailOf(set, e), folder: in.folder(), mode: mode, rules: true, read: in.progress(), allowed: allowed,
		sinks: append([]discern.Sink{indexed{in.stream, in.stanza.Name}}, in.far...),
	}
	now := in.now().Unix()
	if j.since, j.first, err = discern.Begun(ctx, s, j.trail, now); err != nil {
		return explain(err)
	}
	j.listed = func(h *discern.History) error { return in.history(set, h, mode) }
	st, _, err := in.wire(ctx, set, j)
	if err != nil {
		return explain(err)
	}
	if in.first = j.fresh(); e != nil {
		for _, note := range e.notes {
			in.log.Info(note)
		}
		in.notes = append(in.notes, e.said(in.first)...)
	}
	st.Input, st.Notes, st.Covered = in.name, in.notes, in.cover
	if in.handled.study != nil {
		in.handled.study(st)
	}
	c, err := st.Run(ctx)
	if unsaid := in.far.testify(ctx, in.now(), in.testimony); unsaid != nil {
		in.log.Warn(unsaid.Error())
	}
	return errors.Join(err, j.looked(ctx, &c))
}

// What a run's own examination may take: time that the next run waits for at most, and accounts that stand for all.
const (
	examinedFor      = 30 * time.Second
	examinedAccounts = 20
)

// examined tries what a run needs, also when its time is over, but not when it was stopped.
func (in *input) examined(ctx context.Context, e *estate) []discern.Check {
	if in.stopped() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), examinedFor)
	defer cancel()
	return e.examine(ctx, examination{accounts: examinedAccounts})
}

// store opens what the input remembers.
func (in *input) store(ctx context.Context, set *settings.Settings, e *estate) (store, error) {
	state := filepath.Join(in.folder(), stateFile)
	if set.DynamoTableName != "" {
		if err := os.MkdirAll(in.folder(), 0o700); err != nil {
			return nil, fmt.Errorf("make the input's folder: %w", err)
		}
		return e.dynamo(ctx, in.req.ServerHost+" "+in.name)
	}
	in.strangers(state)
	s, err := embedded.Open(state)
	if err != nil {
		return nil, err
	}
	if kept := s.Migrated(); kept != "" {
		in.notes = append(in.notes, "the state was brought to this version's format; the file as it was is kept as "+kept)
	}
	return s, nil
}

// trailOf names the watermarks.
func trailOf(set *settings.Settings, e *estate) string {
	switch {
	case inFolder(set):
		return trail
	case set.Logs.Kind == settings.Queue:
		return "sqs://" + set.Logs.At
	default:
		return e.trailName()
	}
}

// place finds the folder of the logs, where they are in one, and says in which mode they are told.
func (in *input) place(ctx context.Context, set *settings.Settings) (mode string, err error) {
	if in.req.CheckpointDir == "" {
		return "", halt(discern.CodeInternal, errors.New("splunkd gave no checkpoint_dir"), "see splunkd.log for why; there is no other place for the state")
	}
	switch set.Logs.Kind {
	case settings.Folder:
		if _, err := os.Stat(set.Logs.At); errors.Is(err, fs.ErrNotExist) {
			return "", halt(discern.CodeNoFiles, fmt.Errorf("logs: %w", err), "give the folder that holds the CloudTrail files, or one above it, on the host that runs this input")
		}
	case settings.Demo:
		in.notes = append(in.notes, "this is the invented organization: some of its files are broken on purpose, and named below or in the first run's warnings")
		set.Logs = settings.Place{Kind: settings.Folder, At: filepath.Join(in.folder(), "demo")}
		return discern.ModeDemo, demoLogs(ctx, set.Logs.At, in.now())
	}
	return discern.ModeLive, nil
}

// strangers tells the log where an input that begins anew keeps its state, and which others there are: it may have been renamed. A state
// file that is there and empty is said in coverage: something emptied it, and what was learnt is gone.
func (in *input) strangers(state string) {
	if info, err := os.Stat(state); err == nil {
		if info.Size() == 0 {
			in.notes = append(in.notes, "the state file was empty: what was learnt is lost, and learning begins anew. Was the disk full?")
		}
		return
	}
	entries, err := os.ReadDir(in.req.CheckpointDir)
	if err != nil {
		return
	}
	var others []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(in.req.CheckpointDir, e.Name(), stateFile)); err == nil {
			others = append(others, e.Name())
		}
	}
	if len(others) == 0 {
		return
	}
	in.log.Info("this input has no state yet and begins anew", "state", filepath.Dir(state), "states_of_others", strings.Join(others, ","))
}

// progress says in splunkd's log how far a long run has come.
func (in *input) progress() func(done, total int64) {
	const pause = 30 * time.Second
	var last time.Time // of the last line; calls come from several goroutines
	said := make(chan struct{}, 1)
	last = in.now()
	return func(done, total int64) {
		select {
		case said <- struct{}{}:
		default:
			return
		}
		defer func() { <-said }()
		if now := in.now(); now.Sub(last) >= pause && total > 0 {
			last = now
			in.log.Info("reading", "action", "progress", "read_bytes", done, "of_bytes", total, "percent", 100*done/total)
		}
	}
}

// indexed is the sink that splunkd reads: standard output. What it took is delivered when it is in the pipe.
type indexed struct {
	stream *modinput.Stream
	stanza string
}

// Name implements discern.Sink.
func (indexed) Name() string { return "stream" }

// Send implements discern.Sink. It does not end when the run is stopped: what is begun is told.
func (s indexed) Send(_ context.Context, events []discern.Pending) error {
	told := make([]modinput.Event, len(events))
	for i, p := range events {
		var e struct {
			FirstTime time.Time `json:"first_time"`
		}
		if err := json.Unmarshal(p.Event, &e); err != nil {
			return fmt.Errorf("read the time of anomaly %s: %w", p.ID, err)
		}
		told[i] = modinput.Event{Stanza: s.stanza, Time: e.FirstTime, SourceType: sourceTypeAnomaly, Data: p.Event}
	}
	return s.stream.Write(told...)
}
