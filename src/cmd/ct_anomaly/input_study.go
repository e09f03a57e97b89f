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
func (in *input) study(ctx context.Context, set *settings.Settings, mode string) error {
	state := filepath.Join(in.folder(), stateFile)
	in.strangers(state)
	store, err := embedded.Open(state)
	if err != nil {
		return err
	}
	defer store.Close()
	if kept := store.Migrated(); kept != "" {
		in.notes = append(in.notes, "the state was brought to this version's format; the file as it was is kept as "+kept)
	}
	since, first, err := discern.Begun(ctx, store, trail, in.now().Unix())
	if err != nil {
		return err
	}
	j := job{
		runID: in.runID, store: store, mode: mode, rules: true, sinks: []discern.Sink{indexed{in.stream, in.stanza.Name}}, since: since, first: first, read: in.progress(),
		listed: func(h *discern.History) error { return in.history(set, h, mode, first) },
	}
	st, _, err := in.wire(set, j)
	if err != nil {
		return err
	}
	st.Input, st.Notes, st.Covered = in.name, in.notes, in.cover
	_, err = st.Run(ctx)
	return err
}

// place finds the folder of the logs, and says in which mode they are told.
func (in *input) place(ctx context.Context, set *settings.Settings) (mode string, err error) {
	if in.req.CheckpointDir == "" {
		return "", halt(discern.CodeInternal, errors.New("splunkd gave no checkpoint_dir"), "see splunkd.log for why; there is no other place for the state")
	}
	switch set.Logs.Kind {
	case settings.Folder:
		if _, err := os.Stat(set.Logs.At); errors.Is(err, fs.ErrNotExist) {
			return "", halt(discern.CodeNoFiles, fmt.Errorf("logs: %w", err), "give the folder that holds the CloudTrail files, or one above it, on the host that runs this input")
		}
		return discern.ModeLive, nil
	case settings.Demo:
		in.notes = append(in.notes, "this is the invented organization: some of its files are broken on purpose, and named below or in the first run's warnings")
		set.Logs = settings.Place{Kind: settings.Folder, At: filepath.Join(in.folder(), "demo")}
		return discern.ModeDemo, demoLogs(ctx, set.Logs.At, in.now())
	default:
		return "", halt(discern.CodeInternal, errors.New("this version reads log files in a folder, and neither a bucket nor a queue nor Athena"),
			"copy the logs to a folder and give that as logs, or try logs = demo:")
	}
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

// history says, before any of it is read, how much there is from before the input existed, and waits for consent where that is too much.
func (in *input) history(set *settings.Settings, h *discern.History, mode string, first bool) error {
	if h == nil || mode == discern.ModeDemo {
		return nil
	}
	if most := int64(set.HistoryConsentGigabytes) * 1e9; h.LeftBytes > most {
		return &discern.Halt{Status: discern.StatusSkipped, Code: discern.CodeBudget,
			Err:  fmt.Errorf("the history has %s in %s (%s), more than history_consent_gigabytes allows (%d)", count(h.LeftFiles, "file"), count(h.Days, "day"), size(h.LeftBytes), set.HistoryConsentGigabytes),
			Next: "to read it all, raise historyConsentGigabytes in config; to read less, lower history_days; nothing is looked at until then"}
	}
	if !first {
		return nil
	}
	return in.cover(discern.Coverage{
		RunID: in.runID, Input: in.name, AccountID: "*", Engine: settings.EngineLogs, Status: discern.StatusLearning, History: h,
		NextStep: fmt.Sprintf("history to be read first: %s, %s, %s; files in a folder cost nothing to read", count(h.Days, "day"), count(h.LeftFiles, "file"), size(h.LeftBytes)),
	})
}

// estimate tells the coverage of what is to be read from that of what was.
func estimate(c *discern.Coverage) bool {
	return c.Status == discern.StatusLearning && c.AccountID == "*"
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
