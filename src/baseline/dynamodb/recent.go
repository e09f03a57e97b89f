package dynamodb

import (
	"sync"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// settling is how long, in seconds, a read of what was just written may give the state before. DynamoDB says "one second or less"; clocks
// of whole seconds add one, and the rest is caution that costs nothing.
const settling = 5

// recent are the holders that this process just wrote to, or found changed by others. They are read consistently, so that what is looked at again
// is not judged on the same stale state again.
type recent struct {
	mu  sync.Mutex
	now func() time.Time
	at  map[discern.Holder]int64
}

func (r *recent) note(deed *discern.Deed) {
	now := r.now().Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		r.at = map[discern.Holder]int64{}
	}
	for i := range deed.Changes {
		r.at[deed.Changes[i].Holder] = now
	}
}

// holders gives those that are to be read consistently, and forgets the others.
func (r *recent) holders() map[discern.Holder]bool {
	now := r.now().Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh := make(map[discern.Holder]bool, len(r.at))
	for h, at := range r.at {
		if now-at > settling {
			delete(r.at, h)
		} else {
			fresh[h] = true
		}
	}
	return fresh
}
