package logs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errFound ends a walk.
var errFound = errors.New("found")

// Probe looks whether a folder can be read and holds a log file at all, as quickly as that can be told. Its errors begin with "logs:".
func Probe(ctx context.Context, root string) error {
	if _, err := os.Stat(root); err != nil {
		return fmt.Errorf("logs: %w; give the folder that holds the CloudTrail files, or one above it, on the host that runs the input", err)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == root:
			return err
		case err == nil && !d.IsDir() && logFile(d.Name()) && sidecar(filepath.ToSlash(path)) == "":
			return errFound
		default:
			return nil
		}
	})
	switch {
	case errors.Is(err, errFound):
		return nil
	case err != nil:
		return fmt.Errorf("logs: %w; give the user that runs Splunk the right to read it", err)
	default:
		return fmt.Errorf("logs: there is no log file (.json.gz or .json) in %s; give the folder that CloudTrail's files are in or come to", root)
	}
}
