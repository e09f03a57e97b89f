package discern_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// TestDocumentedFieldsAreThoseThatAreWritten holds docs/events.md against the two events: no field is missing, none invented.
func TestDocumentedFieldsAreThoseThatAreWritten(t *testing.T) {
	text, err := os.ReadFile("../../docs/events.md")
	require.NoError(t, err)
	anomaly, run, ok := strings.Cut(string(text), "## `aws:cloudtrail:anomaly:run`")
	require.True(t, ok)
	for name, of := range map[string]struct {
		page  string
		event reflect.Type
	}{"anomaly": {anomaly, reflect.TypeFor[discern.Event]()}, "run": {run, reflect.TypeFor[discern.Coverage]()}} {
		want, got := map[string]bool{}, map[string]bool{}
		jsonNames(of.event, want)
		for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(of.page, -1) {
			for _, field := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(row[1], -1) {
				got[field[1]] = true
			}
		}
		require.Equal(t, want, got, name)
	}
}

func jsonNames(s reflect.Type, into map[string]bool) {
	for i := range s.NumField() {
		f := s.Field(i)
		if f.Anonymous {
			jsonNames(f.Type.Elem(), into)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		into[name] = true
	}
}
