package logs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cloudtrail_anomaly/src/discern"
)

// A listing is what was found below the root.
type listing struct {
	bad     []discern.BadFile // folders and files that could not be looked into
	skipped map[string]int    // files that are no log files, by what they are
	found   Found
}

// Found counts what was listed below the root.
type Found struct {
	Files  int // log files
	Others int // of these, those of accounts that are not asked for
	Known  int // of the rest, those that were looked at before
}

// Found counts what Next listed; before the first call of Next it is zero.
func (f *Folder) Found() Found { return f.found }

// strange tells whether there is something to report though no file is to be read.
func (l *listing) strange() bool { return len(l.bad) > 0 || len(l.skipped) > 0 }

// list finds the files that were not looked at, and queues them in order of delivery.
func (f *Folder) list(ctx context.Context) error {
	f.skipped = map[string]int{}
	if err := f.walk(ctx); err != nil {
		return err
	}
	f.guess()
	f.measure()
	if f.found.Others > 0 {
		f.skipped["of accounts not asked for"] = f.found.Others
	}
	known, err := f.unread(ctx, f.Ledger)
	if err != nil {
		return err
	}
	f.found.Known = known
	f.lineUp()
	if f.Listed != nil {
		if err := f.Listed(); err != nil {
			return err
		}
	}
	if err := f.date(ctx); err != nil {
		return err
	}
	f.lineUp()
	if err := f.cut(ctx); err != nil {
		return err
	}
	f.weigh()
	return nil
}

// lineUp puts all files in order of delivery, and measures what is history of them.
func (f *Folder) lineUp() {
	f.enqueue()
	if f.First {
		f.narrow()
	}
	f.remember()
}

// walk lists all log files below the root. What can't be looked into is noted and passed over.
func (f *Folder) walk(ctx context.Context) error {
	return filepath.WalkDir(f.Root, func(full string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		path := f.below(full)
		if err != nil {
			if full == f.Root {
				return fmt.Errorf("logs: %w: give the user that runs this the right to read it", err)
			}
			f.bad = append(f.bad, discern.BadFile{Path: path, Fault: "can't be looked into: " + plain(err), Kept: true})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		f.note(full, path, d)
		return nil
	})
}

func (f *Folder) note(full, path string, d fs.DirEntry) {
	if kind := sidecar(path); kind != "" {
		f.skipped[kind]++
		return
	}
	if !logFile(d.Name()) && full != f.Root {
		f.skipped["not .json or .json.gz"]++
		return
	}
	info, err := os.Stat(full) // follows a link to a file
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return // gone since it was listed
	case err != nil:
		f.bad = append(f.bad, discern.BadFile{Path: path, Fault: "can't be looked at: " + plain(err), Kept: true})
		return
	case !info.Mode().IsRegular():
		f.skipped["link to a folder, or no regular file"]++
		return
	}
	f.found.Files++
	told := labelOf(path)
	if !f.asked(told) {
		f.found.Others++
		return
	}
	f.files = append(f.files, logfile{
		File:  discern.File{Path: path, Size: info.Size(), Modified: info.ModTime().UnixNano()},
		label: told,
	})
}

// below is a path as ledger and events name it: below the root, with forward slashes.
func (f *Folder) below(full string) string {
	rel, err := filepath.Rel(f.Root, full)
	if err != nil || rel == "." {
		return filepath.Base(full)
	}
	return filepath.ToSlash(rel)
}
