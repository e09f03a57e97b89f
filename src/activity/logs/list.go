package logs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// A logfile is a file of the listing. Its index there is the number that sightings carry.
type logfile struct {
	discern.File
	place
	guessed bool // nothing tells when it was delivered: it stands at the time when it was last changed
}

// A listing is what was found below the root.
type listing struct {
	files   []logfile
	bad     []discern.BadFile // folders and files that could not be looked into
	skipped map[string]int    // files that are no log files, by what they are
	newest  map[string]int64  // by account, the newest delivery
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
	if err := f.unread(ctx); err != nil {
		return err
	}
	f.enqueue()
	if f.Listed != nil {
		if err := f.Listed(); err != nil {
			return err
		}
	}
	if err := f.date(ctx); err != nil {
		return err
	}
	f.enqueue()
	if err := f.cut(ctx); err != nil {
		return err
	}
	f.newest = map[string]int64{}
	for _, i := range f.queue {
		file := &f.files[i]
		f.total += file.Size
		f.newest[file.account] = max(f.newest[file.account], file.delivered)
	}
	return nil
}

// enqueue puts all files in order of delivery.
func (f *Folder) enqueue() {
	f.queue = f.queue[:0]
	for i := range f.files {
		f.queue = append(f.queue, i)
	}
	slices.SortFunc(f.queue, func(a, b int) int {
		x, y := &f.files[a], &f.files[b]
		return cmp.Or(cmp.Compare(x.delivered, y.delivered), cmp.Compare(x.Path, y.Path))
	})
	if f.First {
		f.narrow()
	}
	f.hadHistory = slices.ContainsFunc(f.queue, func(i int) bool { return f.history(i) && !f.out(i) })
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
	where := placeOf(path)
	if where.account != "" && f.Account != nil && !f.Account(where.account) {
		f.found.Others++
		return
	}
	f.files = append(f.files, logfile{
		File:  discern.File{Path: path, Size: info.Size(), Modified: info.ModTime().UnixNano()},
		place: where,
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

// unread keeps the files that the ledger does not know as they are now.
func (f *Folder) unread(ctx context.Context) error {
	if f.Ledger == nil {
		return nil
	}
	files := make([]discern.File, len(f.files))
	places := make(map[string]place, len(f.files))
	for i := range f.files {
		files[i] = f.files[i].File
		places[files[i].Path] = f.files[i].place
	}
	left, err := f.Ledger.Unread(ctx, files)
	if err != nil {
		return fmt.Errorf("ask which files were looked at: %w", err)
	}
	f.found.Known = len(f.files) - len(left)
	f.files = f.files[:0]
	for _, file := range left {
		f.files = append(f.files, logfile{File: file, place: places[file.Path]})
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
