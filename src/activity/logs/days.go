package logs

import (
	"cmp"
	"context"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// A Day is what was delivered on one day.
type Day struct {
	Start int64 // midnight UTC, Unix seconds
	Files int
	Bytes int64 // as stored
}

// Regions are those of which the account has log files, opt-in ones included, sorted.
func (b *Bucket) Regions(ctx context.Context) ([]string, error) {
	l, err := b.lister(ctx)
	if err != nil {
		return nil, err
	}
	regions, _, err := l.folders(ctx, b.Trail.folder(b.AccountID))
	slices.Sort(regions)
	return regions, err
}

// Days are those on which log files of the account were delivered, sorted, from one delivery time to before another, Unix seconds; 0 is the first
// and no end. An account of which there is nothing at all is an error that wraps ErrNoFolder.
func (b *Bucket) Days(ctx context.Context, from, to int64) ([]Day, error) {
	caught, err := b.window(ctx, from)
	if err != nil {
		return nil, err
	}
	days := map[int64]*Day{}
	for i := range caught.files {
		f := &caught.files[i]
		if to != 0 && f.delivered >= to {
			continue
		}
		start := f.delivered - f.delivered%discern.Day
		if days[start] == nil {
			days[start] = &Day{Start: start}
		}
		days[start].Files++
		days[start].Bytes += f.Size
	}
	sorted := make([]Day, 0, len(days))
	for _, d := range days {
		sorted = append(sorted, *d)
	}
	slices.SortFunc(sorted, func(a, b Day) int { return cmp.Compare(a.Start, b.Start) })
	return sorted, nil
}
