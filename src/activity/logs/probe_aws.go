package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/discern"
)

// ProbeBucket looks whether a trail can be found, listed and read, as quickly as that can be told: one byte of one log file is read. Its errors
// begin with "logs:".
func ProbeBucket(ctx context.Context, cfg aws.Config, given Trail) error {
	trail, account, err := find(ctx, cfg, given)
	if err != nil {
		return fmt.Errorf("logs: %w", err)
	}
	objects, _, err := lister{newClient(cfg, trail.Region), trail.Bucket}.page(ctx, trail.folder(account), "")
	if err != nil {
		return fmt.Errorf("logs: %w", err)
	}
	for i := range objects {
		key := aws.ToString(objects[i].Key)
		if !logFile(path.Base(key)) {
			continue
		}
		return probeObject(ctx, cfg, trail, pathOf(trail.Bucket, key))
	}
	return fmt.Errorf("logs: there is no log file (.json.gz or .json) in %s yet", pathOf(trail.Bucket, trail.folder(account)))
}

func probeObject(ctx context.Context, cfg aws.Config, trail Trail, path string) error {
	o := newObjects(cfg)
	o.in(trail.Bucket, trail.Region)
	file, err := o.open(ctx, &logfile{File: discern.File{Path: path}})
	if err == nil {
		if _, err = file.Read(make([]byte, 1)); err == io.EOF {
			err = nil // it is empty
		}
		err = errors.Join(err, file.Close())
	}
	if err == nil {
		return nil
	}
	if b := o.blame(err); b.kept {
		return fmt.Errorf("logs: %s: %s: %w", path, b.fault, err)
	}
	return nil // that file is no good, or in an archive: others may be
}
