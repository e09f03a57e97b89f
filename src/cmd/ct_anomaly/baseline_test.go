package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnExportImportedIsTheSame(t *testing.T) {
	first, second, third := t.TempDir(), t.TempDir(), t.TempDir()
	logs := watched(t)
	if real := filepath.Join(sharedData, "cloudtrail"); exists(real) {
		logs = real
	}
	detect(t, exitDone, logs, first)
	all := must(t, exitDone, "baseline", "export", "--all", "--state", first).out
	require.NotEmpty(t, all)

	through := doWith(t, all, "baseline", "import", "--state", second)
	require.Equal(t, exitDone, through.code, through.err)
	require.Equal(t, all, must(t, exitDone, "baseline", "export", "--all", "--state", second).out)

	file := filepath.Join(t.TempDir(), "baseline.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(all), 0o600))
	must(t, exitDone, "baseline", "import", file, "--state", third)
	must(t, exitDone, "baseline", "import", file, "--state", third)
	require.Equal(t, all, must(t, exitDone, "baseline", "export", "--all", "--state", third).out, "twice is once")

	// What is known there is not told there: only what has no place in a baseline, the files looked at, differs.
	require.Empty(t, detect(t, exitDone, logs, third))
}

// TestAnExportThatWasCut is refused where that can be told, and else said.
func TestAnExportThatWasCut(t *testing.T) {
	first := t.TempDir()
	detect(t, exitDone, watched(t), first)
	all := strings.SplitAfter(must(t, exitDone, "baseline", "export", "--all", "--state", first).out, "\n")
	last := len(all) - 2 // what Split leaves at the end is empty
	cut := doWith(t, strings.Join(all[1:], ""), "baseline", "import", "--state", t.TempDir())
	require.Equal(t, exitFailed, cut.code)
	require.Contains(t, cut.err, "the file was cut or changed")
	old := doWith(t, strings.Join(all[:last], ""), "baseline", "import", "--state", t.TempDir())
	require.Equal(t, exitDone, old.code)
	require.Contains(t, old.err, "No last line said how many there were")
	require.NotContains(t, doWith(t, strings.Join(all, ""), "baseline", "import", "--state", t.TempDir()).err, "No last line")
}

func TestPairsImportedAloneAreKnown(t *testing.T) {
	first, second, logs := t.TempDir(), t.TempDir(), watched(t)
	detect(t, exitDone, logs, first)
	pairs := must(t, exitDone, "baseline", "export", "--state", first).out
	require.Len(t, lines(t, pairs), 3)
	require.Contains(t, doWith(t, pairs, "baseline", "import", "--state", second).err, "No account was among them")
	s := must(t, exitDone, "detect", "anomaly", "--logs", logs, "--state", second, "--output", "json", "--learning-days", "0")
	require.Empty(t, s.out)
	require.NotContains(t, s.err, "A new baseline was started", "it goes on with what was imported")
}

func TestAFaultyImportChangesNothing(t *testing.T) {
	const fine = `{"principal":"AIDA1","action":"s3.amazonaws.com:GetObject","first_seen":"2026-11-01T00:00:00Z","last_seen":"2026-11-02T00:00:00Z"}` + "\n"
	for name, c := range map[string]struct{ text, says string }{
		"no JSON":       {fine + "hello\n", "line 2"},
		"no time":       {fine + fine + strings.Replace(fine, "2026-11-01T00:00:00Z", "soon", 1), "line 3: first_seen"},
		"no action":     {`{"principal":"AIDA1","last_seen":"2026-11-02T00:00:00Z"}`, "line 1: needs principal and action"},
		"unknown kind":  {fine + `{"kind":"dream","id":"x","last_seen":"2026-11-02T00:00:00Z"}`, "line 2: kind"},
		"back to front": {strings.Replace(fine, "2026-11-01", "2026-11-09", 1), "line 1: first_seen: later"},
		"cut short":     {fine + fine[:40], "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			detect(t, exitDone, watched(t), state)
			before := must(t, exitDone, "baseline", "export", "--all", "--state", state).out
			said := doWith(t, c.text, "baseline", "import", "--state", state)
			require.Equal(t, exitFailed, said.code)
			require.Contains(t, said.err, c.says)
			require.NotContains(t, said.err, "AIDA1", "what a line holds is not repeated")
			require.Equal(t, before, must(t, exitDone, "baseline", "export", "--all", "--state", state).out)
		})
	}
}

func TestWhatIsForgottenIsToldAgain(t *testing.T) {
	logs, state := watched(t), t.TempDir()
	require.Len(t, detect(t, exitDone, logs, state), 4)
	before := must(t, exitDone, "baseline", "export", "--all", "--state", state).out
	forget := []string{"baseline", "forget", "--principal", "AIDAalice", "--action", "s3:GetObject", "--state", state}
	dry := must(t, exitDone, append(forget, "--dry-run")...)
	require.Equal(t, "AIDAalice s3.amazonaws.com:GetObject\n", dry.out)
	require.Equal(t, before, must(t, exitDone, "baseline", "export", "--all", "--state", state).out)

	must(t, exitDone, forget...)
	require.Empty(t, detect(t, exitDone, logs, state), "files looked at are not read again")
	put(t, logs, named("20261121T0905"), zipped(document(
		record(call{at: "2026-11-21T09:00:00Z", user: "alice", action: "GetObject"}),
		record(call{at: "2026-11-21T09:00:01Z", user: "alice", action: "ListBuckets"}))))
	told := detect(t, exitDone, logs, state)
	require.Len(t, told, 1)
	require.Equal(t, "s3.amazonaws.com:GetObject", told[0].Action)

	must(t, exitDone, "baseline", "forget", "--principal", "AIDAalice", "--state", state)
	put(t, logs, named("20261121T1005"), zipped(document(record(call{at: "2026-11-21T10:00:00Z", user: "alice", action: "HeadBucket"}))))
	require.Equal(t, map[topic]int{
		{"111122223333", "AIDAalice", "", "new_principal", ""}:                         1,
		{"111122223333", "AIDAalice", "s3.amazonaws.com:HeadBucket", "new_action", ""}: 1,
	}, about(detect(t, exitDone, logs, state)))
}

func TestBaselineShow(t *testing.T) {
	state := t.TempDir()
	detect(t, exitDone, watched(t), state)
	whole := must(t, exitDone, "baseline", "show", "--state", state).out
	require.Contains(t, whole, "1 principal, 3 pairs, 1 account, 0 anomalies pending")
	require.Contains(t, whole, "account 111122223333  watched since 2026-11-10T09:00:00Z")
	one := must(t, exitDone, "baseline", "show", "AIDA*", "--state", state).out
	require.Len(t, lines(t, one), 4)
	require.Contains(t, one, "s3.amazonaws.com:GetObject")
	require.Contains(t, must(t, exitDone, "baseline", "show", "AIDA*", "--state", state).err, "Last seen is rewritten when")
	require.Contains(t, must(t, exitFailed, "baseline", "show", "nobody", "--state", state).err, "no such principal")
}

// TestWhatWouldBeForgottenIsInOrder by principal and action, whatever the order in the store.
func TestWhatWouldBeForgottenIsInOrder(t *testing.T) {
	logs, state := t.TempDir(), t.TempDir()
	put(t, logs, named("20261121T0905"), zipped(document(
		record(call{at: "2026-11-21T09:00:00Z", user: "bob", action: "PutObject"}),
		record(call{at: "2026-11-21T09:00:01Z", user: "bob", action: "GetObject"}),
		record(call{at: "2026-11-21T09:00:02Z", user: "alice", action: "ListBuckets"}))))
	detect(t, exitDone, logs, state)
	require.Equal(t, "AIDAalice s3.amazonaws.com:ListBuckets\nAIDAbob s3.amazonaws.com:GetObject\nAIDAbob s3.amazonaws.com:PutObject\n",
		must(t, exitDone, "baseline", "forget", "--principal", "*", "--dry-run", "--state", state).out)
}

// TestWhereNoRecordIs: the file that is missing is named, and a folder without log files.
func TestWhereNoRecordIs(t *testing.T) {
	empty := t.TempDir()
	missing := filepath.Join(empty, "missing.json.gz")
	require.Contains(t, must(t, exitFailed, "show", "some-id", "--file", missing).err, missing+": no such file or directory")
	require.Contains(t, must(t, exitFailed, "show", "some-id", "--file", empty).err, "there is no log file (.json.gz or .json) in "+empty)
	bad := put(t, empty, named("20261121T0905"), []byte("no log"))
	said := must(t, exitFailed, "show", "some-id", "--file", bad).err
	require.Contains(t, said, bad+" could not be read to its end, so whether it has the record with eventID some-id is not known")
	require.NotContains(t, said, "0 records")
}

// TestAStateBesideATable: of the two the table has the baseline, and that is said.
func TestAStateBesideATable(t *testing.T) {
	bare(t)
	said := do(t, "baseline", "show", "--state", "./elsewhere", "--dynamo-table-name", "example")
	require.Contains(t, said.err, "note: the baseline is in DynamoDB table example (dynamo_table_name); one in --state ./elsewhere is not used")
	require.NotContains(t, do(t, "baseline", "show", "--dynamo-table-name", "example").err, "note:")
}

// TestLogsGivenTwice: nobody who gives two places means the second alone.
func TestLogsGivenTwice(t *testing.T) {
	said := must(t, exitUsage, "detect", "anomaly", "--logs", t.TempDir(), "--logs", t.TempDir(), "--state", t.TempDir())
	require.Contains(t, said.err, "--logs: is given 2 times")
}

func TestAnEmptyImportIsNone(t *testing.T) {
	s := doWith(t, "", "baseline", "import", "--state", filepath.Join(t.TempDir(), "state"))
	require.Equal(t, exitFailed, s.code)
	require.Contains(t, s.err, "the input is empty")
}

// TestAPolicyThatIsBoundToNoOrganization says so: its conditions are what keeps others out.
func TestAPolicyThatIsBoundToNoOrganization(t *testing.T) {
	bare(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	line := []string{"policy", "--cloudtrail-bucket", "example-trail", "--dynamo-table-name", "baseline", "--aws-region", "eu-west-1"}
	require.Contains(t, must(t, exitDone, line...).err, "nothing is bound to it (aws:ResourceOrgID, aws:PrincipalOrgID): give --organization-id")
	bound := must(t, exitDone, append(line, "--organization-id", "o-example123")...)
	require.NotContains(t, bound.err, "nothing is bound to it")
	require.Contains(t, bound.out, "aws:ResourceOrgID")
}
