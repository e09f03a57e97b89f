package cloudtrail

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// acted gives of each record of a file who acted, and what.
func acted(t *testing.T, records ...string) (all []string) {
	t.Helper()
	tally, err := NewReader().Read(context.Background(), strings.NewReader(`{"Records":[`+strings.Join(records, ",")+`]}`), func(r *Record) error {
		all = append(all, r.Account()+" "+r.Principal()+" "+r.Action())
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, len(records), tally.Records, tally)
	return all
}

// session is a record of a role's session.
func session(account, id, name, more string) string {
	return `{"eventTime":"2024-05-06T07:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","recipientAccountId":"` + account + `",` + more +
		`"userIdentity":{"type":"AssumedRole","accountId":"` + account + `","principalId":"` + id + `:worker","arn":"arn:aws:sts::` + account + `:assumed-role/` + name + `/worker",
		"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"` + id + `","arn":"arn:aws:iam::` + account + `:role/` + name + `","userName":"` + name + `"}}}}`
}

// TestRolesOfOneName: neither an account nor time makes one principal of two roles that share a name, with or without their ids.
func TestRolesOfOneName(t *testing.T) {
	require.Equal(t, []string{
		"111111111111 AROA1 s3.amazonaws.com:GetObject", "222222222222 AROA2 s3.amazonaws.com:GetObject", "111111111111 AROA1AGAIN s3.amazonaws.com:GetObject",
	}, acted(t, session("111111111111", "AROA1", "admin", ""), session("222222222222", "AROA2", "admin", ""), session("111111111111", "AROA1AGAIN", "admin", "")))
	byARN := func(account string) string {
		return principalOf(t, `"recipientAccountId":"`+account+`","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::`+account+`:assumed-role/admin/x"}`)
	}
	require.NotEqual(t, byARN("111111111111"), byARN("222222222222"))
}

// TestNamesOfActionsAreKept: the date of an API stays part of an action's name, as it does in tables of older tools.
func TestNamesOfActionsAreKept(t *testing.T) {
	var records []string
	want := []string{"lambda.amazonaws.com:CreateFunction20150331", "lambda.amazonaws.com:CreateFunction", "lambda.amazonaws.com:createFunction"}
	for i, action := range want {
		source, name, _ := strings.Cut(action, ":")
		records = append(records, `{"eventTime":"2024-05-06T07:00:00Z","eventSource":"`+source+`","eventName":"`+name+`"}`)
		want[i] = " none: " + action
	}
	require.Equal(t, want, acted(t, records...))
}

// TestForwardedCalls: what a service does with the caller's own session is the caller's, and is no service's key.
func TestForwardedCalls(t *testing.T) {
	own := session("111111111111", "AROA1", "deploy", "")
	forwarded := strings.Replace(session("111111111111", "AROA1", "deploy", `"sourceIPAddress":"cloudformation.amazonaws.com","userAgent":"cloudformation.amazonaws.com",`),
		`"type":"AssumedRole"`, `"type":"AssumedRole","invokedBy":"cloudformation.amazonaws.com"`, 1)
	got := acted(t, own, forwarded)
	require.Equal(t, "111111111111 AROA1 s3.amazonaws.com:GetObject", got[0])
	require.Equal(t, got[0], got[1])
}

// TestAddenda: what CloudTrail adds to a record later has the caller and action of that record; what it says of the change is no field of it.
func TestAddenda(t *testing.T) {
	const addendum = `"addendum":{"reason":"UPDATED_DATA","updatedFields":"eventName,userIdentity","originalRequestID":"r-1","originalEventID":"e-1",
		"eventName":"DeleteTrail","eventTime":5,"userIdentity":{"type":"Root"}},`
	got := acted(t, session("111111111111", "AROA1", "deploy", ""), session("111111111111", "AROA1", "deploy", addendum))
	require.Equal(t, got[0], got[1])
}
