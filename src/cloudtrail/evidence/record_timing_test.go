package evidence

import (
	"context"
	"strings"
	"testing"

	"cloudtrail_anomaly/src/cloudtrail"
)

// BenchmarkEvidence shows the cost per byte of what an attacker could write to make it high: it must not grow with the record.
func BenchmarkEvidence(b *testing.B) {
	const size = 1 << 20
	deep := func(open, shut string) string { return strings.Repeat(open, 4_500) + "1" + strings.Repeat(shut, 4_500) }
	policy := `{"bucketPolicy":{"Statement":[` + strings.Repeat(`{"Effect":"Allow","Principal":{"AWS":"*"},"Condition":{"StringLike":{"aws:SourceArn":["x"]}}},`, size/90) + `{}]}}`
	for _, c := range []struct{ name, request string }{
		{"ordinary", `{"bucketName":"b","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*"}]}}`},
		{"list", `{"bucketName":[` + strings.Repeat("7,", size/2) + `7]}`},
		{"members", `{` + strings.Repeat(`"bucketname":1,`, size/15) + `"b":1}`},
		{"statements", policy},
		{"text", `{"bucketPolicy":"` + strings.Repeat("%41", size/3) + `"}`},
		{"arrays", `{"bucketName":` + deep("[", "]") + `}`},
		{"objects", `{"bucketPolicy":` + deep(`{"Statement":`, "}") + `}`},
		{"items", `{"bucketPolicy":` + deep(`{"items":[`, "]}") + `}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			log := `{"Records":[{"eventTime":"2024-05-06T07:08:09Z","eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","requestParameters":` + c.request + `}]}`
			_, err := cloudtrail.NewReader().Read(context.Background(), strings.NewReader(log), func(r *cloudtrail.Record) error {
				b.SetBytes(int64(len(r.Raw)))
				b.ReportAllocs()
				for b.Loop() {
					Of(r)
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
