package evidence

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// evidenceOf reads one record, written without eventTime, and reduces it.
func evidenceOf(t *testing.T, record string) discern.Record {
	t.Helper()
	record = `{"eventTime":"2024-05-06T07:08:09Z",` + strings.TrimPrefix(strings.TrimSpace(record), "{")
	var evidence []discern.Record
	tally, err := cloudtrail.NewReader().Read(context.Background(), strings.NewReader(`{"Records":[`+record+`]}`), func(r *cloudtrail.Record) error {
		evidence = append(evidence, Of(r))
		return nil
	})
	require.NoError(t, err, record)
	require.Len(t, evidence, 1, "%s %v", record, tally)
	return evidence[0]
}

// call is the evidence of a call by a user of account 111122223333.
func call(t *testing.T, source, name, request string) discern.Record {
	t.Helper()
	return evidenceOf(t, `{"eventSource":"`+source+`.amazonaws.com","eventName":"`+name+`","recipientAccountId":"111122223333",
		"userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","accountId":"111122223333","userName":"carla",
		"arn":"arn:aws:iam::111122223333:user/ops/carla"},"requestParameters":`+request+`}`)
}

func TestFacts(t *testing.T) {
	got := evidenceOf(t, `{
		"eventID":"e1","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","eventType":"AwsApiCall","eventCategory":"Management",
		"awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.11.1 Python/3.9.13","vpcEndpointId":"vpce-1",
		"errorCode":"Client.UnauthorizedOperation","readOnly":false,"recipientAccountId":"111122223333","sessionCredentialFromConsole":"true",
		"userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:dana","arn":"arn:aws:sts::111122223333:assumed-role/deploy/dana",
			"accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","invokedBy":"cloudformation.amazonaws.com","onBehalfOf":{"userId":"u-1"},
			"sessionContext":{"attributes":{"mfaAuthenticated":"true"},"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE",
			"arn":"arn:aws:iam::111122223333:role/ci/deploy","accountId":"111122223333","userName":"deploy"}}},
		"requestParameters":{"instancesSet":{"items":[{"imageId":"ami-1","minCount":1}]}}}`)
	require.Equal(t, discern.Record{
		EventID: "e1", Time: 1714979289, Account: "111122223333", Principal: "AROAEXAMPLE", Action: "ec2.amazonaws.com:RunInstances", Outcome: discern.Denied,
		PrincipalType: "AssumedRole", PrincipalARN: "arn:aws:iam::111122223333:role/ci/deploy", PrincipalName: "deploy", SessionName: "dana",
		AccessKeyID: "ASIAEXAMPLE", OnBehalfOf: "u-1", InvokedBy: "cloudformation.amazonaws.com", MFA: true, FromConsole: true,
		EventSource: "ec2.amazonaws.com", EventName: "RunInstances", EventType: "AwsApiCall", EventCategory: "Management",
		ErrorCode: "Client.UnauthorizedOperation", Objects: []string{"ami-1"}, ObjectType: "image",
		Region: "eu-west-1", SourceIPAddress: "198.51.100.7", UserAgent: "aws-cli/2.11.1 Python/3.9.13", UserAgentFamily: "aws-cli", VPCEndpointID: "vpce-1",
	}, got)
}

func TestCaller(t *testing.T) {
	for _, c := range []struct{ name, identity, arn, called, session string }{
		{"role without issuer", `{"type":"AssumedRole","principalId":"AROA1:i-1","arn":"arn:aws:sts::1:assumed-role/web/i-1"}`,
			"arn:aws:sts::1:assumed-role/web/i-1", "web", "i-1"},
		{"role by id alone", `{"type":"AssumedRole","principalId":"AROA1:s"}`, "", "AROA1", "s"},
		{"user without a name", `{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::1:user/a/b/eve"}`, "arn:aws:iam::1:user/a/b/eve", "eve", ""},
		{"user with an empty issuer", `{"type":"IAMUser","userName":"eve","sessionContext":{"sessionIssuer":{}}}`, "", "eve", ""},
		{"root", `{"type":"Root","arn":"arn:aws:iam::1:root","userName":"alias"}`, "arn:aws:iam::1:root", "root", ""},
		{"service", `{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}`, "", "ec2.amazonaws.com", ""},
		{"service without a type", `{"accountId":"1","invokedBy":"AWS Internal"}`, "", "AWS Internal", ""},
		{"federated user", `{"type":"FederatedUser","principalId":"1:fay","arn":"arn:aws:sts::1:federated-user/fay",
			"sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::1:user/minter"}}}`, "arn:aws:iam::1:user/minter", "fay", "fay"},
		{"another account", `{"type":"AWSAccount","accountId":"999988887777","principalId":"AROA9:s"}`, "", "999988887777", ""},
		{"anonymous", `{"type":"AWSAccount","accountId":"ANONYMOUS_PRINCIPAL","principalId":""}`, "", "anonymous", ""},
		{"web identity", `{"type":"WebIdentityUser","userName":"u","identityProvider":"accounts.google.com"}`, "", "u", ""},
		{"Identity Center", `{"type":"IdentityCenterUser","arn":"","onBehalfOf":{"userId":"u-7","identityStoreArn":"arn:aws:identitystore::1:identitystore/d-1"}}`, "", "u-7", ""},
		{"nothing", `null`, "", "", ""},
		{"a number", `7`, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := evidenceOf(t, `{"eventSource":"a.amazonaws.com","eventName":"B","userIdentity":`+c.identity+`}`)
			require.Equal(t, []string{c.arn, c.called, c.session}, []string{got.PrincipalARN, got.PrincipalName, got.SessionName})
		})
	}
}

func TestTellings(t *testing.T) {
	for _, c := range []struct {
		name, record           string
		readOnly, mfa, console bool
		category               string
	}{
		{"verb that reads", `"eventName":"GetObject"`, true, false, false, "Management"},
		{"verb that only begins like one", `"eventName":"CheckoutLicense"`, false, false, false, "Management"},
		{"verb alone", `"eventName":"Query"`, true, false, false, "Management"},
		{"batch of reads", `"eventName":"BatchGetItem"`, true, false, false, "Management"},
		{"said to write", `"eventName":"GetFederationToken","readOnly":false`, false, false, false, "Management"},
		{"said as a string", `"eventName":"AssumeRole","readOnly":"true"`, true, false, false, "Management"},
		{"data event", `"eventName":"PutObject","managementEvent":false`, false, false, false, "Data"},
		{"category given", `"eventName":"PutObject","managementEvent":true,"eventCategory":"NetworkActivity"`, false, false, false, "NetworkActivity"},
		{"login with MFA", `"eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","additionalEventData":{"MFAUsed":"Yes"}`, false, true, true, "Management"},
		{"login without", `"eventName":"ConsoleLogin","additionalEventData":{"MFAUsed":"No"}`, false, false, true, "Management"},
		{"sign-in as it was spelt", `"eventName":"CheckMfa","eventType":"AwsConsoleSignin"`, true, false, true, "Management"},
		{"MFAUsed of something else", `"eventName":"Other","additionalEventData":{"MFAUsed":"Yes"}`, false, false, false, "Management"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := evidenceOf(t, `{"eventSource":"a.amazonaws.com",`+c.record+`}`)
			require.Equal(t, []any{c.readOnly, c.mfa, c.console, c.category}, []any{got.ReadOnly, got.MFA, got.FromConsole, got.EventCategory})
		})
	}
}

func TestIsShort(t *testing.T) {
	long := strings.Repeat("ä", 300) // two bytes each, so that 256 bytes end at a rune
	odd := "x" + long
	got := evidenceOf(t, `{"eventSource":"iam.amazonaws.com","eventName":"`+odd+`","userAgent":"`+long+`","eventID":"`+odd+`",
		"requestParameters":{"userName":"`+odd+`"}}`)
	require.Equal(t, long[:256], got.UserAgent)
	require.Equal(t, odd[:255], got.EventID)
	require.Equal(t, odd[:255], got.EventName)
	require.Equal(t, []string{odd[:255]}, got.Objects)
	require.True(t, utf8.ValidString(got.EventID))
}

// TestEvidenceOfItsOwn says that evidence stays as it is when the reader goes on to other records.
func TestOfItsOwn(t *testing.T) {
	record := func(word string) string {
		return `{"eventTime":"2024-05-06T07:08:09Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","eventID":"` + word +
			`","userAgent":"` + word + `","requestParameters":{"userName":"` + word + `"},"userIdentity":{"type":"IAMUser","userName":"` + word + `"}}`
	}
	rd := cloudtrail.NewReader()
	var kept []discern.Record
	for _, word := range []string{"aaaa", "bbbb"} {
		_, err := rd.Read(context.Background(), strings.NewReader(`{"Records":[`+record(word)+`,`+record(strings.ToUpper(word))+`]}`), func(r *cloudtrail.Record) error {
			kept = append(kept, Of(r))
			return nil
		})
		require.NoError(t, err)
	}
	for i, word := range []string{"aaaa", "AAAA", "bbbb", "BBBB"} {
		require.Equal(t, []string{word, word, word, word}, []string{kept[i].EventID, kept[i].UserAgent, kept[i].Objects[0], kept[i].PrincipalName})
	}
}
