package baselinetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// hostile are names that a log may hold, and that are no easy keys.
var hostile = []string{
	"", " ", "#", "##", "#~", "~", "/", "#pending", "#table", "#principal/", "#principal/a", "#account/111122223333", "a\x00b", "\x1f\n\"'\\",
	"\u2028é漢", "\xff\xfe", "\xff\xfd",
	strings.Repeat("a", 1023), strings.Repeat("a", 1024), strings.Repeat("a", 1025), strings.Repeat("#", 1024), strings.Repeat("b", 2048),
	strings.Repeat("b", 2049), strings.Repeat("ü", 2000),
}

func anyName(t *testing.T, m Maker) {
	s := m.New(t)
	var deeds []discern.Deed
	want := map[discern.Holder]discern.Memory{}
	for i, id := range hostile {
		for _, kind := range []discern.Kind{discern.Principal, discern.Account} {
			h := holder(kind, id)
			want[h] = discern.Memory{}
			for j, action := range hostile {
				k := discern.Known{FirstSeen: int64(1000*i + j + 1), LastSeen: int64(1000*i+j+1) + int64(kind)}
				want[h][action] = k
				deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: h, Action: action, Now: k}}})
			}
		}
	}
	done, err := s.Write(t.Context(), deeds)
	require.NoError(t, err)
	require.NotContains(t, done, false)
	for h, memory := range want {
		require.Equal(t, memory, recall(t, s, h), "whole: %c %.20q", h.Kind, h.ID)
		require.Equal(t, memory, recall(t, s, h, hostile...), "by name: %c %.20q", h.Kind, h.ID)
		require.Equal(t, discern.Memory{"#~": memory["#~"]}, recall(t, s, h, "#~", "unknown"))
	}
	walked := map[discern.Holder]discern.Memory{}
	require.NoError(t, s.Walk(t.Context(), []discern.Kind{discern.Principal, discern.Account}, func(h discern.Holder, action string, k discern.Known) error {
		if walked[h] == nil {
			walked[h] = discern.Memory{}
		}
		walked[h][action] = k
		return nil
	}))
	require.Equal(t, want, walked)
}

func manyActions(t *testing.T, m Maker) {
	const many = 6500 // more than a megabyte of items
	s := m.New(t)
	h := holder(discern.Principal, "AROA1")
	want := discern.Memory{}
	deeds := make([]discern.Deed, many)
	var some []string
	for i := range deeds {
		action := fmt.Sprintf("%s.amazonaws.com:Action%04d", strings.Repeat("service", 13), i)
		k := discern.Known{FirstSeen: began, LastSeen: began + int64(i), FirstOK: began}
		want[action] = k
		deeds[i] = discern.Deed{Changes: []discern.Change{{Holder: h, Action: action, Now: k}}}
		if i%20 == 0 {
			some = append(some, action)
		}
	}
	done, err := s.Write(t.Context(), deeds)
	require.NoError(t, err)
	require.NotContains(t, done, false)
	require.Equal(t, want, recall(t, s, h))
	named := recall(t, s, h, append(some, "unknown")...)
	require.Len(t, named, len(some))
	for _, a := range some {
		require.Equal(t, want[a], named[a])
	}
}

func walks(t *testing.T, m Maker) {
	s := m.New(t)
	k := discern.Known{FirstSeen: 1, LastSeen: 2}
	var want []string
	for _, kind := range []discern.Kind{discern.Principal, discern.Account, discern.Rule, discern.Watermark} {
		for _, id := range []string{"c", "a", "b"} {
			for _, action := range []string{"", "x:y"} {
				write(t, s, discern.Change{Holder: holder(kind, id), Action: action, Now: k})
				want = append(want, fmt.Sprintf("%c %s %s", kind, id, action))
			}
		}
	}
	put(t, s, pending("waiting", "me", 100))
	require.NoError(t, s.Looked(t.Context(), []discern.File{{Path: "a", Size: 1}}))
	_, err := s.Begin(t.Context(), "run1")
	require.NoError(t, err)
	var got []string
	var holders []discern.Holder
	kinds := []discern.Kind{discern.Watermark, discern.Principal, discern.Rule, discern.Account}
	require.NoError(t, s.Walk(t.Context(), kinds, func(h discern.Holder, action string, is discern.Known) error {
		require.Equal(t, k, is)
		got = append(got, fmt.Sprintf("%c %s %s", h.Kind, h.ID, action))
		if len(holders) == 0 || holders[len(holders)-1] != h {
			holders = append(holders, h)
		}
		return nil
	}))
	require.ElementsMatch(t, want, got)
	require.True(t, slices.IsSortedFunc(holders, func(a, b discern.Holder) int {
		if a.Kind != b.Kind {
			return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
		}
		return strings.Compare(a.ID, b.ID)
	}), "%v", holders)
	require.Len(t, holders, 12, "those of one holder follow each other")
}

// inOrder writes in one call a chain of changes of one item, with changes of others between them; a link that does not hold breaks what follows.
func inOrder(t *testing.T, m Maker) {
	const links = 60
	s := m.New(t)
	role := holder(discern.Principal, "AROA1")
	at := func(i int) discern.Known {
		if i == 0 {
			return discern.Known{}
		}
		return discern.Known{FirstSeen: began, LastSeen: began + int64(i)}
	}
	var deeds []discern.Deed
	for i := range links {
		was := i
		if i == 40 {
			was = 10
		}
		link := discern.Deed{Changes: []discern.Change{{Holder: role, Action: "chain", Was: at(was), Now: at(i + 1)}}}
		if i%3 == 0 {
			link.Pending = pending(fmt.Sprintf("%032d", i), "me", 100)
		}
		deeds = append(deeds, link, discern.Deed{Changes: []discern.Change{{Holder: role, Action: fmt.Sprint("other", i), Now: at(i + 1)}}})
	}
	done, err := s.Write(t.Context(), deeds)
	require.NoError(t, err)
	for i := range links {
		require.Equal(t, i < 40, done[2*i], "link %d", i)
		require.True(t, done[2*i+1])
	}
	require.Equal(t, discern.Memory{"chain": at(40)}, recall(t, s, role, "chain"))
	require.Len(t, take(t, s, "me", 0), 14)
}
