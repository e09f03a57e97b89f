package instances

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The verdicts on credentials of an instance, after asking EC2.
const (
	Unknown        = ""                 // EC2 has no say: the call is too old, or what it was made from is gone
	Own            = "own"              // the instance made the call, or its VPC's NAT gateway passed it on
	NoSuchInstance = "no_such_instance" // the account has no instance of that id in any region, nor had it of late
	ForeignAddress = "foreign_address"  // the address is neither the instance's nor its VPC's
)

// Why EC2 was not asked, to be found with errors.Is. Any other error may pass, and the next question asks again.
var (
	ErrRefused = errors.New("asking EC2 is not allowed") // remembered for an hour
	ErrTooMany = errors.New("more unknown instances than are searched for in an hour")
)

// Young is how old a call may be to be judged. DescribeInstances knows a terminated instance for "usually less than one hour" (EC2 API
// reference), so what it does not know half an hour after a call was not there at the call.
const Young = 30 * time.Minute

// How long an answer is believed. One that convicts is asked for again when it is older than freshLife, since addresses come and go.
const (
	answerLife  = time.Hour
	freshLife   = 5 * time.Minute
	regionsLife = 24 * time.Hour
)

// mostSearches bounds the searches through all regions of an account, an hour: one costs about 20 calls.
const mostSearches = 50

// Options say how EC2 is asked.
type Options struct {
	// Config gives the credentials that read EC2 in a region of an account.
	Config func(ctx context.Context, account, region string) (aws.Config, error)
	// Ours tells whether an account may be asked. nil: all may.
	Ours func(account string) bool
	Now  func() time.Time
}

// A Question is a call that was made with the credentials of an instance.
type Question struct {
	Account  string // the instance's: that of the session's role, which for a visitor is another than where the call was recorded
	Region   string // the record's; the instance may live in another, since it can call other regions and global services
	Instance string // i-…
	Address  string // sourceIPAddress
	Time     int64  // eventTime, Unix seconds
}

// A Room asks and remembers. It is safe for concurrent use; an account is asked one thing at a time.
type Room struct {
	Options
	mu       sync.Mutex
	accounts map[string]*account
}

// Open makes a room that remembers nothing yet.
func Open(o Options) *Room { return &Room{Options: o, accounts: map[string]*account{}} }

// Verdict tells whether an instance's credentials were used where they belong. With an error it is Unknown.
func (r *Room) Verdict(ctx context.Context, q Question) (string, error) {
	address, err := netip.ParseAddr(q.Address)
	if err != nil || q.Region == "" || r.Now().Sub(time.Unix(q.Time, 0)) > Young || (r.Ours != nil && !r.Ours(q.Account)) {
		return Unknown, nil
	}
	a := r.account(q.Account)
	a.mu.Lock()
	defer a.mu.Unlock()
	verdict, err := a.judge(ctx, q, address.Unmap(), answerLife)
	if err == nil && verdict != Own && verdict != Unknown {
		verdict, err = a.judge(ctx, q, address.Unmap(), freshLife)
	}
	if err != nil {
		return Unknown, err
	}
	return verdict, nil
}

func (r *Room) account(id string) *account {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.accounts[id]
	if a == nil {
		a = &account{room: r, id: id}
		a.forget()
		r.accounts[id] = a
	}
	return a
}
