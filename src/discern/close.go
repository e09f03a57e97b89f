package discern

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// close writes a coverage for each account and one for the run, and hands them out. An error is one of that.
func (r *run) close(runErr error) (Coverage, error) {
	took := r.Now().Sub(r.opened).Milliseconds()
	var all []Coverage
	ended, newest := len(r.accounts) > 0, int64(0)
	for _, id := range slices.Sorted(maps.Keys(r.accounts)) {
		a := r.accounts[id]
		a.DurationMS, a.Pending = took, len(r.waiting[id])
		a.finish(r.Study)
		r.whole.merge(&a.Coverage)
		ended = ended && a.LearningEnded
		newest = max(newest, a.newest)
		r.whole.LagSeconds = max(r.whole.LagSeconds, a.LagSeconds)
		all = append(all, a.Coverage)
	}
	r.whole.DurationMS, r.whole.LearningEnded = took, ended
	if r.Newest != nil && r.Newest() != 0 {
		newest = r.Newest()
	}
	if newest != 0 {
		r.whole.NewestDelivery = Stamp(newest)
	}
	if r.Spent != nil {
		r.whole.spent(r.Spent())
	}
	r.whole.finish(r.explain(runErr), r.undelivered, r.kept, r.failures())
	r.whole.Warnings = append(r.whole.Warnings, r.Notes...)
	if r.Study.History != nil {
		r.whole.History = r.Study.History()
	}
	for _, c := range append(all, r.whole) {
		if r.Covered == nil {
			break
		}
		if err := r.Covered(c); err != nil {
			return r.whole, err
		}
	}
	return r.whole, nil
}

// explain puts an error into words, where there are any.
func (st *Study) explain(err error) error {
	if err == nil || st.Explain == nil {
		return err
	}
	return st.Explain(err)
}

// finish says an account's figures as text. It learns until it has been watched for the learning time, by its newest delivery.
func (a *account) finish(st *Study) {
	learning, watermark := int64(st.Terms.LearningDays)*Day, a.stands.LastSeen
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
	if a.newest = max(a.newest, a.known, a.stands.FirstOK); a.newest != 0 {
		a.NewestDelivery = Stamp(a.newest)
	}
	a.LagSeconds = a.lag(st.Now().Unix())
	switch {
	case a.kept > 0:
		a.Status = StatusPartial
		a.fail(CodeAccessDenied, fmt.Sprintf("%d log files can't be opened", a.kept), "see the warnings of this account: each run tries them again, for a week")
	case a.BadFiles > 0 || a.BadRecords > 0:
		a.Status = StatusPartial
		a.fail(CodeBadData, "some of this account's log files or records could not be read", "see the warnings; a file is tried again until it has not changed for a day")
	case a.Files == 0:
		a.Status = StatusNoFiles
	}
	if st.Member != nil {
		m := st.Member(a.AccountID)
		a.AccountName = m.Name
		if m.Aside != "" && !a.mustered {
			a.Warnings = append(a.Warnings, "this account is not looked at ("+m.Aside+"), and yet the log of another one holds records of it")
		}
	}
	if a.err != nil {
		a.Coverage.Error = ""
		a.Fail(st.explain(a.err))
	}
}

// lag is how long ago the newest file that was looked at was delivered; of an account that never had one, since when that is looked for. So
// it grows where the run is behind and where the log stops.
func (a *account) lag(now int64) int64 {
	from := a.newest
	if from == 0 {
		from = a.stands.FirstSeen
	}
	if at := a.stands.LastSeen; at != 0 {
		from = min(from, at)
	}
	if from == 0 {
		return 0
	}
	return max(0, now-from)
}

// failures names the accounts of the muster whose look ended by an error, and tells whether these are all.
func (b *books) failures() (failed failed) {
	for _, id := range slices.Sorted(maps.Keys(b.accounts)) {
		a := b.accounts[id]
		if a.mustered {
			failed.of++
		}
		if a.err == nil {
			continue
		}
		failed.ids = append(failed.ids, id)
		if failed.first == nil {
			failed.first = &a.Coverage
		}
	}
	return failed
}

type failed struct {
	ids   []string
	of    int
	first *Coverage
}

// say puts the accounts that failed into the run's coverage.
func (f *failed) say(c *Coverage) {
	c.Status = StatusPartial
	if len(f.ids) == f.of && f.first.Status == StatusFailed {
		c.Status = StatusFailed
	}
	const most = 20
	ids := strings.Join(f.ids[:min(len(f.ids), most)], " ")
	if more := len(f.ids) - most; more > 0 {
		ids += fmt.Sprintf(" and %d more", more)
	}
	c.fail(f.first.ErrorCode, fmt.Sprintf("%d of %d accounts were not looked at to the end (%s); the first: %s", len(f.ids), f.of, ids, f.first.Error), f.first.NextStep)
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
func (c *Coverage) finish(runErr, undelivered error, kept int, accounts failed) {
	c.Status = StatusOK
	switch {
	case runErr != nil:
		c.Fail(runErr)
	case len(accounts.ids) > 0:
		accounts.say(c)
		if undelivered != nil {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%d anomalies are pending, and are sent by the next run: %v", c.Pending, undelivered))
		}
	case undelivered != nil:
		c.Status = StatusFailed
		c.fail(CodeInternal, fmt.Sprintf("%d anomalies are pending: %v", c.Pending, undelivered), "they are sent by the next run")
	case kept > 0:
		c.Status = StatusPartial
		c.fail(CodeAccessDenied, fmt.Sprintf("%d log files or folders can't be opened", kept), "see the warnings; give the user that runs this the right to read them: each run tries them again, for a week")
	case len(c.Warnings) > 0 || c.BadFiles > 0 || c.BadRecords > 0:
		c.Status = StatusPartial
		c.fail(CodeBadData, "some log files or records could not be read", "see the warnings; a file is tried again until it has not changed for a day")
	case c.Files == 0:
		c.Status = StatusNoFiles
		c.fail(CodeNoFiles, nothingNew(c.Skipped), "if logs should have come, see newest_delivery, and what fills the place of the logs")
	}
}
