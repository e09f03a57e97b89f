package logs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"cloudtrail_anomaly/src/discern"
)

// Files are log files in S3 that are read one by one, for commands that show what is in them: nothing is judged, and nothing remembered. Paths are
// s3://bucket/key.
type Files struct{ objects *objects }

// NewFiles asks nothing of AWS yet. A bucket's region is found where it is another than that of the config.
func NewFiles(cfg aws.Config) *Files { return &Files{newObjects(cfg)} }

// List gives the path itself where it is that of a log file, else those of all log files below it, sorted. That there is none is an error.
func (f *Files) List(ctx context.Context, path string) ([]string, error) {
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(path, "s3://"), "/")
	if bucket == "" {
		return nil, fmt.Errorf("%q names no bucket: give s3://BUCKET/PREFIX, or the path of a log file", path)
	}
	if logFile(prefix) {
		return []string{pathOf(bucket, prefix)}, nil
	}
	client, err := f.objects.client(ctx, bucket)
	if err != nil {
		return nil, err
	}
	var paths []string
	err = lister{client, bucket}.each(ctx, prefix, "", func(o *types.Object) {
		if key := aws.ToString(o.Key); logFile(key) && sidecar(key) == "" {
			paths = append(paths, pathOf(bucket, key))
		}
	})
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("there is no log file (.json.gz or .json) in %s: give the path of one, or a prefix of paths", pathOf(bucket, prefix))
	}
	slices.Sort(paths)
	return paths, nil
}

// Open gives what is in a file, as it is stored.
func (f *Files) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	return f.objects.open(ctx, &logfile{File: discern.File{Path: path}})
}
