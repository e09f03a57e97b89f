package logs

import (
	"time"

	"cloudtrail_anomaly/src/discern"
)

// settled is how long a file that is no good must not have changed before it is given up.
const settled = 24 * time.Hour

// patience is for how long, in seconds, a file that may not be read is tried again: from its delivery, or from when the input began.
const patience = 7 * discern.Day

// givenUp tells whether a file that can't be read to its end is not tried again: no later run lists it; or what it holds is no good and has not
// changed for a day; or it has not been allowed to be read for a week. Whatever else keeps it from us passes, and
// leaves no trace on it.
func (t *terms) givenUp(b blame, f *logfile) bool {
	switch now := t.now(); {
	case b.kept && f.delivered < t.unlisted:
		return true
	case b.refused:
		return !t.patient && now.Unix()-max(f.delivered, t.since) > patience
	case b.kept:
		return false
	default:
		return now.UnixNano()-f.Modified > int64(settled)
	}
}
