package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// seedConfig is the Netflix tool's own example: account ids of ten digits, not quoted.
const seedConfig = `roleAction:
  dayThreshold: 90
  # IgnoredActionsNotify:
  #   - sts.amazonaws.com:GetCallerIdentity
aws:
  region: us-west-2
  dynamoTableName: cloudtrail_anomaly
  snsTopicArn: arn:aws:sns:us-west-2:1234567890:cloudtrail_anomaly
  organizations:
    accountId: 1234567890
    roleName: CT_OrgsRole
  iam:
    roleName: CT_IamReadOnly
  athena:
    database: default
    accountId: 0987654321
    roleName: CT_AthenaRole
    bucket: aws-athena-query-results-0987654321-us-west-2
    prefix: cloudtrailbucket
    cloudtrailBucket: cloudtrailbucket
`

// before has the wire lead to a front of Athena and S3, and what is neither to moto, which takes the role of the account 1234567890 for that of
// 001234567890: it knows no ids of ten digits.
func (m *moto) before(t *testing.T, f *athenatest.Front) {
	t.Helper()
	to, err := url.Parse(m.url)
	require.NoError(t, err)
	f.Fallback(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		body, _ := io.ReadAll(r.Out.Body)
		padded := bytes.ReplaceAll(body, []byte("%3A%3A1234567890%3A"), []byte("%3A%3A001234567890%3A"))
		r.Out.Body, r.Out.ContentLength = io.NopCloser(bytes.NewReader(padded)), int64(len(padded))
	}})
	m.open(t, f.URL)
	t.Setenv("AWS_ENDPOINT_URL", m.wire.url)
}

// TestAWSTheSeedsOwnExample: with the example file of the Netflix tool its two commands work, on two accounts and on all of them.
func TestAWSTheSeedsOwnExample(t *testing.T) {
	f := athenatest.Start(t)
	o := &organization{moto: startMoto(t), management: "001234567890", home: "112233445566"}
	api := organizations.NewFromConfig(o.in(o.management))
	_, err := api.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{FeatureSet: orgtypes.OrganizationFeatureSetAll})
	require.NoError(t, err)
	accounts := []string{o.management}
	for i := range 24 {
		out, err := api.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String(fmt.Sprint("app-", i)), Email: aws.String(fmt.Sprintf("app-%d@example.com", i))})
		require.NoError(t, err)
		accounts = append(accounts, *out.CreateAccountStatus.AccountId)
	}
	o.before(t, f)
	f.MakeBucket("aws-athena-query-results-0987654321-us-west-2")
	for _, account := range append(accounts, "1234567890", "0987654321") {
		for i, action := range []string{"s3.amazonaws.com:ListBuckets", "athena.amazonaws.com:GetQueryExecution"} {
			d := deed{account: account, role: "demoRole", action: action, at: today.AddDate(0, 0, []int{-100, -1}[i])}
			delivered := d.at.Add(5 * time.Minute)
			f.Put("cloudtrailbucket", fmt.Sprintf("AWSLogs/%s/CloudTrail/us-west-2/%s/%s_CloudTrail_us-west-2_%sZ_abcdefghijklmnop.json.gz", account,
				delivered.Format("2006/01/02"), account, delivered.Format("20060102T1504")), zipped(document(d.record())))
		}
	}
	config := configured(t, seedConfig)
	must(t, exitDone, "--config", config, "setup", "dynamodb")
	two := []string{"--accounts", "1234567890,0987654321"}

	planned := must(t, exitDone, append([]string{"--config", config, "setup", "athena", "--dry-run"}, two...)...)
	require.Equal(t, 2, strings.Count(planned.out, "CREATE EXTERNAL TABLE"), planned.out)
	require.Contains(t, planned.out, "ct_anomaly_0987654321")
	require.Empty(t, f.Queries())
	made := must(t, exitDone, append([]string{"--verbosity", "info", "--config", config, "setup", "athena"}, two...)...)
	require.Contains(t, made.err, "Received 25 accounts from Organizations")
	require.Equal(t, strings.ReplaceAll(planned.out, would, "done: "), made.out)
	again := must(t, exitDone, append([]string{"--config", config, "setup", "athena"}, two...)...)
	require.Empty(t, again.out)

	state := t.TempDir()
	detect := []string{"--verbosity", "info", "--config", config, "detect", "anomaly", "--state", state, "--sns-topic-arn", ""} // its account has ten digits: no topic can be there
	r := must(t, exitDone, append(detect, two...)...)
	require.Contains(t, r.err, "Received 25 accounts from Organizations")
	for _, account := range []string{"1234567890", "0987654321"} {
		require.Contains(t, r.err, "Newly seen action: demoRole - athena.amazonaws.com:GetQueryExecution in "+account)
	}
	require.Equal(t, 2, strings.Count(r.err, "Newly seen action: "), r.err)
	require.Contains(t, r.err, "account 0987654321 is listed but the organization does not know it; it is looked at all the same")
	require.Contains(t, r.err, "001234567890 exists: write it with its zeros, in quotes")

	must(t, exitDone, "--config", config, "setup", "athena")
	all := must(t, exitDone, detect...)
	require.Equal(t, len(accounts), strings.Count(all.err, "Newly seen action: "))
	require.NotContains(t, must(t, exitDone, detect...).err, "Newly seen action")
	d := at(t, today, "--config", config, "doctor", "--sns-topic-arn", "")
	require.Equal(t, exitDone, d.code, d.out)
}
