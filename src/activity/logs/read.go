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
	"sync"
	"sync/atomic"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// read reads a chunk's files on all cores and adds what they hold to the piece. The largest go first, so that no core is left with
// one at the end; what comes out does not depend on the order.
func (f *Folder) read(ctx context.Context, chunk []int, into *cloudtrail.Gather, p *discern.Piece) error {
	p.Start = cmp.Or(p.Start, f.files[chunk[0]].delivered)
	p.End = max(p.End, f.files[chunk[len(chunk)-1]].delivered)
	workers := make([]*worker, min(f.Workers, len(chunk)))
	gathers := make([]*cloudtrail.Gather, len(workers))
	for i := range workers {
		gathers[i] = into
		if i > 0 {
			gathers[i] = cloudtrail.NewGather()
		}
		workers[i] = &worker{folder: f, reader: cloudtrail.NewReader(), gather: gathers[i], looks: map[string]*discern.Look{}, skipped: map[string]int{}}
	}
	if err := f.share(ctx, chunk, func(w, file int) { workers[w].file(ctx, uint32(file)) }); err != nil {
		return err
	}
	for i, w := range workers {
		if i > 0 {
			into.Merge(w.gather)
		}
		w.pour(p)
		f.again = append(f.again, w.again...)
	}
	if slices.ContainsFunc(p.Bad, func(b discern.BadFile) bool { return b.Kept }) {
		if _, err := os.Stat(f.Root); err != nil {
			return fmt.Errorf("the place of the logs went away while they were read: %w", err)
		}
	}
	slices.SortFunc(p.Bad, func(a, b discern.BadFile) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// share hands files to as many workers as there may be, and waits for them.
func (f *Folder) share(ctx context.Context, files []int, do func(worker, file int)) error {
	bySize := slices.Clone(files)
	slices.SortFunc(bySize, func(a, b int) int {
		return cmp.Or(cmp.Compare(f.files[b].Size, f.files[a].Size), cmp.Compare(a, b))
	})
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range min(f.Workers, len(bySize)) {
		all.Go(func() {
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(bySize)) {
					return
				}
				do(w, bySize[i])
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

// A worker reads files one after the other into its own gather.
type worker struct {
	folder  *Folder
	reader  *cloudtrail.Reader
	gather  *cloudtrail.Gather
	looks   map[string]*discern.Look
	whole   discern.Look
	skipped map[string]int
	files   []discern.File
	bad     []discern.BadFile
	again   []int
	left    bool // the file holds records that were left for a later run: after Options.To, or of accounts not asked for
	last    *discern.Look
	lastID  string
}

// file reads one file. What could be read of a bad one counts.
func (w *worker) file(ctx context.Context, number uint32) {
	f := &w.folder.files[number]
	w.left = false
	touched := map[*discern.Look]bool{}
	var last *discern.Look
	tally, err := w.scan(ctx, f, func(r *cloudtrail.Record) error {
		if look := w.record(r, number); look != nil && look != last {
			touched[look], last = true, look
		}
		return nil
	})
	if ctx.Err() != nil {
		return
	}
	w.folder.progress(f.Size)
	if f.account != "" {
		touched[w.look(f.account)] = true
	}
	seen := discern.Look{Files: 1, Bytes: f.Size, BadRecords: tally.BadRecords, NewestDelivery: f.delivered}
	if f.region != "" {
		seen.FilesByRegion = map[string]int{f.region: 1}
	}
	if w.folder.Since != 0 {
		seen.NewestDelivery = min(f.delivered, w.folder.Now().Unix()) // a wrong date must not put an end to learning
	}
	if w.left || err != nil && !w.givenUp(f, err) {
		seen.NewestDelivery = 0 // it will be read again: the watermark stays before it
	}
	if err != nil {
		seen.BadFiles = 1
	}
	for look := range touched {
		look.Add(&seen)
	}
	w.whole.Add(&seen)
	add(w.skipped, tally.Skipped)
	w.put(number, tally, err)
}

// kept tells whether it is the system that does not let a file be read.
func kept(err error) bool {
	var system *fs.PathError
	return errors.As(err, &system)
}

// givenUp tells whether a file that can't be read to its end is not tried again: what it holds is no good and has not changed for a day. One
// that the system does not let us read is tried for ever, since what keeps it from us may end without a trace on the file.
func (w *worker) givenUp(f *logfile, err error) bool {
	return !kept(err) && w.folder.Now().UnixNano()-f.Modified > int64(settled)
}

// put notes the file as looked at when it was read to its end or is given up, and what is wrong with it.
func (w *worker) put(number uint32, tally cloudtrail.Tally, err error) {
	f := &w.folder.files[number]
	given := w.givenUp(f, err)
	if fault := faultOf(tally, err); fault != "" {
		w.bad = append(w.bad, discern.BadFile{Path: f.Path, Fault: fault, Given: given, Kept: kept(err)})
		if err != nil && !given {
			w.again = append(w.again, int(number))
			return
		}
	}
	if !w.left {
		w.files = append(w.files, f.File)
	}
}

// faultOf says in words what could not be read of a file.
func faultOf(tally cloudtrail.Tally, err error) string {
	switch {
	case err != nil && tally.Records > 0:
		return fmt.Sprintf("%s; %d records before that were read", plain(err), tally.Records)
	case err != nil:
		return plain(err)
	case tally.BadRecords > 0:
		return fmt.Sprintf("%d bad records, the first %s; the others were read", tally.BadRecords, tally.Bad[0])
	case tally.Records == 0 && tally.Skipped[cloudtrail.SkippedInsight] > 0:
		return "it holds nothing but Insights records, which are not judged"
	default:
		return ""
	}
}

func (w *worker) scan(ctx context.Context, f *logfile, each func(*cloudtrail.Record) error) (cloudtrail.Tally, error) {
	file, err := os.Open(filepath.Join(w.folder.Root, filepath.FromSlash(f.Path)))
	if w.folder.single(f.Path) {
		file, err = os.Open(w.folder.Root)
	}
	if err != nil {
		return cloudtrail.Tally{}, err
	}
	tally, err := w.reader.Read(ctx, file, each)
	return tally, errors.Join(err, file.Close())
}

// record takes in one record and gives the look it belongs to, or nil when it is not to be judged.
func (w *worker) record(r *cloudtrail.Record, number uint32) *discern.Look {
	t, _ := r.Time() // the reader gives no record without a time
	f := w.folder
	if f.To != 0 && t > f.To {
		w.left = true
		return nil
	}
	id := r.Account()
	if f.Account != nil && !f.Account(id) {
		w.left = true
		return nil
	}
	look := w.look(id)
	if f.other(r) {
		look.OtherCategories++
		w.whole.OtherCategories++
		return look
	}
	switch {
	case string(r.EventCategory) == "Data":
		look.Records.Data++
	case r.ReadOnly == cloudtrail.Yes:
		look.Records.Read++
	default:
		look.Records.Write++
	}
	if look.Earliest == 0 || t < look.Earliest {
		look.Earliest = t
	}
	look.Latest = max(look.Latest, t)
	_ = w.gather.Add(r, number) // its error is that of Time
	if f.Match != nil {
		f.Match(r, func(rule, instance, address string) { _ = w.gather.AddMatch(r, number, rule, instance, address) })
	}
	return look
}

func (w *worker) look(account string) *discern.Look {
	if w.last != nil && w.lastID == account {
		return w.last
	}
	look := w.looks[account]
	if look == nil {
		look = &discern.Look{}
		w.looks[account] = look
	}
	w.last, w.lastID = look, account
	return look
}

// pour adds what a worker saw to the piece.
func (w *worker) pour(p *discern.Piece) {
	p.Whole.Add(&w.whole)
	for id, look := range w.looks {
		p.Whole.Records.Add(look.Records)
		if have := p.Looks[id]; have != nil {
			have.Add(look)
		} else {
			p.Looks[id] = look
		}
	}
	p.Files = append(p.Files, w.files...)
	p.Bad = append(p.Bad, w.bad...)
	add(p.Skipped, w.skipped)
}
