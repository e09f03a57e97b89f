package risk

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	table, err := Load()
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(riskyActions)).ReadAll()
	require.NoError(t, err)
	rows = rows[1:]
	require.Len(t, table.rows, len(rows))
	require.GreaterOrEqual(t, len(rows), 60)

	// The tactics of ATT&CK for Enterprise 18 that this product can see.
	tactics := []string{"Initial Access", "Execution", "Persistence", "Privilege Escalation", "Defense Evasion", "Credential Access",
		"Discovery", "Lateral Movement", "Collection", "Exfiltration", "Impact"}
	action := regexp.MustCompile(`^([a-z0-9-]+\.amazonaws\.com:[A-Z][A-Za-z0-9]+|rule:[a-z_]+)$`)
	technique := regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	why := regexp.MustCompile(`^[a-z]+s [^.;:]+$`)
	source := regexp.MustCompile(`^(Sigma [a-z0-9_]+\.yml \([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)|ATT&CK T\d{4}(\.\d{3})?|(AWS|Amazon|IAM) [A-Za-z0-9 ]+: [A-Za-z]+)$`)
	for _, r := range rows {
		require.Regexp(t, action, r[0])
		require.Contains(t, severities, r[1], r[0])
		require.Contains(t, tactics, r[2], r[0])
		require.Regexp(t, technique, r[3], r[0])
		require.Truef(t, why.MatchString(r[4]) || strings.HasPrefix(r[4], "can "), "%s: why does not follow the action's name: %s", r[0], r[4])
		require.LessOrEqual(t, len(r[4]), 70, r[0])
		require.Regexp(t, source, r[5], r[0])
		if cited, ok := strings.CutPrefix(r[5], "ATT&CK "); ok {
			require.Equal(t, r[3], cited, r[0])
		}
	}
	require.True(t, slices.IsSortedFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) }), "rows are in the order of their actions")
}

func TestTechniqueKeepsItsTactic(t *testing.T) {
	// Those that ATT&CK lists under more than one tactic: the row may take any of them.
	several := map[string]string{
		"T1098": "Persistence, Privilege Escalation", "T1098.001": "Persistence, Privilege Escalation", "T1098.003": "Persistence, Privilege Escalation",
		"T1098.006": "Persistence, Privilege Escalation", "T1546": "Persistence, Privilege Escalation", "T1484.002": "Defense Evasion, Privilege Escalation",
		"T1548.005": "Defense Evasion, Privilege Escalation", "T1556": "Credential Access, Defense Evasion, Persistence",
		"T1556.006": "Credential Access, Defense Evasion, Persistence",
		"T1078.004": "Defense Evasion, Persistence, Privilege Escalation, Initial Access",
	}
	table, err := Load()
	require.NoError(t, err)
	seen := map[string]string{}
	for action, r := range table.rows {
		if all, ok := several[r.technique]; ok {
			require.Contains(t, all, r.tactic, action)
			continue
		}
		if tactic, ok := seen[r.technique]; ok {
			require.Equal(t, tactic, r.tactic, "%s of %s", r.technique, action)
		}
		seen[r.technique] = r.tactic
	}
}

func TestRisky(t *testing.T) {
	table, err := Load()
	require.NoError(t, err)
	require.True(t, table.Risky("cloudtrail.amazonaws.com:StopLogging"))
	require.True(t, table.Risky("iam.amazonaws.com:CreateUser"), "medium is risky")
	require.True(t, table.Risky("lambda.amazonaws.com:AddPermission20150331v2"))
	require.False(t, table.Risky("sts.amazonaws.com:GetCallerIdentity"), "listed as low")
	require.False(t, table.Risky("iam.amazonaws.com:GetUser"), "not listed")
	require.False(t, table.Risky("cloudtrail.amazonaws.com:stoplogging"), "names are verbatim")
	require.False(t, table.Risky(""))
}

func TestBadTables(t *testing.T) {
	const head, good = "action,severity,mitre_tactic,mitre_technique,why,source\n", "a.amazonaws.com:B,high,Impact,T1485,deletes,ATT&CK T1485\n"
	for _, c := range []struct{ name, table, want string }{
		{"empty", "", "EOF"},
		{"another header", "action,severity,tactic,technique,why,source\n" + good, "its header is not"},
		{"no header", good, "its header is not"},
		{"twice the same action", head + good + good, "line 3: a.amazonaws.com:B is there twice"},
		{"unknown severity", head + strings.Replace(good, "high", "High", 1), "line 2: High is no severity"},
		{"no source", head + strings.Replace(good, "ATT&CK T1485", "", 1), "line 2: source is empty"},
		{"no action", head + strings.Replace(good, "a.amazonaws.com:B", "", 1), "line 2: action is empty"},
		{"a column short", head + "a.amazonaws.com:B,high,Impact,T1485,deletes\n", "wrong number of fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(strings.NewReader(c.table))
			require.ErrorContains(t, err, c.want)
		})
	}
	table, err := parse(strings.NewReader(head + good))
	require.NoError(t, err)
	require.Len(t, table.rows, 1)
}
