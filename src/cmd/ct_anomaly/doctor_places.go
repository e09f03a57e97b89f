package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cloudtrail_anomaly/src/activity/logs"
)

// examineFolder looks what a folder of logs holds, and how new it is.
func (d *door) examineFolder(ctx context.Context, c *chart, at string) {
	s, err := logs.SurveyFolder(ctx, at)
	if err == nil && s.Files == 0 {
		err = errors.New("logs: there is no log file (.json.gz or .json) in it or below it")
	}
	of := ""
	if s.Accounts > 0 { // a name need not tell whose file it is
		of = fmt.Sprintf(" of %s in %s", count(s.Accounts, "account"), count(s.Regions, "region"))
	}
	said := fmt.Sprintf("%s%s; the newest is of %s, %s ago", count(s.Files, "file"), of,
		time.Unix(s.Newest, 0).UTC().Format(time.RFC3339), age(d.now().Unix()-s.Newest))
	if c.note("folder", at, err, said, "give in logs (--logs) the folder that CloudTrail's files are in or come to, on this host, and let the user that runs this read it") {
		c.tasted(at, s.Tasted, nil, "")
	}
	if len(s.Closed) > 0 {
		c.note("folder", at, fmt.Errorf("%d of the files and folders below it are closed to this user, such as %s, which %s", len(s.Closed), s.Closed[0].Path, s.Closed[0].Fault), "",
			"give the user that runs this the right to read them")
	}
}

// tasted notes what one log file tells. One that is no good is a warning: others may be.
func (c *chart) tasted(on string, t logs.Taste, err error, mend string) {
	if err == nil && t.Fault != "" {
		c.warn("log file", on, t.String(), "see what writes there: CloudTrail's files are .json.gz, each with a list of Records; a run names each file that it can't read, and reads the others")
		return
	}
	c.note("log file", on, err, t.String(), mend)
}

// examineQueue looks how a queue stands. No message is taken from it, since that would hide it from a run.
func (e *estate) examineQueue(ctx context.Context, c *chart, x examination) {
	s, err := logs.ProbeQueue(ctx, e.caller.Base(), e.set.Logs.At)
	mend := "see whether this host reaches SQS, and the queue's URL in logs (--logs)"
	if errors.Is(err, logs.ErrNoQueue) {
		mend = noQueue
	}
	if !c.note("queue", e.set.Logs.At, err, fmt.Sprintf("about %s wait, %d are being read; each names new log files, in the form of S3's notifications or of SNS's, is hidden from others for %s "+
		"while it is read, and is deleted when its files are judged; SQS drops what nobody read for %s", count(s.Waiting, "message"), s.Held, s.Hidden, age(int64(s.Kept.Seconds()))), mend) {
		return
	}
	if x.person { // a program of the queue's own account may send to it without a policy
		c.note("senders", e.set.Logs.At, unheard(&s), senders(&s), "let what tells of the trail's new files sqs:SendMessage in the queue's policy: s3.amazonaws.com for notifications of the bucket, "+
			"sns.amazonaws.com for those of its topic, events.amazonaws.com for EventBridge; and have it notify this queue")
	}
	said := "none: a message whose file can't be read comes again until SQS drops it; a redrive policy would keep it elsewhere"
	if s.DeadLetters != "" {
		said = fmt.Sprintf("after %s a message goes to %s: look there for files that could not be read", count(s.Receipts, "receipt"), s.DeadLetters)
	}
	c.note("dead letters", e.set.Logs.At, nil, said, "")
}

// unheard is the fault of a queue in which nothing waits, and to which nobody may send.
func unheard(s *logs.QueueState) error {
	if len(s.Senders) > 0 || s.Waiting+s.Held > 0 {
		return nil
	}
	return errors.New("logs: the queue is empty, and its policy lets no service send to it")
}

func senders(s *logs.QueueState) string {
	if len(s.Senders) == 0 {
		return "its policy names none, but messages come"
	}
	return "by its policy: " + strings.Join(s.Senders, ", ")
}

// age says a number of seconds in its largest unit.
func age(seconds int64) string {
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{24 * 60 * 60, "day"}, {60 * 60, "hour"}, {60, "minute"}} {
		if seconds >= unit.seconds {
			return count(int(seconds/unit.seconds), unit.name)
		}
	}
	return "less than a minute"
}
