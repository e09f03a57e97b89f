package evidence

import (
	"bufio"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// TestRealEvidence looks at the labelled attacks among the real records: what changes something must say what, and with whom it shared.
func TestRealEvidence(t *testing.T) {
	data := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("the real CloudTrail records of ../shared/data are not on this machine")
	}
	evidence := realEvidence(t, filepath.Join(data, "cloudtrail"))
	changing, telling := 0, 0
	var silent []string
	shared := map[string][]string{}
	for _, id := range labelled(t, filepath.Join(data, "labels.jsonl")) {
		e, ok := evidence[id]
		require.True(t, ok, id)
		if e.ReadOnly {
			continue
		}
		changing++
		if len(e.Objects) > 0 {
			telling++
		} else {
			silent = append(silent, e.EventName)
		}
		if e.SharedWith != nil {
			shared[e.EventName] = e.SharedWith
		}
	}
	slices.Sort(silent)

	require.Equal(t, 49, changing)
	require.GreaterOrEqual(t, telling, 42)
	// These act on the account itself, on a form, or name only the session they end.
	require.Subset(t, []string{"ConsoleLogin", "EnableSerialConsoleAccess", "LeaveOrganization", "PutUseCaseForModelAccess", "TerminateSession"}, slices.Compact(silent))
	require.Equal(t, map[string][]string{
		"AddPermission20150331v2":       {"everyone"},
		"AuthorizeSecurityGroupIngress": {"everyone"},
		"CreateRole":                    {"193672423079"},
		"ModifyDBSnapshotAttribute":     {"503161813013"},
		"ModifyImageAttribute":          {"846424999548"},
		"ModifySnapshotAttribute":       {"098797384747"},
		"UpdateAssumeRolePolicy":        {"193672423079"},
	}, shared)
}

// realEvidence is the evidence of every record below a folder, by eventID.
func realEvidence(t *testing.T, folder string) map[string]discern.Record {
	t.Helper()
	byID := map[string]discern.Record{}
	rd := cloudtrail.NewReader()
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json.gz") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = rd.Read(context.Background(), f, func(r *cloudtrail.Record) error {
			e := Of(r)
			requireShort(t, e)
			byID[e.EventID] = e
			return nil
		})
		return err
	}))
	return byID
}

// labelled are the eventIDs of the labelled records.
func labelled(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var ids []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var label struct {
			EventID string `json:"eventID"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &label))
		ids = append(ids, label.EventID)
	}
	require.NoError(t, lines.Err())
	return ids
}
