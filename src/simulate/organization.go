package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"cloudtrail_anomaly/src/simulate/cloud"
)

// An Account is one of the organization, and when it is.
type Account struct {
	ID, Name  string
	Regions   []string
	Joined    time.Time
	Suspended time.Time // zero: never
	Closed    time.Time // from then on the organization does not know it; zero: never
	quiet     bool      // it is the one that does nothing in the silence
	actors    []*actor
}

// An actor is somebody who acts in an account.
type actor struct {
	identity string // userIdentity, as JSON
	role     string // its id; "" of who has none
	name     string
	from, to time.Time
	habits   []habit
}

// A habit is something that is done again and again.
type habit struct {
	action Action
	region string
	every  time.Duration
}

// An Action is a call of AWS.
type Action struct{ Source, Name string }

// Members are the accounts as Organizations lists them at a moment.
func Members(accounts []*Account, at time.Time) []cloud.Member {
	var members []cloud.Member
	for _, a := range accounts {
		if at.Before(a.Joined) || !a.Closed.IsZero() && !at.Before(a.Closed) {
			continue
		}
		state := cloud.Active
		if !a.Suspended.IsZero() && !at.Before(a.Suspended) {
			state = cloud.Suspended
		}
		members = append(members, cloud.Member{ID: a.ID, Name: a.Name, State: state})
	}
	return members
}

// Roles are those that IAM knows at a moment.
func Roles(accounts []*Account, at time.Time) []cloud.Role {
	var roles []cloud.Role
	for _, a := range accounts {
		for _, who := range a.actors {
			if who.role != "" && !at.Before(who.from) && (who.to.IsZero() || at.Before(who.to)) {
				roles = append(roles, cloud.Role{Account: a.ID, Name: who.name, ID: who.role, Made: who.from})
			}
		}
	}
	return roles
}

// Ends is when an account is watched no more, or zero.
func (a *Account) Ends() time.Time {
	if !a.Suspended.IsZero() {
		return a.Suspended
	}
	return a.Closed
}

const (
	homeRegion   = "us-east-1"
	secondRegion = "eu-central-1"
	newRegion    = "ap-southeast-3"
)

// people draws the organization: accounts of which one joins, one is suspended and one is closed, and who acts in them.
func people(p *Plan, r *rand.Rand) []*Account {
	accounts := make([]*Account, 2+r.IntN(3))
	for i := range accounts {
		a := &Account{ID: fmt.Sprintf("%012d", 111111111111*(i+1)), Name: fmt.Sprintf("account %d", i+1), Joined: p.Begin.Add(-day), Regions: []string{homeRegion}}
		if r.IntN(2) == 0 {
			a.Regions = append(a.Regions, secondRegion)
		}
		accounts[i] = a
	}
	mid := func() time.Time { return p.Begin.Add(6*day + time.Duration(r.IntN(5*24))*time.Hour) }
	accounts[0].quiet = true
	switch last := accounts[len(accounts)-1]; r.IntN(4) {
	case 0:
		last.Joined = mid()
	case 1:
		last.Suspended = mid()
	case 2:
		last.Suspended = mid()
		last.Closed = last.Suspended.Add(2 * day)
	}
	for _, a := range accounts {
		for n := range 3 + r.IntN(4) {
			a.actors = append(a.actors, newActor(p, a, n, r))
		}
	}
	remade(accounts[0], r, mid())
	return accounts
}

// remade has a role deleted at a moment, and made again under its name an hour later: it has a new id, and goes on as before.
func remade(a *Account, r *rand.Rand, at time.Time) {
	old := a.actors[0]
	old.to = at
	again := *old
	again.from, again.to = at.Add(time.Hour), time.Time{}
	again.role = roleID(r)
	again.identity = roleIdentity(a.ID, again.role, old.name)
	a.actors = append(a.actors, &again)
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func random(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

func roleID(r *rand.Rand) string { return "AROA" + random(r, 17) }

func newActor(p *Plan, a *Account, n int, r *rand.Rand) *actor {
	who := &actor{name: fmt.Sprintf("%s-%d", []string{"deploy", "reader", "batch"}[n%3], n), from: p.Begin}
	switch {
	case n == 1:
		who.identity = fmt.Sprintf(`{"type":"IAMUser","principalId":"AIDA%s","arn":"arn:aws:iam::%s:user/%s","accountId":"%s","userName":"%s"}`, random(r, 17), a.ID, who.name, a.ID, who.name)
	case n == 2:
		who.identity = `{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}`
	default:
		who.role = roleID(r)
		who.identity = roleIdentity(a.ID, who.role, who.name)
	}
	if a.Joined.After(who.from) {
		who.from = a.Joined
	}
	if r.IntN(4) == 0 {
		who.from = who.from.Add(time.Duration(r.IntN(12*24)) * time.Hour)
	}
	for range 2 + r.IntN(4) {
		who.habits = append(who.habits, habit{anyAction(r), a.Regions[r.IntN(len(a.Regions))], time.Duration(2+r.IntN(30)) * time.Hour})
	}
	return who
}

func roleIdentity(account, id, name string) string {
	return fmt.Sprintf(`{"type":"AssumedRole","principalId":"%[2]s:session","arn":"arn:aws:sts::%[1]s:assumed-role/%[3]s/session","accountId":"%[1]s",`+
		`"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"%[2]s","arn":"arn:aws:iam::%[1]s:role/%[3]s","accountId":"%[1]s","userName":"%[3]s"}}}`, account, id, name)
}

// anyAction draws one of a few hundred; some are risky, some stop the logging.
func anyAction(r *rand.Rand) Action {
	source := []string{"s3", "ec2", "iam", "sts", "lambda", "kms"}[r.IntN(6)] + ".amazonaws.com"
	switch r.IntN(20) {
	case 0:
		return Action{"iam.amazonaws.com", "CreateAccessKey"}
	case 1:
		return Action{"cloudtrail.amazonaws.com", "StopLogging"}
	}
	return Action{source, fmt.Sprintf("%s%s", []string{"Get", "List", "Put", "Update", "Describe"}[r.IntN(5)], []string{"Thing", "Object", "Policy", "Key", "Item", "Rule", "Grant", "Image"}[r.IntN(8)])}
}
