package logs

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"cloudtrail_anomaly/src/discern"
)

// ErrNoFolder is wrapped by the error that says that a bucket holds nothing at all for an account: it never delivered, or the place is wrong.
var ErrNoFolder = errors.New("no log files of this account")

// A catch is what was listed.
type catch struct {
	files   []logfile
	skipped map[string]int
	found   int // log files, also those delivered before the window
}

// window lists what was delivered at a time or later; 0 is all. A sparse trail is listed flat, by one call; any other by one call for the
// regions, and one for each of these and each thousand files of it: keys sort by day and minute, so each region is begun where the window
// begins.
func (b *Bucket) window(ctx context.Context, start int64) (*catch, error) {
	l, err := b.lister(ctx)
	if err != nil {
		return nil, err
	}
	folder := b.Trail.folder(b.AccountID)
	if b.After == 0 {
		objects, more, err := l.page(ctx, folder, "")
		if err != nil {
			return nil, err
		}
		if len(objects) == 0 {
			return nil, b.nothing(ctx, l)
		}
		if !more {
			return b.pick(objects, start), nil
		}
	}
	regions, beside, err := l.folders(ctx, folder)
	if err != nil {
		return nil, err
	}
	if len(regions)+len(beside) == 0 {
		return nil, b.nothing(ctx, l)
	}
	all := b.pick(beside, start)
	return all, b.sideBySide(ctx, l, regions, start, all)
}

func (b *Bucket) lister(ctx context.Context) (lister, error) {
	client, err := b.objects.client(ctx, b.Trail.Bucket)
	return lister{client, b.Trail.Bucket}, err
}

// sideBySide lists the regions.
func (b *Bucket) sideBySide(ctx context.Context, l lister, regions []string, start int64, into *catch) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	var all sync.WaitGroup
	turns := make(chan struct{}, b.workers)
	for _, region := range regions {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			after := ""
			if start != 0 {
				after = b.Trail.after(b.AccountID, region, start)
			}
			caught := &catch{skipped: map[string]int{}}
			if err := l.each(ctx, b.Trail.folder(b.AccountID)+region+"/", after, func(o *types.Object) { b.pickOne(o, start, caught) }); err != nil {
				stop(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			into.files = append(into.files, caught.files...)
			add(into.skipped, caught.skipped)
			into.found += caught.found
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func (b *Bucket) pick(objects []types.Object, start int64) *catch {
	c := &catch{skipped: map[string]int{}}
	for i := range objects {
		b.pickOne(&objects[i], start, c)
	}
	return c
}

// pickOne takes a log file delivered at a time or later into a catch.
func (b *Bucket) pickOne(o *types.Object, start int64, into *catch) {
	key := aws.ToString(o.Key)
	if strings.HasSuffix(key, "/") {
		return // a folder, as consoles make them
	}
	below := strings.TrimPrefix(key, b.Trail.above())
	if kind := sidecar(below); kind != "" {
		into.skipped[kind]++
		return
	}
	if !logFile(path.Base(key)) {
		into.skipped["not .json or .json.gz"]++
		return
	}
	into.found++
	changed := aws.ToTime(o.LastModified)
	f := logfile{File: discern.File{Path: pathOf(b.Trail.Bucket, key), Size: aws.ToInt64(o.Size), Modified: changed.UnixNano()}, label: labelOf(below)}
	if f.delivered == 0 {
		f.delivered = changed.Unix()
	}
	if f.delivered >= start {
		into.files = append(into.files, f)
	}
}

// nothing is the error of a bucket that holds nothing for the account, and says what there is instead: a wrong prefix is not to be taken for
// silence.
func (b *Bucket) nothing(ctx context.Context, l lister) error {
	t, folder := b.Trail, b.Trail.folder(b.AccountID)
	for _, above := range slices.Compact([]string{t.accounts() + b.AccountID + "/", t.accounts(), t.above(), strings.TrimSuffix(t.above(), awsLogs), ""}) {
		folders, objects, err := l.few(ctx, above, 10)
		if err != nil {
			return err
		}
		if len(folders)+objects == 0 {
			continue
		}
		return fmt.Errorf("%s holds nothing; in %s there are the folders %s and %d other objects: give the prefix above AWSLogs/ and the organization's id, or leave both to be found: %w",
			pathOf(t.Bucket, folder), pathOf(t.Bucket, above), strings.Join(folders, " "), objects, ErrNoFolder)
	}
	return fmt.Errorf("%s holds nothing, and so does the whole bucket: %w", pathOf(t.Bucket, folder), ErrNoFolder)
}
