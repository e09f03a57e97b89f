package logs

import (
	"context"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// unread keeps the files that the ledger does not know as they are now, and counts the others.
func (r *reading) unread(ctx context.Context, ledger discern.Ledger) (known int, err error) {
	if ledger == nil || len(r.files) == 0 {
		return 0, nil
	}
	files := make([]discern.File, len(r.files))
	for i := range r.files {
		files[i] = r.files[i].File
	}
	left, err := ledger.Unread(ctx, files)
	if err != nil {
		return 0, fmt.Errorf("ask which files were looked at: %w", err)
	}
	known = len(files) - len(left)
	r.files = slices.DeleteFunc(r.files, func(f logfile) bool {
		if len(left) > 0 && left[0] == f.File { // they come in the order given
			left = left[1:]
			return false
		}
		return true
	})
	return known, nil
}
