package settings

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestGlobsMatch(t *testing.T) {
	cases := []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true},
		{"*", "anything", true},
		{"?", "", false},
		{"a?c", "abc", true},
		{"a?c", "aéc", true},
		{"a??c", "aéc", false},
		{"*?é?x", "aéébx", true},
		{"ab", "abc", false},
		{"*bc", "abcbc", true},
		{"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbX", false},
		{"AROA*", "aroa1", false},
		{"[a]*", "[a]b", true},
		{"[a]*", "ab", false},
		{`\*`, "*", false},
	}
	for _, c := range cases {
		_, ok := Globs{{pattern: c.pattern}}.Match(c.text)
		require.Equal(t, c.want, ok, "%s over %s", c.pattern, c.text)
	}
}

func TestActionGlobs(t *testing.T) {
	s, err := Parse(Sources{Stanza: map[string]string{"ignored_actions": "iam:Get*, sts.amazonaws.com:GetCallerIdentity, *:List*, s3*:Head?bject"}})
	require.NoError(t, err)
	cases := map[string]string{
		"iam.amazonaws.com:GetUser":           "iam:Get*",
		"iam.amazonaws.com:getUser":           "",
		"xiam.amazonaws.com:GetUser":          "",
		"iam.example.com:GetUser":             "",
		"sts.amazonaws.com:GetCallerIdentity": "sts.amazonaws.com:GetCallerIdentity",
		"signin.aws:ListThings":               "*:List*",
		"s3.amazonaws.com:HeadObject":         "s3*:Head?bject",
		"s3express.amazonaws.com:HeadObject":  "s3*:Head?bject",
		"iam.amazonaws.com:CreateUser":        "",
	}
	for action, want := range cases {
		pattern, ok := s.IgnoredActions.Match(action)
		require.Equal(t, want, pattern, action)
		require.Equal(t, want != "", ok, action)
	}
}

// TestGlobTime would not end if the matcher went back to every star.
func TestGlobTime(t *testing.T) {
	g := Glob{pattern: strings.Repeat("*a", 200) + "b"}
	start := time.Now()
	require.False(t, g.Match(strings.Repeat("a", 20_000)))
	require.Less(t, time.Since(start), 5*time.Second)
}

func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "aXbYc")
	f.Add("*?é*", "éé")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 30 || !utf8.ValidString(pattern) || !utf8.ValidString(text) {
			t.Skip()
		}
		expr := regexp.QuoteMeta(pattern)
		expr = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(strings.ReplaceAll(expr, `\\`, `\x5c`))
		want := regexp.MustCompile(`(?s)\A(?:` + expr + `)\z`).MatchString(text)
		require.Equal(t, want, Glob{pattern: pattern}.Match(text))
	})
}
