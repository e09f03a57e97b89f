package main

import (
	"context"
	"errors"
	"fmt"
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
		of = " of " + count(s.Accounts, "account")
	}
	said := fmt.Sprintf("%s%s; the newest is of %s, %s ago", count(s.Files, "file"), of,
		time.Unix(s.Newest, 0).UTC().Format(time.RFC3339), age(d.now().Unix()-s.Newest))
	c.note("folder", at, err, said, "give in logs (--logs) the folder that CloudTrail's files are in or come to, on this host, and let the user that runs this read it")
	if len(s.Closed) > 0 {
		c.note("folder", at, fmt.Errorf("%d of the files and folders below it are closed to this user, such as %s, which %s", len(s.Closed), s.Closed[0].Path, s.Closed[0].Fault), "",
			"give the user that runs this the right to read them")
	}
}

// examineQueue looks how a queue stands. No message is taken from it, since that would hide it from a run.
func (e *estate) examineQueue(ctx context.Context, c *chart) {
	s, err := logs.ProbeQueue(ctx, e.caller.Base(), e.set.Logs.At)
	mend := "see whether this host reaches SQS, and the queue's URL in logs (--logs)"
	if errors.Is(err, logs.ErrNoQueue) {
		mend = "correct the URL in logs (--logs sqs://sqs.REGION.amazonaws.com/ACCOUNT/NAME): region, account and name; or make the queue, and have the bucket of the trail, " +
			"or its SNS topic, notify it of new objects"
	}
	if !c.note("queue", e.set.Logs.At, err, fmt.Sprintf("about %s wait, %d are being read; each names new log files, in the form of S3's notifications or of SNS's, is hidden from others for %s "+
		"while it is read, and is deleted when its files are judged; SQS drops what nobody read for %s", count(s.Waiting, "message"), s.Held, s.Hidden, age(int64(s.Kept.Seconds()))), mend) {
		return
	}
	said := "none: a message whose file can't be read comes again until SQS drops it; a redrive policy would keep it elsewhere"
	if s.DeadLetters != "" {
		said = fmt.Sprintf("after %s a message goes to %s: look there for files that could not be read", count(s.Receipts, "receipt"), s.DeadLetters)
	}
	c.note("dead letters", e.set.Logs.At, nil, said, "")
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
