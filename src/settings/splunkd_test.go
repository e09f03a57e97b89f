package settings

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStanzaOfSplunkd has what splunkd puts into the stanza of an input besides its arguments.
func TestStanzaOfSplunkd(t *testing.T) {
	stanza := map[string]string{
		"disabled": "0", "host": "$decideOnStartup", "index": "main", "interval": "900", "source": "ct", "sourcetype": "aws:cloudtrail:anomaly",
		"start_by_shell": "false", "python.version": "python3", "python.required": "3.13", "run_introspection": "true", "run_only_one": "true",
		"queue": "parsingQueue", "queueSize": "500KB", "persistentQueueSize": "10MB", "passAuth": "splunk-system-user",
		"_rcvbuf": "1572864", "_TCP_ROUTING": "*", "_SYSLOG_ROUTING": "x", "_INDEX_AND_FORWARD_ROUTING": "x", "_meta": "a::b",
		"evt_resolve_ad_obj": "0", "evt_dc_name": "", "evt_dns_name": "", "eai:acl": "x", "ignoreOlderThan": "14d", "crcSalt": "<SOURCE>",
	}
	got, err := Parse(Sources{Stanza: stanza})
	require.NoError(t, err)
	require.Equal(t, defaults(), got)

	stanza["logs"], stanza["learning_day"] = "/logs", "1"
	_, err = Parse(Sources{Stanza: stanza, NeedLogs: true})
	require.EqualError(t, err, "learning_day: unknown setting; did you mean learning_days?")
}

// TestSecretsStayOutOfFaults gives each setting what people put there by mistake.
func TestSecretsStayOutOfFaults(t *testing.T) {
	cases := []struct{ name, text string }{
		{"role_external_id", "hunter2 hunter2"},
		{"role_external_id", "https://me:hunter2 @[x"},
		{"proxy_url", "https://me:hunter2 @[x"},
		{"proxy_url", "http://me:hunter2@proxy:3128"},
		{"endpoint_url", "https://me:hunter2 @[x"},
		{"hec_url", "https://me:hunter2 @[x"},
		{"hec_url", "https://splunk:8088?token=hunter2"},
		{"logs", "s3://AKIAIOSFODNN7EXAMPLE:hunter2@bucket/prefix"},
		{"logs", "sqs://me:hunter2@host/queue"},
		{"logs", "https://me:hunter2@host/logs"},
		{"credential", `{"secret_access_key": "hunter2"}`},
		{"credential", "AKIAIOSFODNN7EXAMPLE:hunter2"},
		{"hec_credential", "Splunk hunter2"},
		{"scs_credential", "me:hunter2"},
		{"proxy_credential", "me:hunter2"},
		{"config", "aws: {roleExternalId: [hunter2]}"},
		{"config", "aws:\n  roleExternalId: hunter2 hunter2\n  proxyUrl: http://me:hunter2@proxy\n"},
		{"config", "hecCredential: Splunk hunter2\n"},
	}
	for _, c := range cases {
		t.Run(c.name+"="+c.text, func(t *testing.T) {
			_, err := Parse(Sources{Stanza: map[string]string{c.name: c.text}})
			require.IsType(t, Faults{}, err)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), "AKIA")
		})
	}
}
