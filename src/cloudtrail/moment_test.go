package cloudtrail

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPlainTime(t *testing.T) {
	for day := time.Date(1960, 1, 1, 23, 59, 58, 0, time.UTC); day.Year() < 2500; day = day.AddDate(0, 0, 1).Add(-37 * time.Second) {
		got, ok := plainTime([]byte(day.Format(`"2006-01-02T15:04:05Z"`)))
		require.Equal(t, day.Year() >= firstYear && day.Year() <= lastYear, ok, day)
		if ok && got != day.Unix() {
			require.Equal(t, day.Unix(), got, day)
		}
	}
}

func FuzzPlainTime(f *testing.F) {
	for _, text := range []string{
		"1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2105-12-31T23:59:59Z", "2106-01-01T00:00:00Z", "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-10T00:00:00Z",
		"2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-00T00:00:00Z", "2024-04-31T00:00:00Z", "0000-01-01T00:00:00Z",
		"2024-01-01t00:00:00Z", "2024-01-01T00:00:00z", "2024/01/01T00:00:00Z", "20x4-01-01T00:00:00Z", "2024-01-01T00:00:0:Z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) != timeSize {
			t.Skip()
		}
		got, ok := plainTime([]byte(`"` + text + `"`))
		want, err := parseTime([]byte(text))
		if text[timeSize-1] == 'Z' && text[timeSize-4] == ':' {
			require.Equal(t, err == nil, ok)
		}
		if ok {
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}
