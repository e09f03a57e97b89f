package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// budgetFile remembers, beside the state, what was scanned today.
const budgetFile = "scanned.json"

// A budget bounds what this collector's queries scan in a day (UTC).
type budget struct {
	path string
	most int64 // bytes
	now  func() time.Time

	mu       sync.Mutex
	reserved int64 // for queries under way
	largest  int64 // that one query of this run scanned
	scanned
}

type scanned struct {
	Day   string `json:"day"`
	Bytes int64  `json:"bytes"`
}

// newBudget goes on with what earlier runs of the day scanned. A file that can't be read as one counts for nothing: it is no knowledge.
func newBudget(folder string, gigabytes int, now func() time.Time) (*budget, error) {
	b := &budget{path: filepath.Join(folder, budgetFile), most: int64(gigabytes) * 1e9, now: now}
	text, err := os.ReadFile(b.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what was scanned today: %w", err)
	}
	if json.Unmarshal(text, &b.scanned) != nil {
		b.scanned = scanned{}
	}
	return b, nil
}

// may reserves what a query will scan, until it is over, or refuses one that would go beyond the budget. bytes is what it will scan, 0 where nobody knows: then
// as much is reserved as the largest of this run has scanned.
func (b *budget) may(_ context.Context, bytes int64) (over func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn()
	if bytes == 0 {
		bytes = b.largest
	}
	used := b.Bytes + b.reserved
	if used == 0 && bytes <= b.most || used < b.most && used+bytes <= b.most {
		b.reserved += bytes
		return func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.reserved -= bytes
		}, nil
	}
	underWay, next := "", "the first run of the next day goes on; or raise daily_scan_gigabytes"
	if b.reserved > 0 {
		underWay = fmt.Sprintf(", those under way may scan %s", size(b.reserved))
	}
	if b.Bytes+bytes <= b.most && b.Bytes < b.most {
		next = "the next run goes on, with what those under way leave of it; or raise daily_scan_gigabytes"
	}
	return nil, &discern.Halt{Status: discern.StatusSkipped, Code: discern.CodeBudget,
		Err:  fmt.Errorf("queries of this day (UTC) scanned %s%s, and %d GB is what daily_scan_gigabytes allows", size(b.Bytes), underWay, b.most/1e9),
		Next: next}
}

// spent notes what a query scanned. Where it can't be written down the run itself still knows it.
func (b *budget) spent(bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn()
	b.Bytes += bytes
	b.largest = max(b.largest, bytes)
	if text, err := json.Marshal(b.scanned); err == nil {
		_ = os.WriteFile(b.path, text, 0o600)
	}
}

// turn begins a new day.
func (b *budget) turn() {
	if today := b.now().UTC().Format(time.DateOnly); b.Day != today {
		b.scanned = scanned{Day: today}
	}
}
