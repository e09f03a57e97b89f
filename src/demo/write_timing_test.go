package demo

import (
	"testing"
	"time"
)

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		story, err := Write(b.Context(), Options{Dir: b.TempDir(), Seed: 1, End: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(story.Files), "files")
		b.ReportMetric(float64(story.Records), "records")
		b.ReportMetric(float64(story.Bytes)/1e6, "MB")
	}
}
