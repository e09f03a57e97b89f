package logs

import (
	"context"
	"time"
)

// readShare is the part of the time left that one piece may take to be read: judging it, and going back for the evidence, may take as long
// again, and a piece that is not put away in time is read once more by the next run.
const readShare = 4

// A spell is the time that a piece has to be read in. The zero spell has no end.
type spell struct {
	now func() time.Time
	end time.Time
}

func (r *reading) spell(ctx context.Context) spell {
	deadline, ok := ctx.Deadline()
	if !ok {
		return spell{}
	}
	now := r.now()
	return spell{r.now, now.Add(deadline.Sub(now) / readShare)}
}

func (s spell) ends() bool { return !s.end.IsZero() }

func (s spell) over() bool { return s.ends() && s.now().After(s.end) }
