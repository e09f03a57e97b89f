package cost

import (
	"fmt"
	"iter"
	"time"
)

// What happens in an account of the model. Nobody publishes such figures: these are assumptions, the same for all tools.
const (
	principalsAnHour = 200       // at work in an account within an hour, all of them roles: the older tools see no others
	actionsAnHour    = 40        // distinct ones of each of these
	actionsKnown     = 300       // of each, in 90 days of baseline
	newAnHour        = 8         // pairs of an account: 0.1 % of 200 × 40
	regionsEnabled   = 17        // as a new account has them
	regionsActive    = 4         // in which anything happens
	filesAnHour      = 12        // of an active region: CloudTrail delivers about every five minutes
	bytesAnHour      = 9_500_000 // of an account's log files as stored: 10 records of each pair, 119 bytes each
	daysKept         = 90        // of log files in the bucket
	hoursAMonth      = 730
)

const (
	filesOfHour = regionsActive * filesAnHour
	bytesOfFile = bytesAnHour / filesOfHour
	poolActions = 2 * actionsKnown // that the principals of an account have between them
	quarters    = 4                // of an hour: each pair of an hour is seen in each of them
)

// A workload is how much of the model is done: all of it, or with fewer principals where only proportions are of interest.
type workload struct{ principals int }

// dayBegins is the measured day. Its date says nothing; it is long ago so that no clock of a stand-in is behind it.
var dayBegins = time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)

// at is a time so many hours after the measured day began.
func at(hour float64) time.Time { return dayBegins.Add(time.Duration(hour * float64(time.Hour))) }

var services = [...]string{"s3", "ec2", "iam", "sts", "kms", "lambda", "logs", "ssm", "dynamodb", "monitoring", "secretsmanager", "elasticloadbalancing"}

// actionNamed is one of the pool.
func actionNamed(n int) string {
	n %= poolActions
	return fmt.Sprintf("%s.amazonaws.com:DescribeThing%d", services[n%len(services)], n)
}

// roleID is the unique id of a role, and the principal key of what it does.
func roleID(account string, p int) string { return fmt.Sprintf("AROA%s%05d", account, p) }

// ownAction is the number of one of the actions that a principal has done before.
func ownAction(p, i int) int { return (7*p + i) % poolActions }

// inHour tells whether a principal does its i-th action in an hour: each is done every seven or eight hours.
func inHour(p, i, hour int) bool { return mod(i-actionsAnHour*hour-13*p, actionsKnown) < actionsAnHour }

// pairs are what an account does in an hour, the new ones last. Before the measured day nothing is new.
func (w workload) pairs(hour int) iter.Seq2[int, string] {
	return func(yield func(p int, action string) bool) {
		for p := range w.principals {
			first := mod(actionsAnHour*hour+13*p, actionsKnown)
			for j := range actionsAnHour {
				if !yield(p, actionNamed(ownAction(p, (first+j)%actionsKnown))) {
					return
				}
			}
		}
		for n := range w.news(hour) {
			if !yield((newAnHour*hour+n)%w.principals, actionNamed(ownAction((newAnHour*hour+n)%w.principals, actionsKnown+hour))) {
				return
			}
		}
	}
}

// news is how many pairs of an hour are new.
func (w workload) news(hour int) int {
	if hour < 0 {
		return 0
	}
	return max(1, newAnHour*w.principals/principalsAnHour)
}

func mod(a, b int) int { return (a%b + b) % b }
