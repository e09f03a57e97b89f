package logs

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// regionHeader names a bucket's region in the answer to HeadBucket, also when the caller is sent elsewhere or refused (Amazon S3 API Reference,
// "HeadBucket").
const regionHeader = "x-amz-bucket-region"

// regionOf is the region of a bucket, asked from the configured one.
func regionOf(ctx context.Context, cfg aws.Config, bucket string) (string, error) {
	out, err := newClient(cfg, "").HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket})
	if err == nil {
		if region := aws.ToString(out.BucketRegion); region != "" {
			return region, nil
		}
		return cfg.Region, nil // a stand-in for S3, which has no regions
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		if region := response.Response.Header.Get(regionHeader); region != "" {
			return region, nil
		}
		if response.HTTPStatusCode() == 400 { // without a body, S3 does not say why
			return "", &inWords{"S3 does not take a call for bucket " + bucket + " (HTTP status 400): the credentials have most likely expired, so renew them; else see endpoint_url and aws_region", err}
		}
		if response.HTTPStatusCode() == 404 {
			return "", &inWords{"there is no bucket " + bucket + ": see its name, and whether endpoint_url and the credentials are of the partition that it is in", err}
		}
	}
	return "", fmt.Errorf("find the region of bucket %s: %w", bucket, err)
}
