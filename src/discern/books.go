package discern

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// The books of a run: what was looked at and found, by account and as a whole.
type books struct {
	opened   time.Time
	whole    Coverage
	accounts map[string]*account
	kept     int // files and folders that the system did not let be read
}

// An account's page holds as numbers what its coverage will say as text.
type account struct {
	Coverage
	start, end, newest, watched int64
}

func open(st *Study) books {
	return books{
		opened:   st.Now(),
		whole:    Coverage{RunID: st.RunID, Input: st.Input, AccountID: "*", Engine: st.Engine},
		accounts: map[string]*account{},
	}
}

func (r *run) page(id string) *account {
	a := r.accounts[id]
	if a == nil {
		a = &account{Coverage: Coverage{RunID: r.RunID, Input: r.Input, AccountID: id, Engine: r.Engine}}
		r.accounts[id] = a
	}
	return a
}

// judged adds how a judge judged.
func (r *run) judged(j *judge) {
	for id, t := range j.counts {
		a := r.page(id)
		a.Sightings += t.sightings
		a.Known += t.known
		a.Learnt += t.learnt
		a.LiteralMatches += t.literal
		a.watched = j.memory.of(Account, id).get("").FirstSeen
	}
}

// told counts an event that was claimed.
func (r *run) told(e *Event) {
	a := r.page(e.AccountID)
	a.Anomalies++
	if e.Suppressed {
		a.Suppressed++
	}
}

// looked adds what a piece looked at.
func (r *run) looked(p *Piece) {
	r.whole.look(&p.Whole)
	for id, look := range p.Looks {
		a := r.page(id)
		a.look(look)
		a.start, a.end = earlier(a.start, p.Start), max(a.end, p.End)
		a.newest = max(a.newest, look.NewestDelivery, p.Newest[id])
	}
	r.whole.Skipped = added(r.whole.Skipped, p.Skipped)
	for _, b := range p.Bad {
		r.whole.Warnings = append(r.whole.Warnings, b.Path+": "+b.Fault)
		if b.Kept {
			r.kept++
		}
	}
}

// close writes a coverage for each account and one for the run, and hands them out.
func (r *run) close(runErr error) (Coverage, error) {
	now := r.Now()
	took := now.Sub(r.opened).Milliseconds()
	var all []Coverage
	ended := len(r.accounts) > 0
	for _, id := range slices.Sorted(maps.Keys(r.accounts)) {
		a := r.accounts[id]
		a.DurationMS = took
		a.finish(r.reached[id].LastSeen, int64(r.Terms.LearningDays)*Day)
		r.whole.merge(&a.Coverage)
		ended = ended && a.LearningEnded
		r.whole.LagSeconds = max(r.whole.LagSeconds, a.LagSeconds)
		all = append(all, a.Coverage)
	}
	r.whole.DurationMS, r.whole.LearningEnded = took, ended
	if r.Newest != nil && r.Newest() != 0 {
		r.whole.NewestDelivery = Stamp(r.Newest())
	}
	r.whole.finish(runErr, r.undelivered, r.kept)
	r.whole.Warnings = append(r.whole.Warnings, r.Notes...)
	if r.Study.History != nil {
		r.whole.History = r.Study.History()
	}
	for _, c := range append(all, r.whole) {
		if r.Covered == nil {
			break
		}
		if err := r.Covered(c); err != nil {
			return r.whole, errors.Join(runErr, err)
		}
	}
	return r.whole, runErr
}

// finish says an account's figures as text. It learns until it has been watched for the learning time, by its newest delivery.
func (a *account) finish(watermark, learning int64) {
	a.Status = StatusOK
	if a.watched != 0 {
		until := a.watched + learning
		a.LearningUntil, a.LearningEnded = Stamp(until), watermark >= until
		if !a.LearningEnded {
			a.Status = StatusLearning
		}
	}
	if a.start != 0 {
		a.WindowStart, a.WindowEnd = Stamp(a.start), Stamp(a.end)
	}
	if watermark != 0 {
		a.Watermark = Stamp(watermark)
	}
	if a.newest != 0 {
		a.NewestDelivery, a.LagSeconds = Stamp(a.newest), max(0, a.newest-watermark)
	}
	switch {
	case a.BadFiles > 0 || a.BadRecords > 0:
		a.Status = StatusPartial
		a.fail(CodeBadData, "some of this account's log files or records could not be read", "see the warnings of the run; a file is tried again until it has not changed for a day")
	case a.Files == 0:
		a.Status = StatusNoFiles
	}
}

// nothingNew says that there was nothing to look at, and what was left out.
func nothingNew(skipped map[string]int) string {
	said := "no log file that was not looked at before"
	for _, why := range slices.Sorted(maps.Keys(skipped)) {
		said += fmt.Sprintf("; left out: %d (%s)", skipped[why], why)
	}
	return said
}

const goesOn = "the next run goes on where this one stopped"

// Fail says that a run ended by an error, or never began, and what to do about it.
func (c *Coverage) Fail(err error) {
	var halt *Halt
	switch {
	case errors.As(err, &halt):
		c.Status = halt.Status
		c.fail(halt.Code, halt.Error(), halt.Next)
	case errors.Is(err, context.DeadlineExceeded):
		c.Status = StatusPartial
		c.fail(CodeDeadline, "the time of this run was over before all was looked at", goesOn)
	case errors.Is(err, context.Canceled):
		c.Status = StatusPartial
		c.fail(CodeDeadline, "the run was stopped before all was looked at", goesOn)
	case errors.Is(err, fs.ErrPermission):
		c.Status = StatusFailed
		c.fail(CodeAccessDenied, err.Error(), "give the user that runs this the right to read the logs and to write its state; nothing found was lost")
	default:
		c.Status = StatusFailed
		c.fail(CodeInternal, err.Error(), "nothing found was lost; mend the cause and run again")
	}
}

// finish says how the whole run ended.
func (c *Coverage) finish(runErr, undelivered error, kept int) {
	c.Status = StatusOK
	switch {
	case runErr != nil:
		c.Fail(runErr)
	case undelivered != nil:
		c.Status = StatusFailed
		c.fail(CodeInternal, fmt.Sprintf("%d anomalies are pending: %v", c.Pending, undelivered), "they are sent by the next run")
	case kept > 0:
		c.Status = StatusPartial
		c.fail(CodeAccessDenied, fmt.Sprintf("%d log files or folders can't be opened", kept), "see the warnings; give the user that runs this the right to read them: they are tried again by each run")
	case len(c.Warnings) > 0:
		c.Status = StatusPartial
		c.fail(CodeBadData, "some log files or records could not be read", "see the warnings; a file is tried again until it has not changed for a day")
	case c.Files == 0:
		c.Status = StatusNoFiles
		c.fail(CodeNoFiles, nothingNew(c.Skipped), "if logs should have come, see newest_delivery, and what fills the place of the logs")
	}
}
