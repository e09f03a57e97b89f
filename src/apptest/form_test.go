package apptest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

const entryJSON = `{"access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}`

func TestTheFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := splunk(t, splunkdtest.Options{})
	for _, test := range []struct {
		name string
		form splunkdtest.Params
		want []string
	}{
		{"no place of the logs", splunkdtest.Params{}, []string{"logs:"}},
		{"a relative folder", splunkdtest.Params{"logs": "logs"}, []string{"logs:", "relative"}},
		{"all faults at once", splunkdtest.Params{"logs": "demo:", "learning_days": "-1", "history_days": "soon", "accounts": "everyone"},
			[]string{"learning_days:", "history_days:", "accounts:"}},
		{"an entry that is not there", splunkdtest.Params{"logs": "demo:", "credential": "nothing"}, []string{"credential:", "nothing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			said := s.Refused("x", test.form)
			for _, w := range test.want {
				require.Contains(t, said, w)
			}
		})
	}
	require.Empty(t, s.Runs("x"))
}

func TestWhereALocalFileIsNoMemory(t *testing.T) {
	t.Parallel()
	for _, o := range []splunkdtest.Options{{Roles: []string{"search_head", "shc_member"}}, {InstanceType: "cloud"}} {
		s := splunk(t, o)
		form := splunkdtest.Params{"logs": "demo:"}
		require.Contains(t, s.Refused("x", form), "forwarder")
		w, err := smallWorld()
		require.NoError(t, err)
		s.Create("x", briefly(w, splunkdtest.Params{"config": "allowEmbeddedOnCluster: true"}))
		s.WaitForRuns("x", 1)
		require.ElementsMatch(t, expected(t, s), ids(told(t, s, "x", true)))
	}
}

// TestSecrets goes through an entry's life: whatever happens to it, the input says it, and goes on when it is mended. That no secret is
// found anywhere is looked at after each test.
func TestSecrets(t *testing.T) {
	t.Parallel()
	w, err := smallWorld()
	require.NoError(t, err)
	s := splunk(t, splunkdtest.Options{})
	s.Store("ct_anomaly", "prod", entryJSON)
	s.Create("prod", briefly(w, splunkdtest.Params{"credential": "prod"}))
	s.WaitForRuns("prod", 1)
	require.ElementsMatch(t, expected(t, s), ids(told(t, s, "prod", true)))

	s.Edit("prod", splunkdtest.Params{"interval": "2"})
	next := func() splunkdtest.Event { // what the first run says that began after this
		s.WaitForRuns("prod", len(s.Runs("prod"))+1)
		return lastRun(t, s, "prod")
	}
	wrong := func(what, says string) {
		t.Helper()
		e := next()
		require.Equal(t, "failed", e.Field("status"), what)
		require.Equal(t, "credential", e.Field("error_code"), what)
		require.Contains(t, e.Field("error"), says, what)
		require.NotEmpty(t, e.Field("next_step"), what)
	}
	status, _ := s.Call("DELETE", "/storage/passwords/ct_anomaly:prod:", nil)
	require.Equal(t, 200, status)
	wrong("it is gone", "prod")
	s.Store("ct_anomaly", "prod", "wJalrXUtnFEMI")
	wrong("it is no JSON", "JSON")
	s.Store("ct_anomaly", "prod", `{"access_key_id":"AKIAIOSFODNN7EXAMPLE"}`)
	wrong("a field is missing", "secret_access_key")
	s.Deny("list_storage_passwords")
	wrong("it can't be read", "list_storage_passwords")
	s.Allow("list_storage_passwords")
	s.Store("ct_anomaly", "prod", strings.ReplaceAll(entryJSON, "wJalr", "vIakq"))
	e := next()
	require.NotEqual(t, "failed", e.Field("status"), "after it was rotated: %s", e.Raw)
	told(t, s, "prod", true)
}
