package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"cloudtrail_anomaly/src/settings"
)

// recordFiles are the files a command was pointed at: arguments, the logs setting, or an S3 notification.
func (l *library) recordFiles(ctx context.Context, o *options, at settings.Place) ([]string, error) {
	if len(o.args) > 0 && o.s3Event != "" {
		return nil, usagef("--s3-event names the files: give no others")
	}
	places := o.args
	if len(places) == 0 {
		logs, err := shelf(at)
		switch {
		case err != nil:
			return nil, err
		case o.s3Event != "":
			return notified(o.s3Event, logs)
		case logs == "":
			return nil, usagef("detect records: give log files or folders, s3://BUCKET/PREFIX, or --s3-event FILE")
		}
		places = []string{logs}
	}
	var files []string
	for _, place := range places {
		below, err := l.list(ctx, place)
		if err != nil {
			return nil, err
		}
		files = append(files, below...)
	}
	return files, nil
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

// A notification is what S3 sends when an object was put (Amazon S3 User Guide, "Event message structure"): of it, what names the object.
type notification struct {
	Records []struct {
		S3 struct {
			Bucket struct {
				Name string `json:"name"`
			} `json:"bucket"`
			Object struct {
				Key string `json:"key"`
			} `json:"object"`
		} `json:"s3"`
	}
}

// notified are the files that a notification names: in the bucket itself where logs are in S3, else its keys below the folder that stands for it.
func notified(path, logs string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the S3 notification: %w", err)
	}
	var n notification
	if err := json.Unmarshal(text, &n); err != nil {
		return nil, fmt.Errorf("read the S3 notification %s: %w", path, err)
	}
	var files []string
	for i, r := range n.Records {
		key, err := url.QueryUnescape(r.S3.Object.Key) // S3 writes keys so
		if err != nil || key == "" {
			return nil, fmt.Errorf("read the S3 notification %s: record %d names no object", path, i+1)
		}
		if strings.HasPrefix(logs, inS3) {
			files = append(files, inS3+r.S3.Bucket.Name+"/"+key)
			continue
		}
		file, err := local(key, r.S3.Bucket.Name, logs, filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read the S3 notification %s: it has no Records; what S3 sends has a list of them", path)
	}
	return files, nil
}

// local finds the object of a key on this machine: below --logs, the current folder or that of the notification, with or without the bucket's name.
func local(key, bucket, logs, beside string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return "", fmt.Errorf("the S3 notification's key leads out of the folder of logs; it must name an object below it")
	}
	tops := []string{logs}
	if logs == "" {
		tops = []string{".", beside}
	}
	for _, top := range tops {
		for _, below := range []string{filepath.FromSlash(key), filepath.Join(bucket, filepath.FromSlash(key))} {
			if file := filepath.Join(top, below); exists(file) {
				return file, nil
			}
		}
	}
	return "", fmt.Errorf("the object %s of the S3 notification is not below %s: give the folder that holds the bucket's files with --logs", key, strings.Join(tops, " or "))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
