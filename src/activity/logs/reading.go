package logs

import (
	"cmp"
	"context"
	"io"
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

// A place is where files lie.
type place interface {
	// open opens a file at its beginning.
	open(ctx context.Context, f *logfile) (io.ReadCloser, error)

	// blame says why a file could not be read to its end.
	blame(err error) blame

	// gone is asked when files are kept from us: an error says that no other file can be read either, and ends the run. The newest file that
	// is to be read serves for a trial.
	gone(ctx context.Context, newest *logfile) error
}

// A blame says why a file could not be read to its end.
type blame struct {
	fault   string // in words, and how to mend it
	kept    bool   // the place does not let it be read: it is not the file that is no good
	refused bool   // by a right that is missing, and not by what passes of itself
}

// A logfile is a file of the listing. Its index there is the number that sightings carry.
type logfile struct {
	discern.File
	label
	guessed bool // nothing tells when it was delivered: it stands at the time when it was last changed
	tried   bool // it was read for its sightings
	whole   bool // and to its end
}

// terms say what is read of the files, and how: see Options.
type terms struct {
	now        func() time.Time
	account    func(id string) bool
	category   func(name string) bool
	match      func(r *cloudtrail.Record, matched func(rule, instance, address string))
	to, since  int64
	workers    int
	chunk      int64
	progressed func(done, total int64)
	spare      bool  // a file that holds records of accounts not asked for too is left unread, for a run that asks for them
	patient    bool  // what may not be read is not given up: a first look can't say for how long it was so, and a queue gives its messages up itself
	unlisted   int64 // what was delivered before is listed by no later run, whatever becomes of it
}

// A reading is numbered files being read into pieces, and read again for evidence, wherever they are. It is not safe for concurrent use; it
// works on all cores by itself.
type reading struct {
	terms
	place  place
	files  []logfile
	queue  []int            // files still to be read, as indices of files, oldest delivery first
	newest map[string]int64 // by account, the newest delivery of the queue
	total  int64            // stored bytes of the queue as it began
	done   atomic.Int64     // of these, read
	again  []int            // files that are to be tried again by a later run
	left   []int            // files that hold records which are left for a later run
	given  []int            // files of the piece that Next gave last: who asks for another one has put it away
	from   int64            // what was delivered before is left out by a first run
	past
	hadHistory bool
}

// enqueue puts all files in order of delivery.
func (r *reading) enqueue() {
	r.queue = r.queue[:0]
	for i := range r.files {
		r.queue = append(r.queue, i)
	}
	slices.SortFunc(r.queue, func(a, b int) int {
		x, y := &r.files[a], &r.files[b]
		return cmp.Or(cmp.Compare(x.delivered, y.delivered), cmp.Compare(x.Path, y.Path))
	})
}

// weigh adds up what is queued.
func (r *reading) weigh() {
	r.newest = map[string]int64{}
	for _, i := range r.queue {
		file := &r.files[i]
		r.total += file.Size
		r.newest[file.account] = max(r.newest[file.account], file.delivered)
	}
}

func newPiece() *discern.Piece {
	return &discern.Piece{Looks: map[string]*discern.Look{}, Skipped: map[string]int{}}
}

// fill reads files off the queue into a piece, until it holds enough.
func (r *reading) fill(ctx context.Context, p *discern.Piece) error {
	p.Newest = r.newest
	gathered := cloudtrail.NewGather()
	spell := r.spell(ctx)
	p.History = len(r.queue) > 0 && r.history(r.queue[0])
	most := r.chunk
	if spell.ends() {
		most = min(most, firstBytes)
	}
	for n := 0; len(r.queue) > 0 && gathered.Len() < pieceSightings && r.history(r.queue[0]) == p.History && (n == 0 || !spell.over()); n++ {
		chunk := r.take(most)
		most = min(2*most, r.chunk)
		r.given = append(r.given, chunk...)
		if err := r.read(ctx, chunk, gathered, p); err != nil {
			return err
		}
	}
	p.Sightings = slices.AppendSeq(make([]discern.Sighting, 0, gathered.Len()), gathered.Sightings())
	return nil
}

// take cuts the next chunk off the queue: whole hours of delivery, at least one, until there are enough bytes.
func (r *reading) take(enough int64) []int {
	var bytes int64
	n := 0
	for ; n < len(r.queue); n++ {
		file := &r.files[r.queue[n]]
		if bytes >= enough && hour(file.delivered) != hour(r.files[r.queue[n-1]].delivered) {
			break
		}
		if r.history(r.queue[n]) != r.history(r.queue[0]) {
			break
		}
		bytes += file.Size
	}
	chunk := r.queue[:n]
	r.queue = r.queue[n:]
	return chunk
}

func hour(t int64) int64 { return t / discern.Hour }

func add(sum, more map[string]int) {
	for k, n := range more {
		sum[k] += n
	}
}

func (r *reading) progress(bytes int64) {
	if r.progressed != nil {
		r.progressed(r.done.Add(bytes), r.total)
	}
}

// asked tells whether a file is of an account whose records are judged, as far as its path tells.
func (r *reading) asked(l label) bool {
	return l.account == "" || r.account == nil || r.account(l.account)
}

// judged tells whether a record's account and category are to be judged.
func (r *reading) judged(rec *cloudtrail.Record) bool {
	return (r.account == nil || r.account(rec.Account())) && !r.other(rec)
}

// other tells whether a record is of a category that is not to be judged.
func (r *reading) other(rec *cloudtrail.Record) bool {
	return r.category != nil && len(rec.EventCategory) > 0 && !r.category(string(rec.EventCategory))
}
