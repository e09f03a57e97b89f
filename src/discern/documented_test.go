package discern_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// A reference is what docs/events.md says of one sourcetype: its tables and its example.
type reference struct {
	types   map[string][]string // by field, the type in each row that names it
	example string
}

// fieldRow is a table row that names fields in its first cell.
var fieldRow = regexp.MustCompile("^\\| (`.*`) \\| ([^|]+) \\| [^|]+ \\|$")

// referenceOf reads the section of a sourcetype.
func referenceOf(t *testing.T, sourcetype string) reference {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "events.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n## `"+sourcetype+"`\n")
	require.True(t, found, "a section on %s", sourcetype)
	section, _, _ = strings.Cut(section, "\n## ")
	r := reference{types: map[string][]string{}}
	_, rest, _ := strings.Cut(section, "```json\n")
	r.example, _, found = strings.Cut(rest, "\n```")
	require.True(t, found, "an example of %s", sourcetype)
	for line := range strings.Lines(section) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		row := fieldRow.FindStringSubmatch(line)
		require.NotNil(t, row, "three cells: %s", line)
		field := strings.Trim(row[1], "`")
		r.types[field] = append(r.types[field], row[2])
	}
	return r
}

// fieldsOf gives the kind of every field that a struct writes as JSON, by name. An embedded struct's fields are the outer one's, a nested
// one's have its name before theirs.
func fieldsOf(t *testing.T, of reflect.Type, prefix string, into map[string]reflect.Kind) {
	t.Helper()
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			fieldsOf(t, inner, prefix, into)
		case inner.Kind() == reflect.Struct:
			fieldsOf(t, inner, prefix+name+".", into)
		default:
			require.NotEmpty(t, name, "%s.%s is written under its Go name", of, f.Name)
			into[prefix+name] = inner.Kind()
		}
	}
}

// called are the words by which the reference calls what a field holds.
func called(t *testing.T, kind reflect.Kind) []string {
	t.Helper()
	switch kind {
	case reflect.String:
		return []string{"text", "time"}
	case reflect.Int, reflect.Int64, reflect.Float64:
		return []string{"number"}
	case reflect.Bool:
		return []string{"true/false"}
	case reflect.Slice:
		return []string{"list"}
	case reflect.Map:
		return []string{"object"}
	default:
		t.Fatalf("no word for a field of kind %s", kind)
		return nil
	}
}

func TestDocumentedFields(t *testing.T) {
	for sourcetype, written := range map[string]any{
		"aws:cloudtrail:anomaly":     discern.Event{},
		"aws:cloudtrail:anomaly:run": discern.Coverage{},
	} {
		t.Run(sourcetype, func(t *testing.T) {
			r := referenceOf(t, sourcetype)
			fields := map[string]reflect.Kind{}
			fieldsOf(t, reflect.TypeOf(written), "", fields)
			for field, kind := range fields {
				require.Len(t, r.types[field], 1, "one table row of docs/events.md names %s", field)
				require.Contains(t, called(t, kind), r.types[field][0], field)
			}
			for field := range r.types {
				require.Contains(t, fields, field, "docs/events.md names a field that is not written")
			}
		})
	}
}

// TestDocumentedExamples holds the examples to be events as this version writes them: read and written again they are the same.
func TestDocumentedExamples(t *testing.T) {
	for sourcetype, written := range map[string]any{
		"aws:cloudtrail:anomaly":     &discern.Event{},
		"aws:cloudtrail:anomaly:run": &discern.Coverage{},
	} {
		t.Run(sourcetype, func(t *testing.T) {
			example := referenceOf(t, sourcetype).example
			require.NoError(t, json.Unmarshal([]byte(example), written))
			again, err := json.Marshal(written)
			require.NoError(t, err)
			require.JSONEq(t, example, string(again))
		})
	}
}
