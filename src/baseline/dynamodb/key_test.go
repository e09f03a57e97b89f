package dynamodb

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func TestAPairsKeysAreThoseOfTheOlderTools(t *testing.T) {
	for _, principal := range []string{"AROAEXAMPLE", "AROAEXAMPLE@111122223333", "unknown:1/#x", "role:arn:aws:iam::1:role/x", " ", strings.Repeat("a", 2048)} {
		key, whole := partition(discern.Holder{Kind: discern.Principal, ID: principal})
		require.Equal(t, principal, key)
		require.True(t, whole)
	}
	for _, action := range []string{"iam.amazonaws.com:CreateUser", "~", ":", strings.Repeat("a", 1024)} {
		key, whole := sortKey(action)
		require.Equal(t, action, key)
		require.True(t, whole)
	}
}

// FuzzKeys holds that no two things have one key, that keys fit the table, and that what a key was made from can be read back.
func FuzzKeys(f *testing.F) {
	kinds := []discern.Kind{discern.Principal, discern.Account, discern.Organization, discern.Rule, discern.Instance, discern.Watermark}
	names := []string{
		"", "#", "##", "#~", "~", "/", "#pending", "#table", "#account/1", "#principal/#", "account/1", "\xff", "\xfe", strings.Repeat("#", 1024),
		strings.Repeat("#", 2048), strings.Repeat("a", 1024), strings.Repeat("a", 1025), strings.Repeat("a", 2049),
	}
	for i, a := range names {
		for j, b := range names {
			f.Add(byte(i%2), a, byte(j%2), b, a, b)
			f.Add(byte(0), a, byte(0), b, digest(a), reserved+"~"+digest(a))
		}
	}
	f.Fuzz(func(t *testing.T, kindA byte, idA string, kindB byte, idB, actionA, actionB string) {
		var sets [2]struct {
			holder    discern.Holder
			action    string
			id, sort  string
			partition string
		}
		for i, in := range []struct {
			kind       byte
			id, action string
		}{{kindA, idA, actionA}, {kindB, idB, actionB}} {
			s := &sets[i]
			s.holder, s.action = discern.Holder{Kind: kinds[int(in.kind)%len(kinds)], ID: in.id}, in.action
			var wholeID, wholeAction bool
			s.partition, wholeID = partition(s.holder)
			s.sort, wholeAction = sortKey(s.action)
			require.True(t, fits(s.partition, longestPartition) && s.partition != "")
			require.True(t, fits(s.sort, longestSort) && s.sort != "")
			require.False(t, slices.Contains([]string{partitionPending, partitionRun, partitionTable}, s.partition))
			require.False(t, strings.HasPrefix(s.partition, "#ledger"))
			longID, longAction := "", ""
			if !wholeID {
				longID = s.holder.ID
			}
			if !wholeAction {
				longAction = s.action
			}
			h, ok := holderOf(s.partition, longID)
			require.True(t, ok)
			require.Equal(t, s.holder, h)
			require.Equal(t, s.action, actionOf(s.sort, longAction))
		}
		require.Equal(t, sets[0].holder == sets[1].holder, sets[0].partition == sets[1].partition)
		require.Equal(t, sets[0].action == sets[1].action, sets[0].sort == sets[1].sort)
	})
}
