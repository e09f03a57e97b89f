package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/settings"
)

// inS3 begins the path of a file in S3, as events have it in log_files.
const inS3 = "s3://"

// awsLogs ends the path of the folder in which trails deliver.
const awsLogs = "/AWSLogs/"

// A library gives the log files that a command is pointed at: those of this host, and those in S3 as whoever reads the trail's bucket.
type library struct {
	connect func(ctx context.Context) (*logs.Files, error)
	remote  *logs.Files // nil until something in S3 is asked for
}

// borrowing are the settings of a command that reads log files wherever they are.
func borrowing() []string {
	return []string{"logs", "credential", "role_external_id", "aws_region", "endpoint_url", "proxy_url", "ca_file", "athena_account_id", "athena_role_name"}
}

func (d *door) library(set *settings.Settings, o *options) *library {
	return &library{connect: func(ctx context.Context) (*logs.Files, error) {
		e, err := d.estate(ctx, set, o)
		if err != nil {
			return nil, err
		}
		cfg, err := e.reader(ctx, e.who.Account)
		if err != nil {
			return nil, err
		}
		return logs.NewFiles(cfg), nil
	}}
}

// shelf is what logs says, as a path: a folder, or the one of a bucket in which trails deliver.
func shelf(at settings.Place) (string, error) {
	switch at.Kind {
	case settings.Bucket:
		return inS3 + strings.Trim(at.At, "/") + awsLogs, nil
	case settings.Queue:
		return "", usagef("--logs: a queue gives each message once, and to those that detect; give the bucket: s3://BUCKET, or a file")
	default:
		return at.At, nil
	}
}

// list gives a file itself, or the log files below a folder or a prefix, sorted.
func (l *library) list(ctx context.Context, place string) ([]string, error) {
	if !strings.HasPrefix(place, inS3) {
		return logFiles(place)
	}
	if err := l.reach(ctx); err != nil {
		return nil, err
	}
	return l.remote.List(ctx, place)
}

func (l *library) open(ctx context.Context, path string) (io.ReadCloser, error) {
	if !strings.HasPrefix(path, inS3) {
		return os.Open(path)
	}
	if err := l.reach(ctx); err != nil {
		return nil, err
	}
	return l.remote.Open(ctx, path)
}

func (l *library) reach(ctx context.Context) (err error) {
	if l.remote == nil {
		l.remote, err = l.connect(ctx)
	}
	return err
}

// below is a file of an event, by its whole path or by what of that lies below the place of the logs; without one, that place.
func below(at settings.Place, file string) (string, error) {
	if strings.HasPrefix(file, inS3) || file != "" && exists(file) {
		return file, nil
	}
	place, err := shelf(at)
	if err != nil || file == "" {
		return place, err
	}
	if bucket, ok := strings.CutSuffix(place, awsLogs); ok && strings.HasPrefix(place, inS3) {
		return bucket + "/" + filepath.ToSlash(file), nil
	}
	if in := filepath.Join(place, filepath.FromSlash(file)); exists(in) {
		return in, nil
	}
	return file, nil
}
