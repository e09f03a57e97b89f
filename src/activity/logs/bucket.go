package logs

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// BucketOptions say which log files of a trail are read, and how. Times are of delivery, Unix seconds.
type BucketOptions struct {
	Config    aws.Config // who reads; its region does not matter where the trail's is known
	Trail     Trail
	AccountID string         // whose folder
	Ledger    discern.Ledger // nil reads everything in the window
	Now       func() time.Time

	After    int64 // up to where the account's log was looked at; 0: it never was
	From     int64 // nothing delivered before is wanted; 0 is all
	Lookback int64 // seconds before After from which files are listed again: they may have come late
	Sweep    int64 // where not 0, files are listed from then on, if that is earlier
	Remember int64 // sweeps and Lookback before Now: what was delivered before is not listed again once the watermark has passed, and stays out of the ledger; 0 leaves nothing out
	Since    int64 // what was delivered before is history, and no piece holds both; 0: nothing is

	Account  func(id string) bool                                                     // whose records are judged; nil is everybody
	Category func(name string) bool                                                   // which event categories are judged; nil is all
	Match    func(r *cloudtrail.Record, matched func(rule, instance, address string)) // the rules; nil has none
	To       int64                                                                    // records after it are left for later; 0 reads all
	Listed   func() error                                                             // is called when all is listed and nothing is read; its error ends the run
	Workers  int                                                                      // files read, and regions listed, at once; 0 is 16
	Chunk    int64                                                                    // stored bytes that are read before anything else is thought of; 0 is 32 MB
	Progress func(done, total int64)                                                  // stored bytes read, of those to read
}

func (o *BucketOptions) terms() terms {
	return terms{now: o.Now, account: o.Account, category: o.Category, match: o.Match, to: o.To, since: o.Since, patient: o.After == 0,
		workers: o.Workers, chunk: o.Chunk, progressed: o.Progress}
}

// A Bucket is an Activity over one account's log files of a trail in S3. It is not safe for concurrent use; it makes many requests at once by
// itself.
type Bucket struct {
	BucketOptions
	reading
	objects *objects
	listed  bool
	until   int64 // the end of the window: when it was listed
	found   Found
	skipped map[string]int
	latest  int64 // delivery
}

var _ discern.Activity = (*Bucket)(nil)

// OpenBucket asks nothing of AWS yet.
func OpenBucket(o BucketOptions) (*Bucket, error) {
	o.Trail = o.Trail.settle()
	if o.Trail.Bucket == "" || o.AccountID == "" {
		return nil, errors.New("logs in S3: no bucket or no account is given")
	}
	if o.Workers == 0 {
		o.Workers = manyAtOnce
	}
	if o.Chunk == 0 {
		o.Chunk = chunkBytes
	}
	return newBucket(o), nil
}

func newBucket(o BucketOptions) *Bucket {
	b := &Bucket{BucketOptions: o, objects: newObjects(o.Config)}
	b.objects.in(o.Trail.Bucket, o.Trail.Region)
	b.reading = reading{terms: o.terms(), place: b.objects}
	if o.After != 0 && o.Remember != 0 {
		b.unlisted = min(o.After-o.Lookback, o.Remember+o.Lookback+discern.Day) // the next sweep begins there
	}
	return b
}

// Onward opens another look at the same log, from up to where was looked at meanwhile.
func (b *Bucket) Onward(after int64) discern.Activity {
	o := b.BucketOptions
	o.After = max(o.After, after)
	from := newBucket(o)
	from.patient = b.patient
	return from
}

// Next implements discern.Activity. There is a piece also where no file came: it says that it was looked. The error is one by which listing,
// or each read, is refused, or wraps ErrNoFolder.
func (b *Bucket) Next(ctx context.Context) (*discern.Piece, error) {
	first := !b.listed
	if first {
		if err := b.list(ctx); err != nil {
			return nil, err
		}
		b.listed = true
	}
	b.given = nil
	if len(b.queue) == 0 && !first {
		return nil, io.EOF
	}
	p := newPiece()
	if first {
		add(p.Skipped, b.skipped)
	}
	if err := b.fill(ctx, p); err != nil {
		return nil, err
	}
	p.Reached = b.reached()
	p.Files = slices.DeleteFunc(p.Files, func(f discern.File) bool { return !b.lasting(f, p.Reached) })
	p.Bad = abridged(p.Bad)
	return p, nil
}

// list finds the files that were not looked at, and queues them in order of delivery.
func (b *Bucket) list(ctx context.Context) error {
	b.until = b.now().Unix()
	caught, err := b.window(ctx, b.start())
	if err != nil {
		return err
	}
	b.files, b.skipped, b.found.Files = caught.files, caught.skipped, caught.found
	for i := range b.files {
		b.widen(i)
		if t := b.files[i].delivered; t <= b.until {
			b.latest = max(b.latest, t)
		}
	}
	if b.past.begin != 0 && b.From != 0 {
		b.past.begin = min(b.past.begin, b.From) // the same in each run that reads on
	}
	if b.After != 0 {
		if b.found.Known, err = b.unread(ctx, b.Ledger); err != nil {
			return err
		}
		if b.found.Known > 0 {
			b.objects.had = b.latest
		}
	}
	b.enqueue()
	b.remember()
	b.weigh()
	if b.Listed != nil {
		return b.Listed()
	}
	return nil
}

// start is the delivery time from which files are listed.
func (b *Bucket) start() int64 {
	if b.After == 0 {
		return b.From
	}
	start := b.After - b.Lookback
	if b.Sweep != 0 {
		start = min(start, b.Sweep)
	}
	return max(start, b.From)
}

// reached is up to where all was looked at. What is to be tried again, or is left for later, keeps it back, so that the next run lists it; but
// not what only a sweep lists.
func (b *Bucket) reached() int64 {
	to := b.until
	if n := len(b.given); len(b.queue) > 0 && n > 0 {
		to = min(to, b.files[b.given[n-1]].delivered)
	}
	for _, i := range slices.Concat(b.again, b.left) {
		if t := b.files[i].delivered; t >= b.After-b.Lookback {
			to = min(to, t-1)
		}
	}
	return to
}

// lasting tells whether a later run may list a file again, once this piece is put away: by its overlap, by a sweep, or because the watermark
// is kept back. It is in the ledger for that. Of all others the watermark says that they were looked at.
func (b *Bucket) lasting(f discern.File, reached int64) bool {
	t := labelOf(f.Path).delivered
	return t == 0 || t >= min(max(reached, b.After)-b.Lookback, b.Remember)
}

// Found counts what Next listed; before the first call of Next it is zero.
func (b *Bucket) Found() Found { return b.found }

// Newest is when the newest file of all that are listed was delivered, Unix seconds; 0 where none is. What claims to be of the future does not
// count.
func (b *Bucket) Newest() int64 { return b.latest }
