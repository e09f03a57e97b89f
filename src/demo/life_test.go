package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var lastDay = time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)

// A past is what was done until now: the first age of each pair, and whether it ever went well.
type past struct {
	first   map[[2]string]int
	went    map[[2]string]bool
	members map[string]bool // principal keys
}

func (h *past) note(l *life, age int, calls []call) {
	for i := range calls {
		c := &calls[i]
		who := l.ids.key(c.by, age)
		pair := [2]string{who, recorded(c.action)}
		if _, known := h.first[pair]; !known {
			h.first[pair] = age
		}
		h.went[pair] = h.went[pair] || c.code == ""
		h.members[who] = true
	}
}

func live(t *testing.T, seed int64, end time.Time) (*life, *past) {
	t.Helper()
	l, err := newLife(seed)
	require.NoError(t, err)
	h := &past{map[[2]string]int{}, map[[2]string]bool{}, map[string]bool{}}
	for age := range Span {
		h.note(l, age, l.day(dayOf(end, age)))
	}
	return l, h
}

// What the story expects must be right by the organization's own life, the last day's ordinary part included.
func TestStoryIsNews(t *testing.T) {
	l, h := live(t, 1, lastDay)
	calls, steps, err := l.intrusion(dayOf(lastDay, lastAge))
	require.NoError(t, err)
	require.Len(t, steps, len(scenes))
	for i, s := range steps {
		pair := [2]string{s.Principal, s.Action}
		_, known := h.first[pair]
		switch s.Expect {
		case "new_action":
			require.False(t, known, s.What)
		case "new_principal":
			require.False(t, h.members[s.Principal], s.What)
		case "denied_then_success":
			require.True(t, known, s.What)
			require.False(t, h.went[pair], s.What)
			require.False(t, s.Denied, s.What)
		case "rule":
			require.True(t, known, s.What)
			require.NotEmpty(t, s.Rule, s.What)
		default:
			t.Fatalf("%q: unknown expectation %q", s.What, s.Expect)
		}
		require.Equal(t, lastDay.Format(time.DateOnly), s.Time.Format(time.DateOnly))
		if i > 0 {
			require.False(t, s.Time.Before(steps[i-1].Time), s.What)
		}
		h.note(l, lastAge, calls[i:i+1])
	}
}

// Ordinary life must go on being a little new, and no more than that, whichever week it ends in and whatever the seed.
func TestOrdinaryDaysBringLittleNew(t *testing.T) {
	for _, c := range []struct {
		name string
		seed int64
		end  time.Time
	}{
		{"a Monday", 1, lastDay},
		{"another life", 2, lastDay},
		{"the first of a month", 3, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)},
		{"a leap day", 4, time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, h := live(t, c.seed, c.end)
			late := 0
			for _, age := range h.first {
				if age >= 91 && age < lastAge {
					late++
				}
			}
			require.GreaterOrEqual(t, late, 8)
			require.LessOrEqual(t, late, 25)
		})
	}
}

func TestEveryKindActs(t *testing.T) {
	l, err := newLife(1)
	require.NoError(t, err)
	seen, keys := map[kind]bool{}, map[string]bool{}
	for _, p := range l.roster {
		seen[p.kind] = true
		require.NotEmpty(t, p.job, p.name)
		require.NotEmpty(t, p.members, p.name)
		key := l.ids.key(p, 0)
		require.False(t, keys[key], "two principals are %s", key)
		keys[key] = true
	}
	for k := role; k <= absent; k++ {
		require.True(t, seen[k], "kind %d", k)
	}
}

func TestInstancesKeepTheirAddress(t *testing.T) {
	l, err := newLife(1)
	require.NoError(t, err)
	address := map[string]string{}
	for age := range Span {
		for _, c := range l.day(dayOf(lastDay, age)) {
			if c.by.instance {
				at := c.account + c.session.name
				if known, met := address[at]; met {
					require.Equal(t, known, c.session.address)
				}
				address[at] = c.session.address
			}
		}
	}
	require.Greater(t, len(address), 7*4, "instances are replaced")
}
