package athena

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func csvOf(t *testing.T, from io.Reader) ([][]field, error) {
	t.Helper()
	r := newCSVReader(from)
	var rows [][]field
	for {
		row, err := r.next(nil)
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

func TestCSV(t *testing.T) {
	text := func(s string) field { return field{text: s} }
	null := field{null: true}
	for name, test := range map[string]struct {
		in   string
		want [][]field
	}{
		"nothing":                     {"", nil},
		"a row":                       {"\"a\",\"b\"\n", [][]field{{text("a"), text("b")}}},
		"no newline at the end":       {"\"a\"\n\"b\"", [][]field{{text("a")}, {text("b")}}},
		"NULL and the empty string":   {",\"\",\n", [][]field{{null, text(""), null}}},
		"NULL at the very end":        {"\"a\",", [][]field{{text("a"), null}}},
		"an empty line is one NULL":   {"\n\n", [][]field{{null}, {null}}},
		"quotes, commas and newlines": {"\"a\"\"b\",\"c,d\",\"e\nf\r\n\"\n", [][]field{{text(`a"b`), text("c,d"), text("e\nf\r\n")}}},
		"nothing but quotes":          {"\"\"\"\"\n", [][]field{{text(`"`)}}},
		"carriage returns":            {"\"a\",b\r\n,\r\n", [][]field{{text("a"), text("b")}, {null, null}}},
		"without quotes":              {"a,1 2\n", [][]field{{text("a"), text("1 2")}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := csvOf(t, strings.NewReader(test.in))
			require.NoError(t, err)
			require.Equal(t, test.want, got)
			got, err = csvOf(t, iotest.OneByteReader(strings.NewReader(test.in)))
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
	for name, in := range map[string]string{"open quote": "\"a", "text after a quote": "\"a\"b\n", "quote within": "a\"b\n", "lone carriage return": "\"a\"\rb"} {
		t.Run(name, func(t *testing.T) {
			_, err := csvOf(t, strings.NewReader(in))
			require.Error(t, err)
			require.NotErrorIs(t, err, io.EOF)
		})
	}
	_, err := csvOf(t, io.MultiReader(strings.NewReader("\"a\"\n\"b"), iotest.ErrReader(io.ErrClosedPipe)))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

// FuzzCSV reads anything without a panic, and what it reads it reads again from how Athena would write it.
func FuzzCSV(f *testing.F) {
	f.Add("\"a\",,\"\"\n\"b\"\"c\"\n")
	f.Add("a,b\r\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		rows, err := csvOf(t, strings.NewReader(in))
		if err != nil {
			return
		}
		var b strings.Builder
		for _, row := range rows {
			for i, v := range row {
				if i > 0 {
					b.WriteByte(',')
				}
				if !v.null {
					b.WriteString(identifier(v.text)) // the same quotes
				}
			}
			b.WriteByte('\n')
		}
		again, err := csvOf(t, strings.NewReader(b.String()))
		require.NoError(t, err)
		require.Equal(t, rows, again)
	})
}
