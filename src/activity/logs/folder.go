// Package logs reads activity straight from CloudTrail's log files: every file once, in order of delivery, on all cores. The files lie in a
// folder (folder.go), in the bucket of a trail (bucket.go), or are named by the notifications on a queue (queue.go).
//
// Each of these finds the files and their delivery times; what is common is their reading into sightings piece by piece (reading.go, read.go,
// worker.go), and the reading again of those that hold the records of an anomaly (evidence.go). What a record means is cloudtrail's business,
// what is new discern's.
package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// Options say what is read and how.
type Options struct {
	Root   string         // the folder, or a single file
	Ledger discern.Ledger // nil reads everything
	Now    func() time.Time

	Account     func(id string) bool                                                     // whose records are judged; nil is everybody
	Category    func(name string) bool                                                   // which event categories are judged; nil is all
	Match       func(r *cloudtrail.Record, matched func(rule, instance, address string)) // the rules; nil has none
	To          int64                                                                    // records after it are left for later; 0 reads all
	HistoryDays int                                                                      // in a first run, files delivered longer before the newest are left out; negative reads all
	First       bool                                                                     // this baseline has not begun to look here
	Begun       func(ctx context.Context) error                                          // notes durably that it has; what a first run leaves out is in the ledger then
	Since       int64                                                                    // what was delivered before is history, and no piece holds both; 0: nothing is
	Listed      func() error                                                             // is called when all is listed and nothing is read; its error ends the run
	Workers     int                                                                      // 0 is one a core
	Chunk       int64                                                                    // stored bytes that are read before anything else is thought of; 0 is 32 MB
	Progress    func(done, total int64)                                                  // stored bytes read, of those to read
}

func (o *Options) terms() terms {
	return terms{now: o.Now, account: o.Account, category: o.Category, match: o.Match, to: o.To, since: o.Since, patient: o.First,
		workers: o.Workers, chunk: o.Chunk, progressed: o.Progress, spare: true}
}

// A Folder is an Activity over a folder of log files. It is not safe for concurrent use; it works on all cores by itself.
type Folder struct {
	Options
	reading
	listing
	listed bool
	latest int64 // delivery
}

var _ discern.Activity = (*Folder)(nil)

// Open checks that the folder can be read.
func Open(o Options) (*Folder, error) {
	if _, err := os.Stat(o.Root); err != nil {
		return nil, fmt.Errorf("logs: %w: give the folder that holds the CloudTrail files, or one above it", err)
	}
	root, err := filepath.EvalSymlinks(o.Root)
	if err != nil {
		return nil, fmt.Errorf("logs %s: %w", o.Root, err)
	}
	o.Root = root
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Chunk == 0 {
		o.Chunk = chunkBytes
	}
	f := &Folder{Options: o, reading: reading{terms: o.terms()}}
	f.place = f
	return f, nil
}

// Next implements discern.Activity. The first piece also carries what could not be listed.
func (f *Folder) Next(ctx context.Context) (*discern.Piece, error) {
	first := !f.listed
	if first {
		if err := f.list(ctx); err != nil {
			return nil, err
		}
		f.listed = true
	}
	f.given = nil
	if len(f.queue) == 0 && !(first && f.listing.strange()) {
		return nil, io.EOF
	}
	p := newPiece()
	if first {
		p.Bad = append(p.Bad, f.listing.bad...)
		add(p.Skipped, f.listing.skipped)
	}
	if err := f.fill(ctx, p); err != nil {
		return nil, err
	}
	return p, nil
}

// open implements place.
func (f *Folder) open(_ context.Context, file *logfile) (io.ReadCloser, error) {
	if f.single(file.Path) {
		return os.Open(f.Root)
	}
	return os.Open(filepath.Join(f.Root, filepath.FromSlash(file.Path)))
}

// single tells whether the root is a log file itself.
func (f *Folder) single(path string) bool {
	return len(f.files) == 1 && path == filepath.Base(f.Root) && f.below(f.Root) == path
}

// blame implements place: what comes of the system itself keeps a file from us.
func (f *Folder) blame(err error) blame {
	var system *fs.PathError
	return blame{plain(err), errors.As(err, &system), errors.Is(err, fs.ErrPermission)}
}

// gone implements place.
func (f *Folder) gone(context.Context, *logfile) error {
	if _, err := os.Stat(f.Root); err != nil {
		return fmt.Errorf("the place of the logs went away while they were read: %w", err)
	}
	return nil
}

// plain is an error's cause without the path, which the message has already.
func plain(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
