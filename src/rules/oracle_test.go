package rules

import (
	"bufio"
	"cmp"
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
)

// shared holds real records published by others, and what an independent program finds in them. It is no part of the repository.
const shared = "../../../shared/data"

type found struct{ Kind, EventID, Time, Principal, Action, Instance, IP, Session, Verdict string }

func TestRulesFindWhatTheOracleFinds(t *testing.T) {
	want := expected(t)
	var got []found
	reader := cloudtrail.NewReader()
	err := filepath.WalkDir(filepath.Join(shared, "cloudtrail"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json.gz") {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = reader.Read(context.Background(), file, func(r *cloudtrail.Record) error {
			got = append(got, find(r)...)
			return nil
		})
		return err
	})
	require.NoError(t, err)

	byTime := func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.EventID, b.EventID), cmp.Compare(a.Kind, b.Kind))
	}
	slices.SortFunc(got, byTime)
	slices.SortFunc(want, byTime)
	addresses := NewAddresses(nil)
	for i := range got {
		if got[i].Kind == "instance_creds" {
			got[i].Verdict = addresses.Verdict(got[i].Session, got[i].IP)
		}
		got[i].Session = ""
	}
	require.Equal(t, want, got)
	require.NotEmpty(t, got)
}

// find gives a record's matches under the oracle's names.
func find(r *cloudtrail.Record) []found {
	kinds := map[string]string{"log_deletion": "log_deletion", "stop_logging": "log_deletion", "instance_credentials": "instance_creds"}
	var all []found
	for _, rule := range All() {
		m, ok := rule.Match(r)
		if kind := kinds[m.Rule]; ok && kind != "" {
			all = append(all, found{
				Kind: kind, EventID: r.Text("eventID"), Time: string(r.EventTime), Principal: r.Principal(), Action: r.Action(),
				Instance: m.Instance, IP: m.Address, Session: r.Identity.ARN,
			})
		}
	}
	return all
}

func expected(t *testing.T) []found {
	t.Helper()
	file, err := os.Open(filepath.Join(shared, "expected.pairs.jsonl"))
	if os.IsNotExist(err) {
		t.Skip("the real records and what is expected of them are not on this machine")
	}
	require.NoError(t, err)
	defer file.Close()
	var all []found
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var line struct {
			found
			Rank int `json:"ip_rank"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
		switch line.Kind {
		case "instance_creds":
			line.Verdict = "literal"
			if line.Rank > 1 {
				line.Verdict = "second_address"
			}
			all = append(all, line.found)
		case "log_deletion":
			all = append(all, line.found)
		}
	}
	require.NoError(t, lines.Err())
	return all
}
