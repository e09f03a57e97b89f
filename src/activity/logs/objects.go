package logs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	manyAtOnce = 16               // requests to S3 side by side, by default: what takes time is the way there and back
	stall      = 30 * time.Second // without a byte, after which a connection counts as cut
	inARow     = 20               // files that S3 did not give though it did not refuse them: after so many it is S3 or the network that is at fault
)

// objects are log files in S3: a place. A file's path is s3://bucket/key.
type objects struct {
	cfg   aws.Config
	stall time.Duration
	had   int64 // when the newest file was delivered, where others were read by earlier runs; 0: none were

	mu      sync.Mutex
	regions map[string]string     // of buckets, where they are known
	clients map[string]*s3.Client // by bucket
	last    error                 // by which S3 kept a file from us

	given atomic.Int64 // files
	kept  atomic.Int64 // files
	cut   atomic.Int64 // files in a row that S3 neither gave nor refused
}

func newObjects(cfg aws.Config) *objects {
	return &objects{cfg: cfg, stall: stall, regions: map[string]string{}, clients: map[string]*s3.Client{}}
}

// in notes where a bucket is.
func (o *objects) in(bucket, region string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if bucket != "" && region != "" && o.regions[bucket] == "" {
		o.regions[bucket] = region
	}
}

// client is one for a bucket, in its region.
func (o *objects) client(ctx context.Context, bucket string) (*s3.Client, error) {
	o.mu.Lock()
	client, region := o.clients[bucket], o.regions[bucket]
	o.mu.Unlock()
	if client != nil {
		return client, nil
	}
	if region == "" {
		var err error
		if region, err = regionOf(ctx, o.cfg, bucket); err != nil {
			return nil, err
		}
	}
	client = newClient(o.cfg, region)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clients[bucket] = client
	return client, nil
}

func newClient(cfg aws.Config, region string) *s3.Client {
	return s3.NewFromConfig(cfg, func(to *s3.Options) {
		to.Region = cmp.Or(region, to.Region)
		to.DisableLogOutputChecksumValidationSkipped = true
	})
}

// pathOf is the path of an object as ledger and events name it.
func pathOf(bucket, key string) string { return "s3://" + bucket + "/" + key }

// objectAt takes a path apart.
func objectAt(path string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(path, "s3://")
	bucket, key, found := strings.Cut(rest, "/")
	if !ok || !found || bucket == "" || key == "" {
		return "", "", fmt.Errorf("%q is not the path of an object, s3://bucket/key", path)
	}
	return bucket, key, nil
}

// open implements place. What S3 says of the object's size and time is what is read, whatever a listing or a message said.
func (o *objects) open(ctx context.Context, f *logfile) (io.ReadCloser, error) {
	if err := o.broken(); err != nil {
		return nil, err
	}
	bucket, key, err := objectAt(f.Path)
	if err != nil {
		return nil, err
	}
	client, err := o.client(ctx, bucket)
	if err != nil {
		return nil, o.noted(ctx, withheldBy(err))
	}
	b := &object{ctx: ctx, all: o, client: client, bucket: bucket, key: key}
	if err := b.request(); err != nil {
		return nil, o.noted(ctx, err)
	}
	o.given.Add(1)
	o.cut.Store(0)
	f.Size = b.size
	if m := b.modified; !m.IsZero() && m.Unix() != f.Modified/int64(time.Second) {
		f.Modified = m.UnixNano()
	}
	return b, nil
}

// noted counts a file that S3 did not give.
func (o *objects) noted(ctx context.Context, err *withheld) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err.kept {
		o.kept.Add(1)
		o.mu.Lock()
		o.last = err.err
		o.mu.Unlock()
	}
	if err.kept && !err.refused {
		o.cut.Add(1)
	}
	return err
}

// broken is the error that ends the run, where S3 can't be reached any more.
func (o *objects) broken() error {
	if o.cut.Load() < inARow {
		return nil
	}
	err := fmt.Errorf("read log files: %d in a row could not be had: %w", inARow, o.why())
	return &withheld{blame{fault: err.Error(), kept: true}, err}
}

func (o *objects) why() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

// gone implements place. As long as nothing could be read, the newest file serves for a trial: where that can't be either, nothing can. Files that
// are tried again, where newer ones were read before, are no trial.
func (o *objects) gone(ctx context.Context, newest *logfile) error {
	if err := o.broken(); err != nil {
		return err
	}
	if o.given.Load() > 0 || newest.delivered < o.had {
		return nil
	}
	kept, trial := o.kept.Load(), *newest
	file, err := o.open(ctx, &trial)
	if err == nil {
		return file.Close()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if w := (*withheld)(nil); errors.As(err, &w) && !w.kept {
		return nil // S3 answers: it is that file which is no good
	}
	return fmt.Errorf("read log files: none of %d could be opened: %w", kept, o.why())
}

// blame implements place.
func (o *objects) blame(err error) blame {
	var w *withheld
	if errors.As(err, &w) {
		return w.blame
	}
	return blame{fault: err.Error()}
}
