package logs_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// record is a record as CloudTrail writes it, of one user.
func record(id, at, account, action, ip string) string {
	return fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA%[3]s","arn":"arn:aws:iam::%[3]s:user/u","accountId":"%[3]s","userName":"u"},`+
		`"eventTime":"%[2]s","eventSource":"s3.amazonaws.com","eventName":"%[4]s","awsRegion":"us-east-1","sourceIPAddress":"%[5]s","userAgent":"aws-cli/2",`+
		`"requestParameters":{"bucketName":"b"},"eventID":"%[1]s","readOnly":true,"eventCategory":"Management","recipientAccountId":"%[3]s"}`, id, at, account, action, ip)
}

func document(records ...string) []byte {
	return []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

func zipped(plain []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(plain)
	z.Close()
	return b.Bytes()
}

// put writes a file below the root; its time is an hour ago.
func put(t *testing.T, root, path string, data []byte) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(path))
	require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(t, os.WriteFile(full, data, 0o644))
	require.NoError(t, os.Chtimes(full, now.Add(-time.Hour), now.Add(-time.Hour)))
}

func delivered(account, region, minute string) string {
	day := minute[:4] + "/" + minute[4:6] + "/" + minute[6:8]
	return fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%sZ_abcdefghijklmnop.json.gz", account, region, day, account, region, minute)
}

func open(t *testing.T, o logs.Options) *logs.Folder {
	t.Helper()
	o.Now = func() time.Time { return now }
	if o.HistoryDays == 0 {
		o.HistoryDays = -1
	}
	f, err := logs.Open(o)
	require.NoError(t, err)
	return f
}

// all reads everything and gives it as one piece.
func all(t *testing.T, f *logs.Folder) discern.Piece {
	t.Helper()
	whole := discern.Piece{Looks: map[string]*discern.Look{}, Skipped: map[string]int{}}
	for {
		p, err := f.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return whole
		}
		require.NoError(t, err)
		whole.Sightings = append(whole.Sightings, p.Sightings...)
		whole.Files = append(whole.Files, p.Files...)
		whole.Bad = append(whole.Bad, p.Bad...)
		for id, look := range p.Looks {
			whole.Looks[id] = look
		}
		for why, n := range p.Skipped {
			whole.Skipped[why] += n
		}
		whole.Start, whole.End = p.Start, p.End
	}
}

func seen(p discern.Piece) []string {
	var lines []string
	for _, s := range p.Sightings {
		lines = append(lines, fmt.Sprint(s.Account, " ", s.Principal, " ", discern.Short(s.Action), " ", discern.Stamp(s.First), " ", s.Count))
	}
	return lines
}

func TestEveryLayoutIsRead(t *testing.T) {
	one := document(record("1", "2026-11-20T10:00:00Z", "111122223333", "ListBuckets", "192.0.2.1"))
	name := "111122223333_CloudTrail_us-east-1_20261120T1005Z_abcdefghijklmnop.json"
	for _, path := range []string{
		delivered("111122223333", "us-east-1", "20261120T1005"),
		"some/prefix/" + delivered("111122223333", "us-east-1", "20261120T1005"),
		"AWSLogs/o-exampleorg1/111122223333/CloudTrail/us-east-1/2026/11/20/" + name + ".gz",
		name + ".gz", name, "loose.json", "loose.json.gz", "deep/down/loose.json",
	} {
		t.Run(path, func(t *testing.T) {
			root := t.TempDir()
			data := one
			if strings.HasSuffix(path, ".gz") {
				data = zipped(one)
			}
			put(t, root, path, data)
			p := all(t, open(t, logs.Options{Root: root}))
			require.Equal(t, []string{"111122223333 AIDA111122223333 s3:ListBuckets 2026-11-20T10:00:00Z 1"}, seen(p))
			require.Empty(t, p.Bad)
			look := p.Looks["111122223333"]
			require.Equal(t, 1, look.Files)
			require.Equal(t, discern.Records{Read: 1}, look.Records)
			want := "2026-11-20T10:05:00Z"
			if strings.Contains(path, "loose") {
				want = "2026-11-20T10:00:00Z"
			}
			require.Equal(t, want, discern.Stamp(look.NewestDelivery))
			require.Equal(t, want, discern.Stamp(p.Start))
			if strings.Contains(path, "us-east-1") {
				require.Equal(t, map[string]int{"us-east-1": 1}, look.FilesByRegion)
			}
		})
	}
}

func TestAFileWithoutADateStandsAtItsNewestEvent(t *testing.T) {
	root := t.TempDir()
	put(t, root, "loose.json", document(record("1", "2026-11-20T10:00:00Z", "1", "ListBuckets", "192.0.2.1")))
	for _, store := range []discern.Ledger{nil, ledger(t)} {
		require.Equal(t, "2026-11-20T10:00:00Z", discern.Stamp(all(t, open(t, logs.Options{Root: root, Ledger: store})).Start))
	}
}

func TestASingleFileIsRead(t *testing.T) {
	root := t.TempDir()
	put(t, root, "x.json.gz", zipped(document(record("1", "2026-11-20T10:00:00Z", "1", "ListBuckets", "192.0.2.1"))))
	p := all(t, open(t, logs.Options{Root: filepath.Join(root, "x.json.gz")}))
	require.Len(t, p.Sightings, 1)
}

func TestTheOrderAndTheCoresDoNotMatter(t *testing.T) {
	root := t.TempDir()
	for h := range 20 {
		var records []string
		for m := range 30 {
			records = append(records, record(fmt.Sprint(h, "-", m), fmt.Sprintf("2026-11-20T%02d:%02d:00Z", h, m), fmt.Sprint(1+m%3), fmt.Sprint("Act", m%7), "192.0.2.1"))
		}
		put(t, root, delivered(fmt.Sprint(1+h%3), "us-east-1", fmt.Sprintf("20261120T%02d35", h)), zipped(document(records...)))
	}
	one := all(t, open(t, logs.Options{Root: root, Workers: 1}))
	require.NotEmpty(t, one.Sightings)
	for _, workers := range []int{2, 3, 8} {
		many := all(t, open(t, logs.Options{Root: root, Workers: workers}))
		require.Equal(t, seen(one), seen(many))
		require.Equal(t, one.Looks, many.Looks)
	}
}

func TestBadFilesAreNamedAndSurvived(t *testing.T) {
	good := record("1", "2026-11-20T10:00:00Z", "111122223333", "ListBuckets", "192.0.2.1")
	half := zipped(document(good, record("2", "2026-11-20T10:01:00Z", "111122223333", "GetObject", "192.0.2.1")))
	for _, test := range []struct {
		name  string
		data  []byte
		fault string
		seen  int // records of the bad file that could be read
	}{
		{"truncated", half[:len(half)-9], "the file ends too early", -1},
		{"not-gzip", []byte("\x00\x01nothing"), "not valid JSON", 0},
		{"bad-json", zipped([]byte(`{"Records":[` + good + `,{"eventName":}]}`)), "not valid JSON", 1},
		{"empty", nil, "the file is empty", 0},
		{"no-records", zipped([]byte(`{"a":1}`)), "no list of records", 0},
		{"digest", zipped([]byte(`{"awsAccountId":"111122223333","digestStartTime":"2026-11-20T10:00:00Z","digestEndTime":"2026-11-20T11:00:00Z","digestS3Bucket":"b","logFiles":[]}`)), "digest file", 0},
		{"no-time", zipped(document(good, `{"eventSource":"s3.amazonaws.com","eventName":"X"}`)), "1 bad records, the first record at byte", 1},
		{"insights", zipped(document(strings.Replace(good, `"Management"`, `"Insight"`, 1))), "nothing but Insights", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			put(t, root, test.name+".json.gz", test.data)
			put(t, root, delivered("111122223333", "us-east-1", "20261120T1105"), zipped(document(record("9", "2026-11-20T11:00:00Z", "111122223333", "PutObject", "192.0.2.1"))))
			p := all(t, open(t, logs.Options{Root: root}))
			require.Len(t, p.Bad, 1)
			require.Equal(t, test.name+".json.gz", p.Bad[0].Path)
			require.Contains(t, p.Bad[0].Fault, test.fault)
			require.Contains(t, strings.Join(seen(p), "\n"), "s3:PutObject", "the other file is read")
			if test.seen >= 0 {
				require.Len(t, p.Sightings, 1+test.seen)
			}
		})
	}
}

func TestFoldersThatCannotBeRead(t *testing.T) {
	_, err := logs.Open(logs.Options{Root: filepath.Join(t.TempDir(), "nowhere")})
	require.ErrorContains(t, err, "give the folder that holds the CloudTrail files")
	p := all(t, open(t, logs.Options{Root: t.TempDir()}))
	require.Empty(t, p.Files)
}

func TestWhatIsNoLogFileIsCounted(t *testing.T) {
	root := t.TempDir()
	put(t, root, "AWSLogs/1/CloudTrail-Digest/us-east-1/2026/11/20/1_CloudTrail-Digest_us-east-1_t_us-east-1_20261120T100000Z.json.gz", zipped([]byte(`{}`)))
	put(t, root, "AWSLogs/1/CloudTrail-Insight/us-east-1/2026/11/20/1_CloudTrail-Insight_us-east-1_20261120T1000Z_x.json.gz", zipped([]byte(`{}`)))
	put(t, root, "notes.txt", []byte("x"))
	p := all(t, open(t, logs.Options{Root: root}))
	require.Equal(t, map[string]int{"CloudTrail-Digest file": 1, "CloudTrail-Insight file": 1, "not .json or .json.gz": 1}, p.Skipped)
	require.Empty(t, p.Bad)
}

func TestEachFileIsReadOnce(t *testing.T) {
	root := t.TempDir()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "b.db"))
	require.NoError(t, err)
	defer store.Close()
	run := func() discern.Piece {
		p := all(t, open(t, logs.Options{Root: root, Ledger: store}))
		require.NoError(t, store.Looked(t.Context(), p.Files))
		return p
	}
	whole := zipped(document(record("1", "2026-11-20T10:00:00Z", "1", "ListBuckets", "192.0.2.1"), record("2", "2026-11-20T10:00:01Z", "1", "GetObject", "192.0.2.1")))
	put(t, root, "a.json.gz", zipped(document(record("3", "2026-11-20T09:00:00Z", "1", "PutObject", "192.0.2.1"))))
	put(t, root, "b.json.gz", whole[:len(whole)-9]) // still being written
	require.Len(t, run().Bad, 1)
	p := run()
	require.Len(t, p.Bad, 1, "it is tried again")
	require.NotContains(t, strings.Join(seen(p), "\n"), "PutObject", "what was read to its end is not read again")
	put(t, root, "b.json.gz", whole)
	require.Len(t, run().Sightings, 2)
	require.Empty(t, run().Sightings)

	put(t, root, "old.json.gz", []byte("never any good"))
	require.NoError(t, os.Chtimes(filepath.Join(root, "old.json.gz"), now.Add(-25*time.Hour), now.Add(-25*time.Hour)))
	p = run()
	require.Len(t, p.Bad, 1)
	require.True(t, p.Bad[0].Given)
	require.Empty(t, run().Bad, "given up: it has not changed for a day")
}

func TestTo(t *testing.T) {
	root := t.TempDir()
	put(t, root, "a.json", document(record("1", "2026-11-20T09:00:00Z", "1", "PutObject", "192.0.2.1")))
	put(t, root, "b.json", document(record("2", "2026-11-20T10:00:00Z", "1", "GetObject", "192.0.2.1"), record("3", "2026-11-20T10:00:01Z", "1", "ListBuckets", "192.0.2.1")))
	p := all(t, open(t, logs.Options{Root: root, To: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC).Unix()}))
	require.Len(t, p.Sightings, 2)
	require.Len(t, p.Files, 1, "a file with later records is not done with")
}

func TestHistoryDays(t *testing.T) {
	root := t.TempDir()
	for _, day := range []string{"01", "10", "19", "20"} {
		put(t, root, delivered("1", "us-east-1", "202611"+day+"T1005"), zipped(document(record(day, "2026-11-"+day+"T10:00:00Z", "1", "Act"+day, "192.0.2.1"))))
	}
	require.Len(t, all(t, open(t, logs.Options{Root: root, First: true, HistoryDays: 10})).Sightings, 3)
	require.Len(t, all(t, open(t, logs.Options{Root: root, First: true, HistoryDays: 9})).Sightings, 2)
}

func TestHistoryIsOfTheFirstRun(t *testing.T) {
	root := t.TempDir()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "b.db"))
	require.NoError(t, err)
	defer store.Close()
	day := func(n string) {
		put(t, root, delivered("1", "us-east-1", "202611"+n+"T1005"), zipped(document(record(n, "2026-11-"+n+"T10:00:00Z", "1", "Act"+n, "192.0.2.1"))))
	}
	first := true
	run := func(days int) int {
		f, err := logs.Open(logs.Options{Root: root, Ledger: store, HistoryDays: days, First: first, Now: func() time.Time { return now },
			Begun: func(context.Context) error { first = false; return nil }})
		require.NoError(t, err)
		p := all(t, f)
		require.NoError(t, store.Looked(t.Context(), p.Files))
		return len(p.Sightings)
	}
	day("01")
	day("02")
	require.Zero(t, run(0), "no history: start now")
	day("03")
	day("05")
	require.Equal(t, 2, run(0), "all that came since, however old the newest makes it")
	require.Zero(t, run(0))
	require.Zero(t, run(30), "what was left out stays out")
}

func TestAccountsAndCategories(t *testing.T) {
	root := t.TempDir()
	put(t, root, delivered("1", "us-east-1", "20261120T1005"), zipped(document(
		record("1", "2026-11-20T10:00:00Z", "1", "A", "192.0.2.1"), record("2", "2026-11-20T10:00:00Z", "2", "B", "192.0.2.1"),
		strings.Replace(record("3", "2026-11-20T10:00:00Z", "1", "C", "192.0.2.1"), "Management", "Data", 1))))
	put(t, root, delivered("2", "us-east-1", "20261120T1005"), []byte("not even read"))
	p := all(t, open(t, logs.Options{Root: root, Account: func(id string) bool { return id == "1" }, Category: func(c string) bool { return c == "Management" }}))
	require.Equal(t, []string{"1 AIDA1 s3:A 2026-11-20T10:00:00Z 1"}, seen(p))
	require.Equal(t, 1, p.Looks["1"].OtherCategories)
	require.Empty(t, p.Files, "it holds another account's records too: they are left for a run that asks for them")
	require.Empty(t, p.Bad)
}

func TestEvidence(t *testing.T) {
	root := t.TempDir()
	var records []string
	for i := range 8 {
		records = append(records, record(fmt.Sprint("id", i), fmt.Sprintf("2026-11-20T10:00:%02dZ", 20-i), "1", "GetObject", fmt.Sprint("192.0.2.", i)))
	}
	put(t, root, delivered("1", "us-east-1", "20261120T1005"), zipped(document(records...)))
	put(t, root, delivered("1", "us-east-1", "20261120T1010"), zipped(document(append(records[5:], record("x", "2026-11-20T10:00:00Z", "1", "Other", "192.0.2.9"))...)))
	match := func(r *cloudtrail.Record, matched func(rule, instance, address string)) {
		if string(r.EventName) == "Other" {
			matched("other", "i-1", "192.0.2.9")
		}
	}
	f := open(t, logs.Options{Root: root, Match: match})
	p := all(t, f)
	require.Len(t, p.Sightings, 3)
	evidence, err := f.Evidence(t.Context(), p.Sightings)
	require.NoError(t, err)
	for i, s := range p.Sightings {
		if s.Action != "s3.amazonaws.com:GetObject" {
			require.Equal(t, 1, evidence[i].Count, "rule %q", s.Rule)
			require.Len(t, evidence[i].Records, 1)
			continue
		}
		require.Equal(t, 11, s.Count)
		require.Equal(t, 8, evidence[i].Count, "what was delivered twice counts once")
		var ids []string
		for _, r := range evidence[i].Records {
			ids = append(ids, r.EventID)
			require.Contains(t, r.File, "20261120T1005Z", "of two files that hold it, the first by name")
		}
		require.Equal(t, []string{"id7", "id6", "id5", "id4", "id3"}, ids, "the five earliest")
	}
	require.NoError(t, os.RemoveAll(root))
	evidence, err = f.Evidence(t.Context(), p.Sightings)
	require.NoError(t, err, "files that went are no error")
	require.Zero(t, evidence[0].Count)
}

func TestCancelled(t *testing.T) {
	root := t.TempDir()
	put(t, root, "a.json", document(record("1", "2026-11-20T09:00:00Z", "1", "PutObject", "192.0.2.1")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := open(t, logs.Options{Root: root}).Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
