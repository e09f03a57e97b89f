package settings

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples have for every setting what is good and changes something, and what is bad.
var samples = map[string]struct{ good, bad []string }{
	"logs": {[]string{"S3://bucket", "/logs", "/logs of may", "s3://bucket", "s3://bucket/a/b/", "sqs://sqs.eu-west-1.amazonaws.com/1/q", "sqs://https://host/1/q", "demo:"},
		[]string{"s3:bucket", "s3://", "s3:///a", "s3://bucket/a/AWSLogs/o-1", "sqs://", "sqs://queue", "file:///logs", "arn:aws:s3:::bucket/prefix", "demo:x", "s3://b\x01cket/a", "/a\x00b"}},
	"engine":                   {[]string{"logs", "Logs"}, []string{"glue", "athena,logs"}},
	"credential":               {[]string{"profile:sec audit", "collector-1"}, []string{"profile:", "two words", "a:b"}},
	"role_external_id":         {[]string{"abc-123", "with:colon/slash"}, []string{"x", "a b"}},
	"proxy_url":                {[]string{"http://proxy:3128", "https://[2001:db8::1]:3128"}, []string{"proxy:3128", "ftp://proxy", "http://u:p@proxy", "http://", "http://p:3128?x=1", "http://a b"}},
	"ca_file":                  {[]string{"/etc/ca.pem"}, []string{"a\nb"}},
	"endpoint_url":             {[]string{"http://127.0.0.1:5000"}, []string{"127.0.0.1:5000"}},
	"accounts":                 {[]string{"012345670123", "1234567890, 2345678901\n034567890123", "1, 001"}, []string{"0x1F", "1234567890123", "-1", "1 2", "+1", "1.5", "yes", "١"}},
	"exclude_accounts":         {[]string{"000000000001"}, []string{"1e3"}},
	"business_unit":            {[]string{"ou:ou-ab12-cd34", "ou:r-ab12", "tag:team=a b", "name:prod-*"}, []string{"ou:", "ou:payments", "tag:team", "tag:=a", "name:", "prod"}},
	"aws_region":               {[]string{"eu-west-1", "us-gov-east-1", "us-isob-east-1"}, []string{"eu", "EU-WEST-1", "eu_west_1"}},
	"organizations_account_id": {[]string{"012345670123"}, []string{"{account}", "o-abc", "1", "12345678901"}},
	"organizations_role_name":  {[]string{"x", "path/to/role"}, []string{"arn:aws:iam::1:role/x", "a b"}},
	"iam_role_name":            {[]string{"ReadTrusts"}, []string{"a:b"}},
	"athena_account_id":        {[]string{"0123456789", "{account}"}, []string{"account", "{id}"}},
	"athena_role_name":         {[]string{"x"}, []string{"*"}},
	"athena_workgroup":         {[]string{"sec.ops"}, []string{"a/b", strings.Repeat("x", 129)}},
	"athena_bucket":            {[]string{"results", "Old_Bucket"}, []string{"s3://results", "results/x", "ab"}},
	"athena_prefix":            {[]string{"a/b", "/a/"}, []string{"s3://a"}},
	"athena_database":          {[]string{"trails"}, []string{"a-b", "a.b"}},
	"cloudtrail_bucket":        {[]string{"all-trails"}, []string{"all trails"}},
	"cloudtrail_prefix":        {[]string{"central"}, []string{"https://x"}},
	"organization_id":          {[]string{"o-abcdef1234"}, []string{"abcdef1234", "o-ABC"}},
	"dynamo_table_name":        {[]string{"seen"}, []string{"ab", "a b c"}},

	"history_consent_gigabytes": {[]string{"0", "5000"}, []string{"-1", "1.5", "1_000", "+5", "99999999999999999999"}},
	"allow_embedded_on_cluster": {[]string{"1", "true", "Yes", "on", "T", "y"}, []string{"2", "ja", "-1"}},
	"delete_results":            {[]string{"0", "FALSE", "no", "off", "f", "n"}, []string{"never"}},
	"instance_networks":         {[]string{"10.0.0.0/8", "192.0.2.1, 2001:db8::/32"}, []string{"10.0.0.0/33", "ten", "fe80::1%eth0"}},
	"hec_credential":            {[]string{"hec"}, []string{"profile:hec"}},
	"scs_credential":            {[]string{"scs"}, []string{"a b"}},
	"proxy_credential":          {[]string{"proxy"}, []string{"user:password"}},
	"alarm_topic_arn":           {[]string{"arn:aws-us-gov:sns:us-gov-west-1:111122223333:pager"}, []string{"pager", "arn:aws:sns:eu-west-1:111122223333:pager.fifo", "arn:aws:sqs:eu-west-1:1:q"}},
	"alarm_email":               {[]string{"soc@example.com"}, []string{"soc", "a@b@c", "a@b, c@d"}},

	"history_days":            {[]string{"all", "ALL", "0", "400"}, []string{"-1", "some", "0x1F", "1e3"}},
	"learning_days":           {[]string{"0", "30", "010"}, []string{"-1", "ninety", "90d"}},
	"principal_learning_days": {[]string{"0", "14"}, []string{"-7"}},
	"forget_after_days":       {[]string{"1", "365"}, []string{"0", "-1"}},
	"refresh_days":            {[]string{"0"}, []string{"-1"}},
	"lookback_minutes":        {[]string{"0", "10080"}, []string{"10081"}},
	"sweep_days":              {[]string{"0", "90"}, []string{"91"}},
	"ignored_actions":         {[]string{"iam:Get*", "sts.amazonaws.com:GetCallerIdentity, s3:*", "*", "*Get*"}, []string{"GetCallerIdentity", "iam: Get*", strings.Repeat("*", longestGlob+1)}},
	"ignored_principals":      {[]string{"AROA*", "arn:aws:iam::*:user/Jo?"}, []string{"a\x01b"}},
	"event_categories":        {[]string{"Management", "management, data"}, []string{"Write"}},

	"sns_topic_arn":        {[]string{"arn:aws:sns:us-west-2:1234567890:x", "arn:aws-cn:sns:cn-north-1:111111111111:x.fifo"}, []string{"x", "arn:aws:sqs:us-west-2:1:x", "arn:aws:sns:us-west-2:111111111111:a.b"}},
	"cloudwatch_namespace": {[]string{"Sec/CloudTrail", "reInvent2017/SID341", "AWS", "aws/own"}, []string{"a:b", "AWS/reInvent2017/SID341", "AWS/", "AWS/AWS/x"}},
	"hec_url": {[]string{"https://hec.example.com:8088", "http://localhost:8088", "http://127.0.0.1:8088", "http://[::1]:8088", "https://192.0.2.7/services/collector"},
		[]string{"hec.example.com:8088", "https://token@hec.example.com", "http://hec.example.com:8088", "http://192.0.2.7:8088", "http://localhost.example.com", "http://[2001:db8::1]:8088"}},
	"hec_index":               {[]string{"security"}, []string{"_internal", "A"}},
	"scs_tenant":              {[]string{"example"}, []string{"a/b"}},
	"max_concurrent_accounts": {[]string{"1", "256"}, []string{"0", "257"}},
	"daily_scan_gigabytes":    {[]string{"1"}, []string{"0", "lots"}},
	"run_timeout":             {[]string{"600", "10m", "1h30m"}, []string{"9", "-10m", "soon", "700h", "99999999999999999999"}},
	"validate_live":           {[]string{"1"}, []string{"live"}},
	"config":                  {[]string{"logs: /logs", "{logs: demo:, engine: logs}"}, []string{"testdata/none.yml"}},
}

func TestSettings(t *testing.T) {
	require.Len(t, samples, len(table))
	for _, r := range table {
		for _, text := range samples[r.name].good {
			t.Run(r.name+"="+text, func(t *testing.T) {
				stanza, err := Parse(Sources{Stanza: map[string]string{r.name: " " + text + " "}})
				require.NoError(t, err)
				require.NotEqual(t, defaults(), stanza)
				requireSame(t, stanza, r, text)
			})
		}
		for _, text := range samples[r.name].bad {
			t.Run(r.name+"="+text, func(t *testing.T) {
				_, err := Parse(Sources{Stanza: map[string]string{r.name: text}})
				require.Len(t, err, 1)
				fault := err.(Faults)[0]
				require.Equal(t, r.name, fault.Field)
				require.Regexp(t, `^[^;]+; give .+`, fault.What)
			})
		}
	}
}

// requireSame finds that a flag, and config.yml where it has the setting, come to the same.
func requireSame(t *testing.T, want Settings, r row, text string) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	values := Flags(fs, r.name)
	require.NoError(t, fs.Parse([]string{flagOf(r.name) + "=" + text}))
	got, err := Parse(Sources{Flags: values})
	require.NoError(t, err)
	require.Equal(t, want, got)
	if r.path == "" {
		return
	}
	var yml strings.Builder
	keys := strings.Split(r.path, ".")
	for depth, key := range keys {
		yml.WriteString(strings.Repeat("  ", depth) + key + ":\n")
	}
	for item := range strings.Lines(strings.ReplaceAll(text, ", ", "\n")) {
		indent := strings.Repeat("  ", len(keys))
		if r.many {
			indent += "- "
		}
		yml.WriteString(indent + "'" + strings.TrimSpace(item) + "'\n")
	}
	file := filepath.Join(t.TempDir(), "config.yml")
	require.NoError(t, os.WriteFile(file, []byte(yml.String()), 0o600))
	got, err = Parse(Sources{Stanza: map[string]string{"config": file}})
	require.NoError(t, err)
	got.Config = ""
	require.Equal(t, want, got)
}

func TestTable(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	names, paths := map[string]bool{}, map[string]bool{}
	for _, r := range table {
		require.Regexp(t, name, r.name)
		require.False(t, names[r.name], r.name)
		require.False(t, r.path != "" && paths[r.path], r.path)
		names[r.name], paths[r.path] = true, true
		require.False(t, isSection(r.path), r.path)
		require.NotEmpty(t, r.allowed, r.name)
		require.False(t, ofSplunkd(r.name), r.name)
		require.Regexp(t, `^[^A-Z\s].*[^.\s]$|^the .*[^.]$`, r.help)
		require.LessOrEqual(t, len(r.help), 90, r.name)
		require.False(t, r.fallback != "" && r.instead != "", r.name)
		require.NoError(t, r.set(new(Settings), r.items(r.fallback)))
	}
	for _, thresholded := range thresholdNames {
		require.GreaterOrEqual(t, named(thresholded), 0)
	}
}

// TestShown holds the page of an input as short as the design wants it.
func TestShown(t *testing.T) {
	var shown []string
	for _, r := range table {
		if r.title != "" {
			shown = append(shown, r.name)
		}
	}
	require.Equal(t, []string{"logs", "engine", "credential", "role_external_id", "proxy_url", "accounts", "exclude_accounts", "business_unit",
		"organizations_account_id", "athena_account_id", "athena_workgroup", "athena_bucket", "cloudtrail_bucket", "dynamo_table_name",
		"history_days", "learning_days", "ignored_principals", "validate_live", "config"}, shown)
}
