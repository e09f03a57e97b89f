// Package trust tells what IAM says of a role: when it was made, and who may assume it.
//
// Only roles that have an anomaly are asked about, one iam:GetRole each, and answers are remembered for a day. It judges no
// sightings: what it says is written on an anomaly's event (role_created, association_type, associated_with, legacy_severity), and a
// role that can't be asked about is a warning, never the failure of an account.
package trust

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Why nothing can be said of a role, to be found with errors.Is. Any other error may pass, and the next question asks again.
var (
	ErrNotRole = errors.New("no role is named")
	ErrForeign = errors.New("its account is not one of ours")
	ErrMissing = errors.New("there is no such role any more")                                  // remembered for a day
	ErrAnother = errors.New("it was deleted since, and another role of its name is there now") // likewise: ids are not given again
	ErrRefused = errors.New("reading it is not allowed")                                       // remembered for an hour, so that a permission given meanwhile is soon noticed
)

// How long an answer is believed.
const (
	answerLife  = 24 * time.Hour
	refusalLife = time.Hour
)

// mostAnswers bounds the memory. An answer takes 2 KB at most.
const mostAnswers = 10_000

// Options say how roles are asked about.
type Options struct {
	// Config takes on the role that reads IAM in an account, or says why it can't be.
	Config func(ctx context.Context, account string) (aws.Config, error)
	// Ours tells whether an account may be asked. nil: all may.
	Ours func(account string) bool
	// OwnProvider tells our own identity provider from a partner's, by its ARN as the trust policy has it. nil: IdentityCenter.
	OwnProvider func(provider string) bool
	Now         func() time.Time
}

// A Room asks and remembers. It is safe for concurrent use: a role is asked about once, however many want to know.
type Room struct {
	Options
	mu      sync.Mutex
	answers map[key]*answer
	shut    map[string]shut // accounts that could not be entered
}

type key struct{ account, role, id string }

type answer struct {
	mu    sync.Mutex
	until time.Time
	role  Role
	err   error
}

type shut struct {
	until time.Time
	err   error
}

// Open makes a room that remembers nothing yet.
func Open(o Options) *Room {
	if o.OwnProvider == nil {
		o.OwnProvider = IdentityCenter
	}
	return &Room{Options: o, answers: map[key]*answer{}, shut: map[string]shut{}}
}

// Role tells what IAM says of a role. It is given by its name, its ARN or the ARN of one of its sessions; an ARN's own account is
// asked, which is another one than where a visitor was seen. By its id (AROA…) it is told from another one that has its name since; an id of
// another form tells nothing. Errors are those above, or wrap what stopped the call.
func (r *Room) Role(ctx context.Context, account, id, role string) (Role, error) {
	account, name, err := whose(account, role)
	if err != nil {
		return Role{}, err
	}
	if r.Ours != nil && !r.Ours(account) {
		return Role{}, fmt.Errorf("ask account %s about a role: %w", account, ErrForeign)
	}
	if !strings.HasPrefix(id, "AROA") {
		id = ""
	}
	a := r.of(key{account, name, id})
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Now().Before(a.until) {
		return a.role, a.err
	}
	a.role, a.err = r.ask(ctx, account, id, name)
	switch {
	case a.err == nil, errors.Is(a.err, ErrMissing), errors.Is(a.err, ErrAnother):
		a.until = r.Now().Add(answerLife)
	case errors.Is(a.err, ErrRefused):
		a.until = r.Now().Add(refusalLife)
	}
	return a.role, a.err
}

// of finds the place of an answer. Beyond the bound all are forgotten: that costs calls, and happens in no organization seen so far.
func (r *Room) of(k key) *answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.answers[k]
	if a == nil {
		if len(r.answers) >= mostAnswers {
			clear(r.answers)
		}
		a = &answer{}
		r.answers[k] = a
	}
	return a
}

func (r *Room) ask(ctx context.Context, account, id, name string) (Role, error) {
	cfg, err := r.enter(ctx, account)
	if err != nil {
		return Role{}, err
	}
	out, err := iam.NewFromConfig(cfg).GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if missing := (*types.NoSuchEntityException)(nil); errors.As(err, &missing) {
		return Role{}, fmt.Errorf("read role %s in account %s: %w", name, account, ErrMissing)
	}
	if err != nil {
		return Role{}, fault("read role "+name+" in account "+account, err)
	}
	role := r.role(out.Role)
	if id != "" && role.ID != id {
		return Role{}, fmt.Errorf("read role %s in account %s: %w", name, account, ErrAnother)
	}
	return role, nil
}

// enter takes on the role that reads IAM in an account. Where that is refused it is not tried again for each of the account's roles.
func (r *Room) enter(ctx context.Context, account string) (aws.Config, error) {
	r.mu.Lock()
	closed := r.shut[account]
	r.mu.Unlock()
	if r.Now().Before(closed.until) {
		return aws.Config{}, closed.err
	}
	cfg, err := r.Config(ctx, account)
	if err == nil {
		return cfg, nil
	}
	err = fault("enter account "+account+" to read its roles", err)
	if errors.Is(err, ErrRefused) {
		r.mu.Lock()
		r.shut[account] = shut{r.Now().Add(refusalLife), err}
		r.mu.Unlock()
	}
	return aws.Config{}, err
}
