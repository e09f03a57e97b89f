package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// aCall is a record of bob's, beside alice's of the good file.
func aCall() string {
	return record(call{at: "2026-11-21T09:10:00Z", user: "bob", action: "GetObject"})
}

// TestBadFilesAreNamedAndSurvived puts one bad file beside a good one: it is named on standard error, and the good one is told.
func TestBadFilesAreNamedAndSurvived(t *testing.T) {
	whole := zipped(document(aCall(), aCall()))
	for _, f := range []struct {
		name, path string // named("20261121T0915") where empty
		data       []byte
		says       string // beside the file's path; empty: nothing is wrong
		users      []string
	}{
		{name: "truncated gzip", data: whole[:len(whole)-20], says: "ends too early"},
		{name: "not gzip", data: []byte("\x00\x01\x02\x03 no log"), says: "not gzip"},
		{name: "gzip of nothing", data: zipped(nil), says: "empty"},
		{name: "damaged gzip", data: append(bytes.Clone(whole[:40]), append(bytes.Repeat([]byte{0xff}, 30), whole[70:]...)...), says: "damaged"},
		{name: "bad JSON", data: zipped([]byte(`{"Records":[` + aCall() + `,{"eventTime":nonsense}]}`)), says: "not valid JSON", users: []string{"bob"}},
		{name: "empty", data: []byte{}, says: "empty"},
		{name: "no Records", data: zipped([]byte(`{"Events":[]}`)), says: "not a CloudTrail log file"},
		{name: "Records is no list", data: zipped([]byte(`{"Records":{}}`)), says: "not a CloudTrail log file"},
		{name: "a list alone", data: zipped([]byte(`[` + aCall() + `]`)), says: "not a CloudTrail log file"},
		{name: "no time", data: zipped(document(strings.Replace(aCall(), "2026-11-21T09:10:00Z", "yesterday", 1))), says: "eventTime"},
		{name: "a record that is none", data: zipped(document(`17`, aCall())), says: "bad records", users: []string{"bob"}},
		{name: "invalid UTF-8", data: zipped(document(strings.Replace(aCall(), "aws-cli/2", "aws\xff\xfe/2", 1))), users: []string{"bob"}},
		{name: "plain JSON under a gzip name", data: document(aCall()), users: []string{"bob"}},
		{name: "a digest file", path: "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/21/x.json.gz", data: zipped([]byte(`{"logFiles":[]}`))},
		{name: "an Insights file", path: "AWSLogs/111122223333/CloudTrail-Insight/us-east-1/2026/11/21/x.json.gz", data: zipped(document(aCall()))},
		{name: "a digest in a log file's place", data: zipped([]byte(`{"awsAccountId":"1","digestStartTime":"2026-11-21T00:00:00Z","logFiles":[]}`)), says: "digest"},
		{name: "a million brackets", data: zipped(document(nested(aCall(), 1_000_000))), says: "not"},
		{name: "a bomb of spaces", data: members(`{"Records":[`, strings.Repeat(" ", 1<<20), 200, aCall()+`]}`), says: "400 times"},
		{name: "a bomb in a record", data: members(`{"Records":[{"a":"`, strings.Repeat("a", 1<<20), 200, `"}]}`), says: "400 times"},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			good(t, root)
			if f.path == "" {
				f.path = named("20261121T0915")
			}
			put(t, root, f.path, f.data)
			began := time.Now()
			said := do(t, "detect", "anomaly", "--logs", root, "--state", t.TempDir(), "--output", "json", "--learning-days", "0")
			require.Less(t, time.Since(began), 20*time.Second)
			if f.says == "" {
				require.Equal(t, exitDone, said.code, said.err)
				require.NotContains(t, said.err, "warning:")
			} else {
				require.Equal(t, exitPartly, said.code, said.err)
				require.Contains(t, said.err, "warning: "+f.path+": ")
				require.Contains(t, said.err, f.says)
			}
			require.NotContains(t, said.err, "nonsense", "what a file holds is not repeated")
			require.NotContains(t, said.err, "goroutine")
			users := map[string]bool{}
			for _, e := range events(t, said.out) {
				users[e.PrincipalName] = true
			}
			want := map[string]bool{"alice": true}
			for _, u := range f.users {
				want[u] = true
			}
			require.Equal(t, want, users)
		})
	}
}

// nested gives a record request parameters of so many brackets, never closed in vain.
func nested(r string, depth int) string {
	return strings.Replace(r, `"userAgent"`, `"requestParameters":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+`,"userAgent"`, 1)
}

// members is a gzip file of several members, of which one is repeated: a bomb that is quickly made.
func members(head, again string, times int, tail string) []byte {
	return bytes.Join([][]byte{zipped([]byte(head)), bytes.Repeat(zipped([]byte(again)), times), zipped([]byte(tail))}, nil)
}

// TestALongRepetitionIsRead is 200 MB of one record again and again, which packs well but not as a bomb does.
func TestALongRepetitionIsRead(t *testing.T) {
	root := t.TempDir()
	batch := strings.Repeat(aCall()+",", 2000)
	put(t, root, named("20261121T0915"), members(`{"Records":[`, batch, 200<<20/len(batch), aCall()+`]}`))
	said := do(t, "detect", "anomaly", "--logs", root, "--state", t.TempDir(), "--output", "json", "--learning-days", "0")
	if said.code == exitPartly {
		require.Contains(t, said.err, "400 times")
	} else {
		require.Equal(t, exitDone, said.code, said.err)
	}
	require.Len(t, events(t, said.out), 2)
}

func TestARecordOfFiftyMegabytesIsRead(t *testing.T) {
	root := t.TempDir()
	body := strings.Repeat("0123456789abcdef", 50<<20/16)
	put(t, root, "large.json", document(strings.Replace(aCall(), `"userAgent"`, `"requestParameters":{"policy":"`+body+`"},"userAgent"`, 1)))
	told := detect(t, exitDone, root, t.TempDir())
	require.Len(t, told, 2)
	for _, e := range told {
		require.Equal(t, "bob", e.PrincipalName)
	}
}

func TestRecordsThatLackFieldsAreTold(t *testing.T) {
	const rest = `"eventTime":"2026-11-21T09:00:00Z","eventSource":"s3.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"AWS Internal"`
	for name, fields := range map[string]string{
		"no recipientAccountId":      `"eventID":"1","userIdentity":{"type":"IAMUser","principalId":"AIDA1","accountId":"111122223333"}`,
		"no eventID":                 `"recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","principalId":"AIDA1"}`,
		"no sessionIssuer":           `"eventID":"1","recipientAccountId":"1","userIdentity":{"type":"AssumedRole","principalId":"AROA1:me","arn":"arn:aws:sts::1:assumed-role/r/me"}`,
		"sessionIssuer is empty":     `"eventID":"1","recipientAccountId":"1","userIdentity":{"type":"IAMUser","principalId":"AIDA1","sessionContext":{"sessionIssuer":{}}}`,
		"principalId is null":        `"eventID":"1","recipientAccountId":"1","userIdentity":{"type":"IAMUser","principalId":null,"userName":"u","accountId":"1"}`,
		"no principalId, no arn":     `"eventID":"1","recipientAccountId":"1","userIdentity":{"type":"IAMUser","accountId":"1"}`,
		"an empty accessKeyId":       `"eventID":"1","recipientAccountId":"1","userIdentity":{"type":"IdentityCenterUser","arn":"","accessKeyId":"","accountId":"1"}`,
		"the other sign-in type":     `"eventID":"1","recipientAccountId":"1","eventType":"AwsConsoleSignin","userIdentity":{"type":"Root","accountId":"1"}`,
		"no type but invokedBy":      `"eventID":"1","recipientAccountId":"1","userIdentity":{"accountId":"1","invokedBy":"x.amazonaws.com"}`,
		"an unheard-of type":         `"eventID":"1","recipientAccountId":"1","userIdentity":{"type":"Robot","accountId":"1","principalId":"r"}`,
		"no userIdentity":            `"eventID":"1","recipientAccountId":"1"`,
		"userIdentity is null":       `"eventID":"1","recipientAccountId":"1","userIdentity":null`,
		"userIdentity is empty":      `"eventID":"1","recipientAccountId":"1","userIdentity":{}`,
		"nothing but who and when":   `"userIdentity":{"type":"Unknown"}`,
		"an account of another form": `"eventID":"1","recipientAccountId":"XXXXXXXXXXX","userIdentity":{"type":"IAMUser","principalId":"A"}`,
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			put(t, root, "x.json", document(`{"eventName":"PutObject",`+rest+`,`+fields+`}`))
			var actions []string
			for _, e := range detect(t, exitDone, root, t.TempDir()) {
				require.NotEmpty(t, e.PrincipalID)
				if e.Rule == "" {
					actions = append(actions, e.Action)
				}
			}
			require.ElementsMatch(t, []string{"", "s3.amazonaws.com:PutObject"}, actions)
		})
	}
}

func TestAFileStillBeingWritten(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	good(t, root)
	var records []string
	for n := range 400 {
		records = append(records, record(call{at: "2026-11-21T09:10:00Z", user: "bob", action: fmt.Sprint("Get", n)}))
	}
	whole := zipped(document(records...))
	put(t, root, named("20261121T0915"), whole[:len(whole)/2])
	first := detect(t, exitPartly, root, state)
	require.Greater(t, len(first), 4, "what could be read was judged")
	require.Empty(t, detect(t, exitPartly, root, state), "the file is named again, and nothing told again")

	put(t, root, named("20261121T0915"), whole)
	second := detect(t, exitDone, root, state)
	require.NotEmpty(t, second)
	ids(t, append(first, second...))
	require.Equal(t, about(detect(t, exitDone, root, t.TempDir())), about(append(first, second...)))
	require.Empty(t, detect(t, exitDone, root, state))
}

// TestABadFileIsGivenUp: what has not changed for a day is not tried for ever.
func TestABadFileIsGivenUp(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	good(t, root)
	old := put(t, root, named("20261119T0915"), []byte("no log"))
	require.NoError(t, os.Chtimes(old, today.AddDate(0, 0, -2), today.AddDate(0, 0, -2)))
	detect(t, exitPartly, root, state)
	require.Empty(t, detect(t, exitDone, root, state))
}

func TestWhatCanNotBeReadIsNamed(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	locked := put(t, root, named("20261121T0915"), zipped(document(aCall())))
	require.NoError(t, os.Chmod(locked, 0))
	if file, err := os.Open(locked); err == nil {
		file.Close()
		t.Skip("this user reads files whatever their mode says")
	}
	told := detect(t, exitPartly, root, t.TempDir())
	require.Len(t, told, 2)
}

func TestWhatIsNoFileIsPassedOver(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "folder.json.gz"), 0o755))
	if err := os.Symlink("nowhere.json.gz", filepath.Join(root, "dangling.json.gz")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	require.Len(t, detect(t, exitDone, root, t.TempDir()), 2)
}

func TestNoFolder(t *testing.T) {
	missing, state := filepath.Join(t.TempDir(), "missing"), filepath.Join(t.TempDir(), "state")
	for _, command := range [][]string{{"detect", "anomaly", "--state", state}, {"learn", "--state", state}, {"replay"}} {
		said := must(t, exitFailed, append(command, "--logs", missing)...)
		require.Contains(t, said.err, missing)
		require.Contains(t, said.err, "give the folder")
	}
	require.NoDirExists(t, state, "a mistyped folder of logs must not start a baseline")
}
