package logs

import (
	"context"
	"fmt"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/discern"
)

// ProbeBucket looks whether a trail can be found, listed and read, as quickly as that can be told: one log file is read to its first record. Its
// errors begin with "logs:".
func ProbeBucket(ctx context.Context, cfg aws.Config, given Trail) (Taste, error) {
	trail, account, err := find(ctx, cfg, given)
	if err != nil {
		return Taste{}, fmt.Errorf("logs: %w", err)
	}
	objects, _, err := lister{newClient(cfg, trail.Region), trail.Bucket}.page(ctx, trail.folder(account), "")
	if err != nil {
		return Taste{}, fmt.Errorf("logs: %w", err)
	}
	for i := range objects {
		key := aws.ToString(objects[i].Key)
		if !logFile(path.Base(key)) {
			continue
		}
		o := newObjects(cfg)
		o.in(trail.Bucket, trail.Region)
		return taste(ctx, o, &logfile{File: discern.File{Path: pathOf(trail.Bucket, key)}})
	}
	return Taste{}, fmt.Errorf("logs: there is no log file (.json.gz or .json) in %s yet", pathOf(trail.Bucket, trail.folder(account)))
}
