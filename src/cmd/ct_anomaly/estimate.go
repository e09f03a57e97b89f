package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/activity/logs"
)

// estimated bounds how many accounts' folders are listed to estimate what all of them hold.
const estimated = 25

// estimate measures what some of those that are behind have to catch up with, for all of them.
func (e *estate) estimate(ctx context.Context, behind []string) {
	p, step := e.past, max(1, (len(behind)+estimated-1)/estimated)
	looked, oldest := 0, p.until
	var regions []string
	var failed []error
	for i := 0; i < len(behind); i += step {
		days, in, err := e.held(ctx, behind[i])
		if err != nil {
			failed = append(failed, fmt.Errorf("account %s: %w", behind[i], err))
			continue
		}
		looked++
		regions = append(regions, in...)
		for _, d := range days {
			p.files += d.Files
			p.bytes += d.Bytes
			oldest = min(oldest, d.Start)
		}
	}
	if slices.Sort(regions); len(regions) > 0 {
		e.notes = append(e.notes, "found: log files of the regions "+strings.Join(slices.Compact(regions), " "))
	}
	for id, began := range p.began {
		p.began[id] = max(began, oldest) // where all is wanted, it begins with the first file
	}
	if len(failed) > 0 {
		e.warnings = append(e.warnings, fmt.Sprintf("what is to be read is estimated without %d of the %s asked for it; the first: %v", len(failed), count(looked+len(failed), "account"), failed[0]))
	}
	if p.unknown = looked == 0; !p.unknown {
		p.files, p.bytes = p.files*len(behind)/looked, p.bytes*int64(len(behind))/int64(looked)
	}
}

// held is what the trail's bucket holds of an account that is behind. One without a folder there has nothing; that is said when it is its turn.
func (e *estate) held(ctx context.Context, account string) (days []logs.Day, regions []string, err error) {
	cfg, err := e.bucketReader(ctx, account)
	if err != nil {
		return nil, nil, err
	}
	days, err = logs.Days(ctx, cfg, e.trail, account, e.past.began[account], e.past.until)
	if errors.Is(err, logs.ErrNoFolder) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	regions, err = logs.Regions(ctx, cfg, e.trail, account)
	return days, regions, err
}
