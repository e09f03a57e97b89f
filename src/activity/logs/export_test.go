package logs

import "time"

// SetStall sets after how long without a byte a connection counts as cut.
func (b *Bucket) SetStall(d time.Duration) { b.objects.stall = d }

// SetVisibility sets for how long messages are held at once.
func (q *Queue) SetVisibility(d time.Duration) { q.holding.timeout = d }

// NoticePaths gives the paths that a message names.
func NoticePaths(text string) ([]string, error) {
	var paths []string
	notices, err := noticesIn(text)
	for _, n := range notices {
		paths = append(paths, pathOf(n.bucket, n.key))
	}
	return paths, err
}
