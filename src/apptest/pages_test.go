package apptest

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// No engine stands in for Splunk's search language, so what can be known of the pages' searches is held: they are balanced, use few
// commands, compare no value with a wildcard where it is meant as it is, and name fields that the events have.

var (
	words    = regexp.MustCompile(`[A-Za-z_]\w*`)
	texts    = regexp.MustCompile(`"[^"]*"`)
	numbered = regexp.MustCompile(`[-+]?\d\w*`)
)

// spoken are the words of the search language that the pages use.
var spoken = strings.Fields("where table sort stats eval by as AND NOT IN OR max latest now relative_time strptime round")

func TestThePagesSearchesCanBeRun(t *testing.T) {
	have := map[string]bool{"_time": true}
	fieldsOf(reflect.TypeFor[discern.Event](), have)
	fieldsOf(reflect.TypeFor[discern.Coverage](), have)
	found := 0
	for _, page := range []string{"../../README.md", "../../docs/operations.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, search := range regexp.MustCompile("(?m)^(?:index=|   `index=)[^`]*").FindAllString(string(text), -1) {
			found++
			stages := strings.Split(strings.Trim(search, " `\n"), "|")
			require.Zero(t, strings.Count(search, `"`)%2, search)
			require.Equal(t, strings.Count(search, "("), strings.Count(search, ")"), search)
			require.NotRegexp(t, `[^x]=\s*"?\*`, stages[0], "the search command takes * for anything")
			made := map[string]bool{}
			for _, w := range spoken {
				made[w] = true
			}
			for _, stage := range stages[1:] {
				bare := numbered.ReplaceAllString(texts.ReplaceAllString(stage, ""), "")
				for _, m := range regexp.MustCompile(`(?:\bas |\beval )(\w+)`).FindAllStringSubmatch(bare, -1) {
					made[m[1]] = true
				}
				for _, word := range words.FindAllString(bare, -1) {
					require.True(t, have[word] || made[word], "%s: no event has %s: %s", page, word, search)
				}
			}
		}
	}
	require.GreaterOrEqual(t, found, 7)
}

// fieldsOf are the names that a struct has as JSON.
func fieldsOf(s reflect.Type, into map[string]bool) {
	for i := range s.NumField() {
		f := s.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			fieldsOf(f.Type.Elem(), into)
			continue
		}
		into[name] = true
	}
}
