package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cloudtrail_anomaly/src/activity/logs"
)

// notified are the log files that a notification names: in the bucket itself where the logs are in S3, else its keys below the folder that stands for it.
// others are objects that it names and that are no log files, as a digest is none.
func notified(path, place string) (files, others []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the S3 notification: %w", err)
	}
	puts, err := logs.Puts(string(text))
	if err != nil {
		return nil, nil, fmt.Errorf(`read the S3 notification %s: %w: give one as S3 sends it, or {"Records":[{"s3":{"bucket":{"name":"BUCKET"},"object":{"key":"KEY"}}}]}`, path, err)
	}
	for _, put := range puts {
		if !put.LogFile() {
			others = append(others, inS3+put.Bucket+"/"+put.Key)
			continue
		}
		file := inS3 + put.Bucket + "/" + put.Key
		if !strings.HasPrefix(place, inS3) {
			if file, err = local(put, place, filepath.Dir(path)); err != nil {
				return nil, nil, err
			}
		}
		files = append(files, file)
	}
	return files, others, nil
}

// local finds the object on this machine: below --logs, the current folder or that of the notification, with or without the bucket's name.
func local(put logs.Put, place, beside string) (string, error) {
	key := filepath.FromSlash(put.Key)
	if !filepath.IsLocal(key) || put.Bucket != "" && !filepath.IsLocal(put.Bucket) {
		return "", fmt.Errorf("the S3 notification's key leads out of the folder of logs; it must name an object below it")
	}
	tops := []string{place}
	if place == "" {
		tops = []string{".", beside}
	}
	for _, top := range tops {
		for _, below := range []string{key, filepath.Join(put.Bucket, key)} {
			if file := filepath.Join(top, below); exists(file) {
				return file, nil
			}
		}
	}
	return "", fmt.Errorf("the object %s of the S3 notification is not below %s: give the folder that holds the bucket's files with --logs, or --logs s3://%s to read it from the bucket",
		put.Key, strings.Join(tops, " or "), put.Bucket)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
