package logs

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// read reads a chunk's files on all cores and adds what they hold to the piece. The largest go first, so that no core is left with
// one at the end; what comes out does not depend on the order.
func (r *reading) read(ctx context.Context, chunk []int, into *cloudtrail.Gather, p *discern.Piece) error {
	p.Start = cmp.Or(p.Start, r.files[chunk[0]].delivered)
	p.End = max(p.End, r.files[chunk[len(chunk)-1]].delivered)
	workers := make([]*worker, min(r.workers, len(chunk)))
	gathers := make([]*cloudtrail.Gather, len(workers))
	for i := range workers {
		gathers[i] = into
		if i > 0 {
			gathers[i] = cloudtrail.NewGather()
		}
		workers[i] = &worker{reading: r, reader: cloudtrail.NewReader(), gather: gathers[i], looks: map[string]*discern.Look{}, skipped: map[string]int{}}
	}
	if err := r.share(ctx, chunk, func(w, file int) { workers[w].file(ctx, uint32(file)) }); err != nil {
		return err
	}
	for i, w := range workers {
		if i > 0 {
			into.Merge(w.gather)
		}
		w.pour(p)
		r.again = append(r.again, w.again...)
		r.left = append(r.left, w.later...)
	}
	if slices.ContainsFunc(p.Bad, func(b discern.BadFile) bool { return b.Kept && !b.Given }) {
		newest := chunk[len(chunk)-1]
		if n := len(r.queue); n > 0 {
			newest = r.queue[n-1]
		}
		if err := r.place.gone(ctx, &r.files[newest]); err != nil {
			return err
		}
	}
	slices.SortFunc(p.Bad, func(a, b discern.BadFile) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// share hands files to as many workers as there may be, and waits for them.
func (r *reading) share(ctx context.Context, files []int, do func(worker, file int)) error {
	bySize := slices.Clone(files)
	slices.SortFunc(bySize, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.files[b].Size, r.files[a].Size), cmp.Compare(a, b))
	})
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range min(r.workers, len(bySize)) {
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
