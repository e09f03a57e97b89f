package splunkdtest

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestConfIsReadAsSplunkWritesIt(t *testing.T) {
	c, err := parseConf(strings.NewReader("first = 1\n# a = b\n[one]\nkey=value = more\n list = a\\\n  b\\\nc\r\nempty =\n[two://x y]\n[one]\nagain = 1\n"))
	require.NoError(t, err)
	require.Equal(t, conf{
		"default": {"first": "1"}, "one": {"key": "value = more", "list": "a\n  b\nc", "empty": "", "again": "1"}, "two://x y": {},
	}, c)
	for _, bad := range []string{"[one\n", "word\n"} {
		_, err := parseConf(strings.NewReader(bad))
		require.ErrorContains(t, err, "line 1")
	}
}

func TestConfComesBackAsWritten(t *testing.T) {
	want := conf{"x://one": {"config": "a: 1\nb:\n  - 2", "empty": "", "sign": "a = b # c"}, "x": {"k": "v"}}
	path := filepath.Join(t.TempDir(), "local", "inputs.conf")
	require.NoError(t, want.write(path))
	got, err := readConf(path)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestIntervals(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]struct{ first, second time.Duration }{
		"900": {0, 15 * time.Minute}, "1.5": {0, 10 * time.Second}, "0": {0, 10 * time.Second}, "-1": {0, -1},
		"*/5 * * * *": {5 * time.Minute, 5 * time.Minute}, "30 6 * * *": {18*time.Hour + 30*time.Minute, 18*time.Hour + 30*time.Minute},
	} {
		r, err := parseInterval(text)
		require.NoError(t, err, text)
		require.Equal(t, noon.Add(want.first), r.first(noon), text)
		next, again := r.next(noon, noon.Add(10*time.Second)) // after a run of ten seconds
		require.Equal(t, want.second != -1, again, text)
		if again {
			require.Equal(t, noon.Add(want.second), next, text)
		}
	}
	for _, bad := range []string{"", "soon", "-2", "NaN", "* * * *", "* * * * * *", "0 0 * JAN *", "@hourly", "61 * * * *"} {
		_, err := parseInterval(bad)
		require.Error(t, err, bad)
	}
}

func TestPropsFindTheTime(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	p := stanza{"TIME_PREFIX": `"first_time":"`, "TIME_FORMAT": "%Y-%m-%dT%H:%M:%S%Z", "MAX_TIMESTAMP_LOOKAHEAD": "20", "TZ": "UTC"}
	for raw, want := range map[string]time.Time{
		`{"a":1,"first_time":"2026-11-21T02:12:00Z","b":2}`: time.Date(2026, 11, 21, 2, 12, 0, 0, time.UTC),
		`{"a":1}`:                    now,
		`{"first_time":"yesterday"}`: now,
	} {
		require.True(t, want.Equal(p.time(raw, now)), "%s: %v", raw, p.time(raw, now))
	}
	require.Equal(t, now, stanza{"DATETIME_CONFIG": "CURRENT", "TIME_FORMAT": "%Y"}.time("2020", now))
	require.Equal(t, []string{"abc", "de"}, stanza{"TRUNCATE": "3"}.lines("abcdef\r\nde\n"))
	require.Len(t, stanza{}.lines(strings.Repeat("x", 20000))[0], 10000)
	require.Len(t, stanza{"TRUNCATE": "0"}.lines(strings.Repeat("x", 20000))[0], 20000)
}
