package cost

import (
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
)

// sid341 is an hour of one account with the workshop's analyzer (aws-samples/aws-cloudtrail-analyzer-workshop, e8565a4): a function is started for each
// log file, and reads it. It remembers nothing, so it does another thing than the others: two rules over each record. Its metric and its Lambda
// function are not counted.
func sid341(t *testing.T) count {
	tr := workload{1}.deliver(t, 1, 0, 1)
	c := newCloud(t, tr.accounts, 1)
	c.arrive(tr, at(0), at(1))
	client := s3.NewFromConfig(c.caller().Base())
	for f := range logfiles(tr.accounts[0], 0) {
		got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(trailBucket), Key: aws.String(f.key())})
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, got.Body)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
	}
	return c.sum()
}
