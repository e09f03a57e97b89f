package rules

import (
	"context"
	"strings"
	"testing"

	"cloudtrail_anomaly/src/cloudtrail"
)

// BenchmarkMatch shows what all rules together cost on an ordinary record that none of them matches.
func BenchmarkMatch(b *testing.B) {
	file := strings.NewReader(`{"Records":[` + record("ec2:DescribeInstances", person, `"sourceIPAddress":"198.51.100.7"`) + `]}`)
	all := All()
	_, err := cloudtrail.NewReader().Read(context.Background(), file, func(r *cloudtrail.Record) error {
		b.ReportAllocs()
		for b.Loop() {
			for _, rule := range all {
				if _, ok := rule.Match(r); ok {
					b.Fatal("matched")
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
