package apptest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

// writeByHand puts a setting that no page has into an input's stanza, as docs/sinks.md says, and restarts splunkd.
func writeByHand(t *testing.T, s *splunkdtest.Splunkd, input, line string) {
	t.Helper()
	path := filepath.Join(s.Home(), "etc", "apps", "cloudtrail_anomaly", "local", "inputs.conf")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	stanza := "[ct_anomaly://" + input + "]\n"
	require.Contains(t, string(text), stanza)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), stanza, stanza+line+"\n", 1)), 0o600))
	s.Restart()
}

// TestAnInputTellsACollector of another Splunk as well, by a token that lies in storage/passwords: what it missed it gets, with the words that the index
// has, once. That the token is found nowhere is looked at in the end.
func TestAnInputTellsACollector(t *testing.T) {
	t.Parallel()
	w, err := smallWorld()
	require.NoError(t, err)
	collector := hectest.New(t)
	s := splunk(t, splunkdtest.Options{})
	want := expected(t, s)
	s.Store("ct_anomaly", "hec", fmt.Sprintf(`{"token":%q}`, collector.Token))
	s.Create("prod", briefly(w, splunkdtest.Params{"config": "aws: {hecUrl: '" + collector.URL + "'}"}))
	s.WaitForRuns("prod", 1)
	e := lastRun(t, s, "prod")
	require.Equal(t, []string{"failed", "credential"}, []string{e.Field("status"), e.Field("error_code")})
	require.Contains(t, e.Field("error"), "hec_url needs a secret, and hec_credential names no entry")

	collector.Fail(hectest.Fault{Code: 4, Echo: true, Times: hectest.Ever})
	writeByHand(t, s, "prod", "hec_credential = hec")
	s.WaitForRuns("prod", 2)
	require.ElementsMatch(t, want, ids(told(t, s, "prod", true)), "the index has all, whatever the collector says")
	e = lastRun(t, s, "prod")
	require.Equal(t, "failed", e.Field("status"))
	require.Contains(t, e.Field("error"), "sink hec: ")
	require.Equal(t, fmt.Sprint(len(want)), e.Field("pending"))
	require.Empty(t, collector.Indexed())

	collector.Mend()
	s.Edit("prod", splunkdtest.Params{"interval": "899"})
	s.WaitForRuns("prod", 3)
	require.Equal(t, "0", lastRun(t, s, "prod").Field("pending"))
	all := told(t, s, "prod", true)
	require.ElementsMatch(t, want, ids(all), "the index is not told again")
	raw := map[string]string{}
	for _, a := range all {
		raw[a.ID] = a.raw
	}
	arrived, covered := 0, 0
	for _, e := range collector.Envelopes() {
		require.Equal(t, "ct_anomaly://prod", e.Source)
		if e.SourceType == runs {
			covered++
			continue
		}
		require.Equal(t, anomalies, e.SourceType)
		require.Equal(t, raw[e.ID()], string(e.Event), "byte for byte what the index has")
		delete(raw, e.ID())
		arrived++
	}
	require.Equal(t, len(want), arrived, "each once")
	require.Empty(t, raw)
	require.Positive(t, covered, "what was looked at is told there too")
}
