package discern

import "context"

// Activity is where sightings come from: log files, or a query over them.
type Activity interface {
	// Next gives the next piece of what was not looked at yet, oldest delivery first, and io.EOF itself when there is no more. What
	// could not be read of single files stands in the piece; an error is one that stops the reading of everything.
	Next(ctx context.Context) (*Piece, error)

	// Evidence reads, for sightings of the piece that Next gave last, the records behind them. The answer has one entry for each
	// sighting. A file that is gone leaves its records out and is no error; one that is withheld for now is one, so that nothing is told by halves.
	Evidence(ctx context.Context, sightings []Sighting) ([]Evidence, error)
}

// Muster hands out the accounts of a run.
type Muster interface {
	// Each calls look once for every account, some side by side, and returns when all calls have. Accounts that it did not hand out before
	// the context ended it gives back; an error is one for which none was handed out.
	Each(ctx context.Context, look func(ctx context.Context, account string)) (left []string, err error)
}

// A Member is what is known of an account besides its log.
type Member struct {
	Name  string
	Owner string
	Unit  string // the business unit
	Aside string // why it is not looked at: suspended, excluded; "" where it is
}

// Roles says of a role what CloudTrail does not. It answers from memory where it can: a role is asked for once an anomaly.
type Roles interface {
	// Role tells of the role that acted in an account's log with this principal id and ARN; newActions is how many new actions of it this piece
	// has. One that can't be asked for, or whose name another role has by now, is an error, which stands in coverage once and keeps nothing back.
	Role(ctx context.Context, account, id, arn string, newActions int) (Role, error)
}

// A Role is what IAM says of one.
type Role struct {
	Created         int64    // Unix seconds; 0 where it is not known
	AssociationType string   // who may assume it: the kinds of its trust policy's principals
	AssociatedWith  []string // these principals
	LegacySeverity  string   // what jellyparks' tool would have called it
}

// Instances says what EC2 knows of instances whose credentials are used.
type Instances interface {
	// Verdict says whether an instance made a call from an address: VerdictLiteral where it can have, VerdictForeignAddress and the like where it
	// can't, and "" where EC2 has no say. It is asked only of addresses not seen of the instance before. An error stands in coverage once.
	Verdict(ctx context.Context, call InstanceCall) (verdict string, err error)
}

// An InstanceCall is a call made with the credentials of an instance.
type InstanceCall struct {
	Account, Instance, Address string
	Time                       int64 // Unix seconds
}

// Evidence is what the records of one sighting say.
type Evidence struct {
	Count   int      // records, each eventID counted once
	Records []Record // the five earliest by time, then eventID
}

// Baseline remembers. It is safe for several collectors at once: whatever they do, an item changes only from the state that the
// writer had read.
type Baseline interface {
	// Recall gives what is known of each holder: all its actions, or only those asked for (the own item is action ""). Holders
	// and actions that are not known are absent from the answer. It includes items that have expired: judging is not its work.
	Recall(ctx context.Context, questions []Question) (map[Holder]Memory, error)

	// Write carries out deeds in order, each whole or not at all, and says which were done. A deed is not done when an item was
	// no longer as its Was says. What is reported done is durable on return. After an error some deeds may have been done: the
	// caller recalls and judges again, and a deed done before is then no longer called for.
	Write(ctx context.Context, deeds []Deed) (done []bool, err error)
}

// Question asks Recall for a holder's memory; nil Actions means all of it.
type Question struct {
	Holder  Holder
	Actions []string
}

// Change moves one item from Was to Now; the zero Was means that it must be absent.
type Change struct {
	Holder   Holder
	Action   string
	Was, Now Known
}

// Deed is one transaction: changes of items and, for a claim, the event that is told because of them.
type Deed struct {
	Changes []Change
	Pending *Pending
}

// Pending is an anomaly that was claimed and is not yet with every sink.
type Pending struct {
	ID      string   `json:"id"` // anomaly_id
	Event   []byte   `json:"-"`  // the finished event, one line of JSON, never changed again
	Owner   string   `json:"owner"`
	Lease   int64    `json:"lease"`   // until then only the owner sends it
	Claimed int64    `json:"claimed"` // when it was claimed
	Sinks   []string `json:"sinks"`   // the sinks that do not have it yet
}

// Outbox holds what is pending. Deed.Pending puts it there.
type Outbox interface {
	// Take gives, oldest claim first, what is the owner's, and what is another's whose lease ran out before now; the latter becomes the
	// owner's, with a lease of its own, before it is given.
	Take(ctx context.Context, owner string, now, lease int64) ([]Pending, error)

	// Confirm notes durably that a sink has these anomalies; one that every sink has is deleted.
	Confirm(ctx context.Context, sink string, ids []string) error
}

// Ledger knows which log files were looked at.
type Ledger interface {
	// Unread gives those of the files that were not looked at as they are now (path, size and time), in the order given.
	Unread(ctx context.Context, files []File) ([]File, error)
	// Looked notes durably that these files were looked at. It is called only after all they held was judged and claimed.
	Looked(ctx context.Context, files []File) error
}

// File names a log file and the state it was found in.
type File struct {
	Path     string // below the place of the logs, with forward slashes
	Size     int64  // bytes, as stored
	Modified int64  // Unix nanoseconds
}

// Journal knows whether the last run came to its end.
type Journal interface {
	// Begin notes that a run began and gives the id of an earlier one that never ended, or "". It gives it with an error too, where it had read
	// it: that this run began may have been noted all the same, and then nobody else gives it.
	Begin(ctx context.Context, runID string) (unfinished string, err error)
	// End notes that the run ended.
	End(ctx context.Context, runID string) error
}

// Sink is where events go.
type Sink interface {
	// Name is short, fixed, and stored with what is pending.
	Name() string
	// Send delivers events, one line of JSON each, and returns when they are safe there. It may be called again with the same
	// events after an error or a crash. After an error none of them counts as delivered, but for those that an Untaken leaves out.
	Send(ctx context.Context, events []Pending) error
}

// A Gatherer is a sink that tells of several events at once. It is given all that a run found in an account together, at the end of that look,
// or after five minutes of it.
type Gatherer interface {
	Sink
	Gathers()
}

// Untaken is the error of a sink that took some events and not others.
type Untaken struct {
	IDs []string // of those that were not taken
	Err error    // why
}

// Error says why they were not taken.
func (u *Untaken) Error() string { return u.Err.Error() }

// Unwrap gives the reason.
func (u *Untaken) Unwrap() error { return u.Err }

// Risk says how bad an anomaly is.
type Risk interface {
	// Risky tells whether an action is told even while its account is learning.
	Risky(action string) bool
	// Weigh fills in severity, severity_reason, mitre_tactic and mitre_technique of an event that is finished but for these.
	// actions are those the event sums up: one, or for a new principal all of its first step.
	Weigh(e *Event, actions []string)
}
