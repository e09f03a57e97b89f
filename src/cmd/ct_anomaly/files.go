package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cloudtrail_anomaly/src/settings"
)

// recordFiles are the files a command was pointed at: arguments, the logs setting, or an S3 notification. others are what a notification names and is no
// log file.
func (l *library) recordFiles(ctx context.Context, o *options, at settings.Place) (files, others []string, err error) {
	if len(o.args) > 0 && o.s3Event != "" {
		return nil, nil, usagef("--s3-event names the files: give no others")
	}
	places := o.args
	if len(places) == 0 {
		logs, err := shelf(at)
		switch {
		case err != nil:
			return nil, nil, err
		case o.s3Event != "":
			return notified(o.s3Event, logs)
		case logs == "":
			return nil, nil, usagef("detect records: give log files or folders, s3://BUCKET/PREFIX, or --s3-event FILE")
		}
		places = []string{logs}
	}
	for _, place := range places {
		below, err := l.list(ctx, place)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, below...)
	}
	return files, nil, nil
}

// logFiles are a file itself, or the log files below a folder, sorted.
func logFiles(place string) ([]string, error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: give log files, or folders that hold them", place, cause(err))
	}
	if !info.IsDir() {
		return []string{place}, nil
	}
	var files []string
	err = filepath.WalkDir(place, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		beside := strings.Contains(path, "CloudTrail-Digest") || strings.Contains(path, "CloudTrail-Insight")
		if !e.IsDir() && !beside && (strings.HasSuffix(name, ".json.gz") || strings.HasSuffix(name, ".json")) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the log files of %s: %w", place, err)
	}
	return files, nil
}
