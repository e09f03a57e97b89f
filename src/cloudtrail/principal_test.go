package cloudtrail

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// principalOf reads the principal of a record with these members.
func principalOf(t *testing.T, members string) string { return principalBy(t, NewReader(), members) }

func principalBy(t *testing.T, rd *Reader, members string) string {
	t.Helper()
	var got string
	file := `{"Records":[{"eventTime":"2024-05-06T07:00:00Z","eventSource":"a","eventName":"b",` + members + `}]}`
	tally, err := rd.Read(context.Background(), strings.NewReader(file), func(r *Record) error { got = r.Principal(); return nil })
	require.NoError(t, err)
	require.Equal(t, 1, tally.Records)
	return got
}

func TestPrincipal(t *testing.T) {
	const home = `"recipientAccountId":"111111111111",`
	for _, c := range []struct{ name, members, key string }{
		{"role", home + `"userIdentity":{"type":"AssumedRole","principalId":"AROA1:s","accountId":"111111111111","sessionContext":{"sessionIssuer":{"principalId":"AROA0"}}}`, "AROA0"},
		{"role of a partner", home + `"userIdentity":{"type":"AssumedRole","accountId":"222222222222","sessionContext":{"sessionIssuer":{"principalId":"AROA0"}}}`, "AROA0@111111111111"},
		{"role without issuer", home + `"userIdentity":{"type":"AssumedRole","principalId":"AROA1:a:b","sessionContext":{}}`, "AROA1:a"},
		{"role without session", home + `"userIdentity":{"type":"AssumedRole","principalId":"AROA1"}`, "AROA1"},
		{"role by its ARN", home + `"userIdentity":{"type":"AssumedRole","principalId":null,"arn":"arn:aws:sts::111111111111:assumed-role/r/s"}`, "role:arn:aws:sts::111111111111:assumed-role/r"},
		{"role with nothing", home + `"userIdentity":{"type":"AssumedRole","arn":"arn"}`, "role:"},
		{"user", home + `"userIdentity":{"type":"IAMUser","principalId":"AIDA1","accountId":"111111111111","sessionContext":{"sessionIssuer":{}}}`, "AIDA1"},
		{"user by name", home + `"userIdentity":{"type":"IAMUser","accountId":"111111111111","userName":"HIDDEN_DUE_TO_SECURITY_REASONS","principalId":""}`,
			"user:111111111111/HIDDEN_DUE_TO_SECURITY_REASONS"},
		{"user of nowhere", `"userIdentity":{"type":"IAMUser","userName":"u"}`, "user:/u"},
		{"root", home + `"userIdentity":{"type":"Root","principalId":"111111111111","accountId":"111111111111"}`, "root:111111111111"},
		{"root of the log's account", home + `"userIdentity":{"type":"Root"}`, "root:111111111111"},
		{"federated", home + `"userIdentity":{"type":"FederatedUser","principalId":"111111111111:f","sessionContext":{"sessionIssuer":{"principalId":"AIDA1"}}}`, "federated:AIDA1"},
		{"federated without issuer", home + `"userIdentity":{"type":"FederatedUser","principalId":"111111111111:f"}`, "federated:111111111111:f"},
		{"service", home + `"userIdentity":{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}`, "service:111111111111/ec2.amazonaws.com"},
		{"service without type", home + `"userIdentity":{"accountId":"222222222222","invokedBy":"AWS Internal"}`, "service:111111111111/AWS Internal"},
		{"account", home + `"userIdentity":{"type":"AWSAccount","accountId":"222222222222","principalId":"AROAEXAMPLE:s"}`, "account:222222222222/AROAEXAMPLE@111111111111"},
		{"own account", `"recipientAccountId":"222222222222","userIdentity":{"type":"AWSAccount","accountId":"222222222222","principalId":"AROAEXAMPLE"}`,
			"account:222222222222/AROAEXAMPLE@222222222222"},
		{"account without principal", home + `"userIdentity":{"type":"AWSAccount","accountId":"222222222222","principalId":""}`, "account:222222222222/@111111111111"},
		{"anonymous", home + `"userIdentity":{"type":"AWSAccount","accountId":"ANONYMOUS_PRINCIPAL","principalId":""}`, "anonymous:111111111111"},
		{"saml", home + `"userIdentity":{"type":"SAMLUser","principalId":"p:u","userName":"u","identityProvider":"idp"}`, "saml:idp/u@111111111111"},
		{"saml without provider", home + `"userIdentity":{"type":"SAMLUser","principalId":"p:u","userName":"u"}`, "saml:p:u@111111111111"},
		{"web", home + `"userIdentity":{"type":"WebIdentityUser","userName":"u","identityProvider":"idp"}`, "web:idp/u@111111111111"},
		{"web by name", home + `"userIdentity":{"type":"WebIdentityUser","userName":"u"}`, "web:u@111111111111"},
		{"identity center", home + `"userIdentity":{"type":"IdentityCenterUser","arn":"","accessKeyId":"","accountId":"111111111111",
			"onBehalfOf":{"userId":"u-1","identityStoreArn":"arn:aws:identitystore::111111111111:identitystore/d-1"}}`, "idc:d-1/u-1@111111111111"},
		{"identity center without user", home + `"userIdentity":{"type":"IdentityCenterUser","principalId":"p"}`, "idc:/p@111111111111"},
		{"directory", home + `"userIdentity":{"type":"Directory","arn":"arn"}`, "directory:111111111111/arn"},
		{"unknown", home + `"userIdentity":{"type":"Unknown","userName":"u"}`, "unknown:111111111111/u"},
		{"tomorrow's", home + `"userIdentity":{"type":"RobotUser","accountId":"111111111111","arn":"arn"}`, "robotuser:111111111111/arn"},
		{"absent", home + `"readOnly":true`, "none:111111111111"},
		{"null", home + `"userIdentity":null`, "none:111111111111"},
		{"empty", home + `"userIdentity":{}`, "none:111111111111"},
		{"a string", home + `"userIdentity":"root"`, "none:111111111111"},
		{"a list", home + `"userIdentity":[{"type":"Root"}]`, "none:111111111111"},
		{"doubled", home + `"userIdentity":{"type":"Root","sessionContext":{"sessionIssuer":{"principalId":"A"}},"type":"AssumedRole","sessionContext":{}}`, "role:"},
		{"escaped", home + `"userIdentity":{"type":"IAMUser","principalId":"AI\u0044A\ud83d"}`, "AIDA\ufffd"},
		{"visitor in a log of no account", `"userIdentity":{"type":"SAMLUser","principalId":"p"}`, "saml:p"},
	} {
		require.Equal(t, c.key, principalOf(t, c.members), c.name)
	}
}

// FuzzPrincipal holds the grammar against the oracle written over maps, for any userIdentity and account.
func FuzzPrincipal(f *testing.F) {
	for _, id := range []string{
		`{"type":"AssumedRole","principalId":"AROA1:s","sessionContext":{"sessionIssuer":{"principalId":""}}}`, `{"type":"Root","accountId":"2"}`,
		`{"type":"IdentityCenterUser","onBehalfOf":{"userId":"u","identityStoreArn":"a/b"}}`, `{"invokedBy":"x","type":5}`, `null`, `{"type":"\u0130x"}`,
		`{"type":"AWSAccount","accountId":"ANONYMOUS_PRINCIPAL"}`, `{"type":"WebIdentityUser","identityProvider":"i","userName":"n"}`, "{\"type\":\"\xff\"}",
		`{"sessionContext":{"sessionIssuer":{"principalId":"a"},"sessionIssuer":5},"type":"FederatedUser","principalId":"p"}`, `{"type":"Directory","arn":"a"}`,
	} {
		f.Add(id, "111111111111")
	}
	rd := NewReader()
	f.Fuzz(func(t *testing.T, id, account string) {
		if !json.Valid([]byte(id)) {
			t.Skip()
		}
		recipient, err := json.Marshal(account)
		require.NoError(t, err)
		members := `"userIdentity":` + id + `,"recipientAccountId":` + string(recipient)
		record, ok := decode([]byte(`{` + members + `}`)).(map[string]any)
		require.True(t, ok)
		require.Equal(t, limit(oraclePrincipal(record), maxPrincipal), principalBy(t, rd, members))
	})
}

func TestLimit(t *testing.T) {
	long := strings.Repeat("é", 2000)
	cut := limit(long, maxPrincipal)
	require.LessOrEqual(t, len(cut), maxPrincipal)
	require.True(t, utf8.ValidString(cut))
	require.NotEqual(t, cut, limit(long+"x", maxPrincipal))
	require.Equal(t, cut, limit(long, maxPrincipal))
	require.Equal(t, long[:maxPrincipal], limit(long[:maxPrincipal], maxPrincipal))

	key := principalOf(t, `"userIdentity":{"type":"IAMUser","principalId":"`+long+`"}`)
	require.Equal(t, cut, key)
}

func TestCallersAreRemembered(t *testing.T) {
	rd := NewReader()
	read := func(file []byte) (keys []string) {
		_, err := rd.Read(context.Background(), bytes.NewReader(file), func(r *Record) error { keys = append(keys, r.Principal()+" "+r.Account()); return nil })
		require.NoError(t, err)
		return keys
	}
	record := func(id, account string) string {
		return `{"userIdentity":` + id + `,"eventTime":"2024-05-06T07:00:00Z","eventSource":"a","eventName":"b","recipientAccountId":"` + account + `"}`
	}
	const id, prefix = `{"type":"AWSAccount","accountId":"3","principalId":"AROA1"}`, `{"type":"AWSAccount","accountId":"3","principalId":"AROA1","x":1}`
	got := read([]byte(`{"Records":[` + strings.Join([]string{record(id, "1"), record(id, "2"), record(id, "1"), record(prefix, "1"), record("{}", "1"), record("{}", "2")}, ",") + `]}`))
	require.Equal(t, []string{"account:3/AROA1@1 1", "account:3/AROA1@2 2", "account:3/AROA1@1 1", "account:3/AROA1@1 1", "none:1 1", "none:2 2"}, got)
	for n := range 3000 { // many more than are kept
		name := strings.Repeat("x", n%7) + string(rune('a'+n%26)) + string(rune('a'+n/26%26)) + string(rune('a'+n/676))
		got := read([]byte(`{"Records":[` + record(`{"type":"IAMUser","principalId":"`+name+`"}`, "1") + `]}`))
		require.Equal(t, []string{name + " 1"}, got)
	}
}
