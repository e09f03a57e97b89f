package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A line is a record as far as the tests look at it.
type line struct {
	EventID, EventSource, EventName, EventVersion, EventCategory string
	RecipientAccountID                                           string `json:"recipientAccountId"`
	EventTime                                                    time.Time
	RequestParameters, ResponseElements                          json.RawMessage
	UserIdentity                                                 *struct {
		Type, PrincipalID, AccountID, UserName, InvokedBy, IdentityProvider string
		OnBehalfOf                                                          struct{ UserID string }
		SessionContext                                                      struct {
			SessionIssuer *struct{ PrincipalID string }
		}
	}
}

// key is the principal of a record, after the rules of the product's own grammar, written down a second time.
func (l *line) key() string {
	u := l.UserIdentity
	if u == nil {
		return "none:" + l.RecipientAccountID
	}
	visitor := "@" + l.RecipientAccountID
	id, _, _ := strings.Cut(u.PrincipalID, ":")
	switch u.Type {
	case "AssumedRole":
		return u.SessionContext.SessionIssuer.PrincipalID
	case "IAMUser":
		return u.PrincipalID
	case "Root":
		return "root:" + u.AccountID
	case "FederatedUser":
		return "federated:" + u.SessionContext.SessionIssuer.PrincipalID
	case "AWSService", "":
		return "service:" + l.RecipientAccountID + "/" + u.InvokedBy
	case "AWSAccount":
		if u.AccountID == "ANONYMOUS_PRINCIPAL" {
			return "anonymous:" + l.RecipientAccountID
		}
		return "account:" + u.AccountID + "/" + id + visitor
	case "SAMLUser":
		return "saml:" + u.IdentityProvider + "/" + u.UserName + visitor
	case "WebIdentityUser":
		return "web:" + u.IdentityProvider + "/" + u.UserName + visitor
	case "IdentityCenterUser":
		return "idc:" + identityStore + "/" + u.OnBehalfOf.UserID + visitor
	case "Directory":
		return "directory:" + u.AccountID + "/" + u.UserName
	}
	return strings.ToLower(u.Type) + ":" + u.AccountID + "/" + u.PrincipalID
}

var logName = regexp.MustCompile(`^AWSLogs/o-exampleorg1/(\d{12})/CloudTrail/([a-z]+-[a-z]+-\d)/(\d{4}/\d\d/\d\d)/(\d{12})_CloudTrail_([a-z]+-[a-z]+-\d)_(\d{8}T\d{4}Z)_[A-Za-z0-9]{16}\.json\.gz$`)

func write(t *testing.T, seed int64, days int) (string, Story) {
	t.Helper()
	dir := t.TempDir()
	story, err := Write(t.Context(), Options{Dir: dir, Seed: seed, End: lastDay, Days: days})
	require.NoError(t, err)
	return dir, story
}

// files gives the content of every file below a folder, by path with slashes.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all[p], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
		}
		return err
	}))
	return all
}

func records(body []byte) ([]line, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	var log struct{ Records []line }
	return log.Records, json.Unmarshal(text, &log)
}

func TestWriteTellsTheTruthAboutItsFiles(t *testing.T) {
	dir, story := write(t, 1, 12)
	l, err := newLife(1)
	require.NoError(t, err)
	all := files(t, dir)
	for _, name := range append(story.Broken, story.Other...) {
		require.Contains(t, all, name)
	}
	require.Len(t, story.Broken, 3)
	require.Len(t, story.Other, 2)
	for _, name := range story.Broken {
		_, err := records(all[name])
		require.Error(t, err, "%s should be broken", name)
		delete(all, name)
	}
	for _, name := range story.Other {
		_, err := records(all[name])
		require.NoError(t, err)
		delete(all, name)
	}
	require.Len(t, all, story.Files)

	types, versions, keys, pairs := map[string]int{}, map[string]int{}, map[string]bool{}, map[[3]string]bool{}
	ids, total, size, late := map[string]int{}, 0, 0, 0
	for name, body := range all {
		part := logName.FindStringSubmatch(name)
		require.NotNil(t, part, name)
		require.Equal(t, part[1], part[4])
		require.Equal(t, part[2], part[5])
		minute, err := time.Parse("20060102T1504Z", part[6])
		require.NoError(t, err)
		require.Zero(t, minute.Minute()%5)
		require.Equal(t, minute.Format("2006/01/02"), part[3], "the folder is the day of delivery")
		lines, err := records(body)
		require.NoError(t, err, name)
		require.NotEmpty(t, lines, name)
		total, size = total+len(lines), size+len(body)
		if minute.Sub(lines[0].EventTime) > 15*time.Minute {
			late++
		}
		for _, r := range lines {
			require.Equal(t, part[1], r.RecipientAccountID)
			require.True(t, r.EventTime.Before(minute), "%s holds what came later", path.Base(name))
			require.NotEmpty(t, r.RequestParameters)
			require.NotEmpty(t, r.ResponseElements)
			ids[r.EventID]++
			versions[r.EventVersion]++
			keys[r.key()] = true
			pairs[[3]string{r.RecipientAccountID, r.key(), r.EventSource + ":" + r.EventName}] = true
			switch u := r.UserIdentity; {
			case u == nil:
				types["absent"]++
			case u.Type == "IAMUser" && u.SessionContext.SessionIssuer != nil:
				types["IAMUser with an empty issuer"]++
			case u.AccountID == "ANONYMOUS_PRINCIPAL":
				types["anonymous"]++
			default:
				types[u.Type]++
			}
		}
	}
	require.Equal(t, story.Records, total)
	require.Equal(t, story.Bytes, int64(size))
	require.Less(t, len(ids), total, "some files are delivered twice")
	require.Positive(t, late, "some files are late")
	require.Less(t, late, len(all)/20)
	for _, kind := range []string{"AssumedRole", "IAMUser", "IAMUser with an empty issuer", "Root", "FederatedUser", "AWSService", "", "AWSAccount", "anonymous", "SAMLUser",
		"WebIdentityUser", "IdentityCenterUser", "Directory", "Unknown", "WorkloadIdentity", "absent"} {
		require.Positive(t, types[kind], "no record of %q", kind)
	}
	require.GreaterOrEqual(t, len(versions), 5)
	for _, p := range l.roster {
		if p.kind != root {
			require.True(t, keys[l.ids.key(p, lastAge)], "%s in %s is not to be seen", p.name, p.account)
		}
	}
	for _, s := range story.Steps {
		require.True(t, pairs[[3]string{s.Account, s.Principal, s.Action}], s.What)
	}
	// A hundred days stay below 20,000 files and 400,000 records.
	require.Less(t, story.Files, 20_000*12/100)
	require.InDelta(t, 325_000*12/100, story.Records, 75_000*12/100)
}

func TestWriteIsDeterministic(t *testing.T) {
	digest := func(seed int64) map[string][32]byte {
		dir, _ := write(t, seed, 4)
		sums := map[string][32]byte{}
		for name, body := range files(t, dir) {
			sums[name] = sha256.Sum256(body)
		}
		return sums
	}
	first := digest(7)
	require.Equal(t, first, digest(7))
	require.NotEqual(t, first, digest(8))
}

func TestWriteRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, o := range map[string]Options{
		"no folder":     {End: lastDay},
		"no last day":   {Dir: t.TempDir()},
		"no days":       {Dir: t.TempDir(), End: lastDay, Days: -1},
		"not a folder":  {Dir: file, End: lastDay, Days: 1},
		"beyond a file": {Dir: filepath.Join(file, "more"), End: lastDay, Days: 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Write(t.Context(), o)
			require.ErrorContains(t, err, "write the demo's logs: ")
		})
	}
}

func TestWriteStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	days := 0
	_, err := Write(ctx, Options{Dir: t.TempDir(), End: lastDay, Days: 5, Progress: func(done, total int) {
		days = done
		require.Equal(t, 5, total)
		if done == 2 {
			cancel()
		}
	}})
	require.True(t, errors.Is(err, context.Canceled))
	require.Equal(t, 2, days)
}

// TestWhatIsToComeIsLeftOut writes a day twice, the second time as far as it would have been delivered by noon: the same files, but for
// those of the afternoon.
func TestWhatIsToComeIsLeftOut(t *testing.T) {
	whole, story := write(t, 3, 1)
	require.Zero(t, story.ToCome)
	noon := lastDay.UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
	half := t.TempDir()
	sofar, err := Write(t.Context(), Options{Dir: half, Seed: 3, End: lastDay, Days: 1, Until: noon})
	require.NoError(t, err)
	require.Positive(t, sofar.ToCome)
	require.Equal(t, story.Files, sofar.Files+sofar.ToCome)
	there := 0
	require.NoError(t, filepath.WalkDir(whole, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(whole, path)
		require.NoError(t, err)
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(half, rel))
		info, _ := d.Info()
		if info.ModTime().After(noon) {
			require.ErrorIs(t, err, fs.ErrNotExist, rel)
			return nil
		}
		require.NoError(t, err)
		require.Equal(t, sha256.Sum256(want), sha256.Sum256(got), rel)
		there++
		return nil
	}))
	require.Equal(t, sofar.Files, there)
}
