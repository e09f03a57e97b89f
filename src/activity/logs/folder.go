// Package logs reads activity straight from CloudTrail's log files in a folder: every file once, in order of delivery, on all cores.
//
// It finds the files and their delivery times (list.go), reads them into sightings piece by piece (read.go), and reads again only those
// that hold the records of an anomaly (evidence.go). What a record means is cloudtrail's business, what is new discern's.
package logs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// Bounds of a piece. Files are read in chunks that end with an hour of delivery; a piece takes chunks until it holds enough sightings.
const (
	chunkBytes     = 32 << 20  // of stored bytes, by default
	firstBytes     = 256 << 10 // of the first chunk of a run that has to end in time; each further one is twice as large
	pieceSightings = 400_000
)

// settled is how long a file that can't be read to its end must not have changed before it is given up.
const settled = 24 * time.Hour

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

// A Folder is an Activity over a folder of log files. It is not safe for concurrent use; it works on all cores by itself.
type Folder struct {
	Options
	listed bool
	listing
	queue      []int // files still to be read, as indices of listing.files, oldest delivery first
	total      int64
	done       atomic.Int64
	again      []int // files that are to be tried again by a later run
	given      []int // files of the piece that Next gave last: who asks for another one has put it away
	past       past
	latest     int64 // delivery
	from       int64 // what was delivered before is left out by a first run
	hadHistory bool
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
	return &Folder{Options: o}, nil
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
	p := &discern.Piece{Looks: map[string]*discern.Look{}, Skipped: map[string]int{}, Newest: f.newest}
	if first {
		p.Bad = append(p.Bad, f.listing.bad...)
		add(p.Skipped, f.listing.skipped)
	}
	gathered := cloudtrail.NewGather()
	spell := f.spell(ctx)
	p.History = len(f.queue) > 0 && f.history(f.queue[0])
	most := f.Chunk
	if spell.ends() {
		most = min(most, firstBytes)
	}
	for n := 0; len(f.queue) > 0 && gathered.Len() < pieceSightings && f.history(f.queue[0]) == p.History && (n == 0 || !spell.over()); n++ {
		chunk := f.take(most)
		most = min(2*most, f.Chunk)
		f.given = append(f.given, chunk...)
		if err := f.read(ctx, chunk, gathered, p); err != nil {
			return nil, err
		}
	}
	p.Sightings = slices.AppendSeq(make([]discern.Sighting, 0, gathered.Len()), gathered.Sightings())
	return p, nil
}

// take cuts the next chunk off the queue: whole hours of delivery, at least one, until there are enough bytes.
func (f *Folder) take(enough int64) []int {
	var bytes int64
	n := 0
	for ; n < len(f.queue); n++ {
		file := &f.files[f.queue[n]]
		if bytes >= enough && hour(file.delivered) != hour(f.files[f.queue[n-1]].delivered) {
			break
		}
		if f.history(f.queue[n]) != f.history(f.queue[0]) {
			break
		}
		bytes += file.Size
	}
	chunk := f.queue[:n]
	f.queue = f.queue[n:]
	return chunk
}

func hour(t int64) int64 { return t / discern.Hour }

func add(sum, more map[string]int) {
	for k, n := range more {
		sum[k] += n
	}
}

// single tells whether the root is a log file itself.
func (f *Folder) single(path string) bool {
	return len(f.files) == 1 && path == filepath.Base(f.Root) && f.below(f.Root) == path
}

func (f *Folder) progress(bytes int64) {
	if f.Progress != nil {
		f.Progress(f.done.Add(bytes), f.total)
	}
}

// judged tells whether a record's account and category are to be judged.
func (f *Folder) judged(r *cloudtrail.Record) bool {
	return (f.Account == nil || f.Account(r.Account())) && !f.other(r)
}

// other tells whether a record is of a category that is not to be judged.
func (f *Folder) other(r *cloudtrail.Record) bool {
	return f.Category != nil && len(r.EventCategory) > 0 && !f.Category(string(r.EventCategory))
}
