package discern

import (
	"slices"
	"sync"
	"time"
)

// The books of a run: what was looked at and found, by account and as a whole. The parts of a run write in them side by side.
type books struct {
	mu       sync.Mutex
	opened   time.Time
	whole    Coverage
	accounts map[string]*account
	kept     int // files and folders that the system did not let be read
}

// An account's page holds as numbers what its coverage will say as text.
type account struct {
	Coverage
	start, end, watched int64
	stands              Known // its watermark
	newest, known       int64 // deliveries: looked at, and known of
	mustered            bool  // it was its turn
	err                 error // what ended the look at it
	kept                int
}

func (b *books) open(st *Study) {
	b.opened = st.Now()
	b.whole = Coverage{RunID: st.RunID, Input: st.Input, AccountID: EveryAccount, Engine: st.Engine}
	b.accounts = map[string]*account{}
}

// page is an account's; the caller holds the lock.
func (b *books) page(id string) *account {
	a := b.accounts[id]
	if a == nil {
		a = &account{Coverage: Coverage{RunID: b.whole.RunID, Input: b.whole.Input, AccountID: id, Engine: b.whole.Engine}}
		b.accounts[id] = a
	}
	return a
}

// judged adds how a judge judged.
func (b *books) judged(j *judge) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, t := range j.counts {
		a := b.page(id)
		a.Sightings += t.sightings
		a.Known += t.known
		a.Learnt += t.learnt
		a.LiteralMatches += t.literal
		a.watched = j.memory.of(Account, id).get("").FirstSeen
	}
}

// told counts an event that was claimed.
func (b *books) told(e *Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.page(e.AccountID)
	a.Anomalies++
	if e.Suppressed {
		a.Suppressed++
	}
}

// stands notes an account's watermark.
func (b *books) stands(id string, watermark Known) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.page(id).stands = watermark
}

// startedAnew notes that nothing was known before.
func (b *books) startedAnew() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.whole.BaselineStarted = true
}

// warn says something in an account's coverage, once.
func (b *books) warn(id, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a := b.page(id); !slices.Contains(a.Warnings, what) {
		a.Warnings = append(a.Warnings, what)
	}
}

// met notes where an account's watermark stands as the run begins, and since when it is watched.
func (b *books) met(id string, watermark Known, watched int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.page(id)
	a.stands, a.watched = watermark, watched
}

// ended notes how the look at an account of the muster ended.
func (b *books) ended(id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.page(id)
	a.mustered, a.err = true, err
}

// looked adds what a piece of an account's log, or of many accounts', looked at.
func (b *books) looked(own string, p *Piece) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.whole.look(&p.Whole)
	for id, look := range p.Looks {
		a := b.page(id)
		a.look(look)
		a.start, a.end = earlier(a.start, p.Start), max(a.end, p.End)
		a.newest = max(a.newest, look.NewestDelivery)
		if known, ok := p.Newest[id]; ok {
			a.known = known
		}
	}
	b.whole.Skipped = added(b.whole.Skipped, p.Skipped)
	said := &b.whole.Warnings
	if own != "" {
		said = &b.page(own).Warnings
	}
	for _, bad := range p.Bad {
		*said = append(*said, bad.Path+": "+bad.Fault)
		if bad.Kept {
			b.kept += 1 + bad.More
			if own != "" {
				b.page(own).kept += 1 + bad.More
			}
		}
	}
}
