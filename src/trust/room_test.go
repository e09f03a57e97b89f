package trust

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

const home = "111122223333"

// iamFake speaks as much of IAM's protocol as GetRole needs, and counts the calls.
type iamFake struct {
	roles map[string]string // name -> trust policy, or the code of an error
	calls atomic.Int64
}

func (f *iamFake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.calls.Add(1)
	name := r.FormValue("RoleName")
	document, ok := f.roles[name]
	switch {
	case r.FormValue("Action") != "GetRole":
		w.WriteHeader(http.StatusNotImplemented)
	case !ok:
		iamError(w, http.StatusNotFound, "NoSuchEntity")
	case document == "AccessDenied":
		iamError(w, http.StatusForbidden, document)
	case document == "ServiceFailure":
		iamError(w, http.StatusInternalServerError, document)
	default:
		var escaped strings.Builder
		_ = xml.EscapeText(&escaped, []byte(strings.ReplaceAll(url.QueryEscape(document), "+", "%20")))
		fmt.Fprintf(w, `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path><RoleName>%s</RoleName>
<RoleId>AROAEXAMPLE</RoleId><Arn>arn:aws:iam::%s:role/%s</Arn><CreateDate>2026-01-02T03:04:05Z</CreateDate>
<AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`, name, home, name, escaped.String())
	}
}

func iamError(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, code)
}

// clock is moved by hand.
type clock struct{ atomic.Int64 }

func (c *clock) now() time.Time           { return time.Unix(1_800_000_000+c.Load(), 0) }
func (c *clock) pass(after time.Duration) { c.Add(int64(after.Seconds())) }

func open(t *testing.T, fake *iamFake) (*Room, *clock) {
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	caller := connect(t, server.URL)
	watch := &clock{}
	return Open(Options{
		Config: func(context.Context, string) (aws.Config, error) { return caller.Base(), nil },
		Ours:   func(account string) bool { return account == home },
		Now:    watch.now,
	}), watch
}

func connect(t *testing.T, endpoint string) *awscall.Caller {
	caller, err := awscall.Open(t.Context(), awscall.Options{
		EndpointURL: endpoint, Region: "us-east-1", Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}, MaxAttempts: 1,
	})
	require.NoError(t, err)
	return caller
}

const ec2Trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func TestRoleIsToldAndRemembered(t *testing.T) {
	fake := &iamFake{roles: map[string]string{"web": ec2Trust}}
	room, clock := open(t, fake)
	want := Role{
		ID: "AROAEXAMPLE", Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Unix(),
		AssociationType: Service, AssociatedWith: []string{"ec2.amazonaws.com"}, LegacySeverity: High,
	}
	for _, name := range []string{"web", "arn:aws:iam::111122223333:role/team/web", "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0"} {
		role, err := room.Role(t.Context(), home, "", name)
		require.NoError(t, err)
		require.Equal(t, want, role)
	}
	require.EqualValues(t, 1, fake.calls.Load(), "one role is asked about once, by whatever name")

	clock.pass(23 * time.Hour)
	_, _ = room.Role(t.Context(), home, "", "web")
	require.EqualValues(t, 1, fake.calls.Load())
	clock.pass(2 * time.Hour)
	_, _ = room.Role(t.Context(), home, "", "web")
	require.EqualValues(t, 2, fake.calls.Load(), "after a day it is asked about again")
}

// A role that was deleted and made again under its name is another one: neither is told by the other's trust.
func TestARoleMadeAgainIsAnother(t *testing.T) {
	fake := &iamFake{roles: map[string]string{"web": ec2Trust}}
	room, clock := open(t, fake)
	const arn = "arn:aws:iam::111122223333:role/team/web"
	for range 2 {
		role, err := room.Role(t.Context(), home, "AROAEXAMPLEOFOLD", arn)
		require.ErrorIs(t, err, ErrAnother)
		require.ErrorContains(t, err, "read role web in account 111122223333: it was deleted since")
		require.Zero(t, role)
		role, err = room.Role(t.Context(), home, "AROAEXAMPLE", arn)
		require.NoError(t, err)
		require.Equal(t, Service, role.AssociationType)
	}
	require.EqualValues(t, 2, fake.calls.Load(), "each is asked about once")
	clock.pass(25 * time.Hour)
	role, err := room.Role(t.Context(), home, "role:"+arn, arn)
	require.NoError(t, err, "an older record names no id")
	require.Equal(t, "AROAEXAMPLE", role.ID)
}

func TestManyWhoAskAtOnceMakeOneCall(t *testing.T) {
	fake := &iamFake{roles: map[string]string{"web": ec2Trust}}
	room, _ := open(t, fake)
	var asking sync.WaitGroup
	for range 16 {
		asking.Go(func() {
			role, err := room.Role(t.Context(), home, "", "web")
			if err != nil || role.AssociationType != Service {
				t.Errorf("got %v, %v", role, err)
			}
		})
	}
	asking.Wait()
	require.EqualValues(t, 1, fake.calls.Load())
}

func TestWhatCannotBeToldIsTyped(t *testing.T) {
	fake := &iamFake{roles: map[string]string{"hidden": "AccessDenied", "broken": "ServiceFailure"}}
	room, clock := open(t, fake)

	_, err := room.Role(t.Context(), home, "", "gone")
	require.ErrorIs(t, err, ErrMissing)
	_, err = room.Role(t.Context(), home, "", "gone")
	require.ErrorIs(t, err, ErrMissing)
	require.EqualValues(t, 1, fake.calls.Load(), "a missing role is remembered")

	_, err = room.Role(t.Context(), home, "", "hidden")
	require.ErrorIs(t, err, ErrRefused)
	var refused *awscall.Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "iam:GetRole", refused.Action)
	_, _ = room.Role(t.Context(), home, "", "hidden")
	require.EqualValues(t, 2, fake.calls.Load(), "a refusal is remembered")
	clock.pass(2 * time.Hour)
	fake.roles["hidden"] = ec2Trust
	_, err = room.Role(t.Context(), home, "", "hidden")
	require.NoError(t, err, "a permission given meanwhile is noticed after an hour")

	before := fake.calls.Load()
	for range 2 {
		_, err = room.Role(t.Context(), home, "", "broken")
		require.Error(t, err)
		require.NotErrorIs(t, err, ErrRefused)
	}
	require.EqualValues(t, before+2, fake.calls.Load(), "what may pass is asked again")

	before = fake.calls.Load()
	for role, want := range map[string]error{
		"arn:aws:iam::444455556666:role/partner":     ErrForeign,
		"arn:aws:sts::444455556666:assumed-role/a/b": ErrForeign,
		"arn:aws:iam::111122223333:user/anna":        ErrNotRole,
		"arn:aws:iam::111122223333:root":             ErrNotRole,
		"arn:aws:iam::111122223333:role/":            ErrNotRole,
		"arn:":                                       ErrNotRole,
		"":                                           ErrNotRole,
		"two words":                                  ErrNotRole,
		strings.Repeat("a", 65):                      ErrNotRole,
		"arn:aws:sts::111122223333:federated-user/bob": ErrNotRole,
	} {
		_, err = room.Role(t.Context(), home, "", role)
		require.ErrorIs(t, err, want, role)
	}
	require.EqualValues(t, before, fake.calls.Load(), "nobody is asked in vain")
}

// An account whose role can't be assumed is tried once an hour, not for each of its roles.
func TestAClosedAccountIsTriedOnce(t *testing.T) {
	closed := &iamFake{roles: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.FormValue("Action") {
		case "GetCallerIdentity":
			fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::%s:user/base</Arn><Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, home, home)
		default:
			closed.calls.Add(1)
			iamError(w, http.StatusForbidden, "AccessDenied")
		}
	}))
	t.Cleanup(server.Close)
	caller := connect(t, server.URL)
	watch := &clock{}
	room := Open(Options{
		Config: func(ctx context.Context, account string) (aws.Config, error) {
			return caller.As(ctx, account, "CT_IamReadOnly")
		},
		Now: watch.now,
	})
	for _, name := range []string{"one", "two", "three"} {
		_, err := room.Role(t.Context(), "444455556666", "", name)
		require.ErrorIs(t, err, ErrRefused)
		var refused *awscall.Refused
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "sts:AssumeRole", refused.Action)
		require.Equal(t, "arn:aws:iam::444455556666:role/CT_IamReadOnly", refused.Resource)
	}
	require.EqualValues(t, 1, closed.calls.Load())
	watch.pass(2 * time.Hour)
	_, err := room.Role(t.Context(), "444455556666", "", "one")
	require.ErrorIs(t, err, ErrRefused)
	require.EqualValues(t, 2, closed.calls.Load())
}

func TestTheMemoryIsBounded(t *testing.T) {
	room := Open(Options{})
	for i := range mostAnswers + 10 {
		room.of(key{home, fmt.Sprint("role", i), ""})
	}
	require.LessOrEqual(t, len(room.answers), mostAnswers)
}
