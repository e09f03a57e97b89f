package baseline_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

func open(t *testing.T) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "baseline.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func put(t *testing.T, s *embedded.Store, kind discern.Kind, id, action string, k discern.Known) {
	t.Helper()
	done, err := s.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: discern.Holder{Kind: kind, ID: id}, Action: action, Now: k}}}})
	require.NoError(t, err)
	require.Equal(t, []bool{true}, done)
}

func export(t *testing.T, s *embedded.Store, all bool) string {
	t.Helper()
	var out bytes.Buffer
	n, err := baseline.Export(t.Context(), s, &out, all)
	require.NoError(t, err)
	require.Equal(t, n, strings.Count(out.String(), "\n"))
	return out.String()
}

func TestExportWritesPairsSorted(t *testing.T) {
	s := open(t)
	put(t, s, discern.Principal, "B", "z:Z", discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_060, FirstDenied: 1_700_000_000})
	put(t, s, discern.Principal, "B", "a:<&>", discern.Known{Until: 1_700_000_000})
	put(t, s, discern.Principal, "A", "m:M", discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_000, FirstOK: 1_700_000_000})
	put(t, s, discern.Principal, "A", "", discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_000})
	put(t, s, discern.Principal, "", "n:N", discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_000})
	put(t, s, discern.Organization, "", "m:M", discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_000})
	require.Equal(t, `{"principal":"","action":"n:N","first_seen":"2023-11-14T22:13:20Z","last_seen":"2023-11-14T22:13:20Z"}
{"principal":"A","action":"m:M","first_seen":"2023-11-14T22:13:20Z","last_seen":"2023-11-14T22:13:20Z","first_ok":"2023-11-14T22:13:20Z"}
{"principal":"B","action":"a:<&>","known_until":"2023-11-14T22:13:20Z"}
{"principal":"B","action":"z:Z","first_seen":"2023-11-14T22:13:20Z","last_seen":"2023-11-14T22:14:20Z","first_denied":"2023-11-14T22:13:20Z"}
`, export(t, s, false))
	require.Contains(t, export(t, s, true), `{"kind":"organization","id":"","action":"m:M","first_seen":"2023-11-14T22:13:20Z","last_seen":"2023-11-14T22:13:20Z"}`)
}

func TestImportGivesBackWhatWasExported(t *testing.T) {
	s := open(t)
	for i, kind := range []discern.Kind{discern.Principal, discern.Account, discern.Organization, discern.Rule, discern.Instance, discern.Watermark} {
		for j := range 40 {
			put(t, s, kind, fmt.Sprint("id", i), fmt.Sprint("a:", j), discern.Known{FirstSeen: int64(1_700_000_000 + j), LastSeen: int64(1_700_000_900 + j)})
		}
		put(t, s, kind, fmt.Sprint("id", i), "", discern.Known{FirstSeen: 1_700_000_000})
	}
	whole := export(t, s, true)
	other := open(t)
	done, err := baseline.Import(t.Context(), other, strings.NewReader(whole))
	require.NoError(t, err)
	require.Equal(t, 1, done.Accounts)
	require.Equal(t, whole, export(t, other, true))
}

func TestImportJoins(t *testing.T) {
	s := open(t)
	put(t, s, discern.Principal, "A", "m:M", discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_100, FirstOK: 1_700_000_050})
	_, err := baseline.Import(t.Context(), s, strings.NewReader(`{"principal":"A","action":"m:M","first_seen":"2023-11-14T22:13:10Z","last_seen":"2023-11-14T22:13:30Z","first_ok":"2023-11-14T22:13:30Z"}`))
	require.NoError(t, err)
	require.Equal(t, `{"principal":"A","action":"m:M","first_seen":"2023-11-14T22:13:10Z","last_seen":"2023-11-14T22:15:00Z","first_ok":"2023-11-14T22:13:30Z"}`+"\n", export(t, s, false))
}

func TestImportNamesEveryFaultAndWritesNothing(t *testing.T) {
	for name, c := range map[string]struct{ line, fault string }{
		"no JSON":        {`nonsense`, "no JSON object"},
		"no principal":   {`{"action":"a:B","last_seen":"2023-11-14T22:13:10Z"}`, "needs principal and action, or kind and id"},
		"unknown kind":   {`{"kind":"planet","id":"x","last_seen":"2023-11-14T22:13:10Z"}`, "kind: unknown"},
		"no time":        {`{"principal":"A","action":"a:B"}`, "needs last_seen or known_until"},
		"bad time":       {`{"principal":"A","action":"a:B","last_seen":"yesterday"}`, "last_seen: no time such as"},
		"time too late":  {`{"principal":"A","action":"a:B","last_seen":"2223-11-14T22:13:10Z"}`, "last_seen: no time such as"},
		"first too late": {`{"principal":"A","action":"a:B","first_seen":"2023-11-15T22:13:10Z","last_seen":"2023-11-14T22:13:10Z"}`, "first_seen: later than last_seen"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			good := `{"principal":"A","action":"a:Good","last_seen":"2023-11-14T22:13:10Z","first_seen":"2023-11-14T22:13:10Z"}`
			_, err := baseline.Import(t.Context(), s, strings.NewReader(good+"\n\n"+c.line+"\n"+good))
			require.ErrorContains(t, err, "line 3: ")
			require.ErrorContains(t, err, c.fault)
			require.Equal(t, `{"kind":"end","lines":0}`+"\n", export(t, s, true))
		})
	}
}

// TestImportSeesWhatIsMissing of an export: also where it was cut at the end of a line.
func TestImportSeesWhatIsMissing(t *testing.T) {
	s := open(t)
	for i := range 3 {
		put(t, s, discern.Principal, "A", fmt.Sprint("a:", i), discern.Known{FirstSeen: 1_700_000_000, LastSeen: 1_700_000_000})
	}
	put(t, s, discern.Account, "1", "", discern.Known{FirstSeen: 1_700_000_000})
	whole, pairs := export(t, s, true), export(t, s, false)
	require.True(t, strings.HasSuffix(whole, "\n"+`{"kind":"end","lines":4}`+"\n"), whole)
	require.NotContains(t, pairs, "end", "pairs only")
	lines := strings.SplitAfter(whole, "\n")
	for name, c := range map[string]struct {
		text, fault string
		unended     bool
	}{
		"whole":                {whole, "", false},
		"twice":                {whole + whole, "", false},
		"nothing but its end":  {`{"kind":"end","lines":0}`, "", false},
		"pairs":                {pairs, "", false},
		"without its end":      {strings.Join(lines[:4], ""), "", true},
		"a line taken out":     {strings.Join(lines[1:], ""), "line 4: 4 lines were exported, and 3 are here", false},
		"a line too many":      {lines[0] + whole, "line 6: 4 lines were exported, and 5 are here", false},
		"cut, then a whole":    {strings.Join(lines[:2], "") + whole, "4 lines were exported, and 6 are here", false},
		"whole, then cut":      {whole + lines[0], "after the end of an export (1 here)", false},
		"an end that says not": {`{"kind":"end"}`, "line 1: lines: ", false},
	} {
		t.Run(name, func(t *testing.T) {
			to := open(t)
			done, err := baseline.Import(t.Context(), to, strings.NewReader(c.text))
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				require.NotContains(t, export(t, to, true), "principal")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.unended, done.Unended)
		})
	}
}
