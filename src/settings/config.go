package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// mostConfig bounds a config.yml: a thousand accounts and their exceptions need a twentieth of it.
const mostConfig = 1 << 20

// load gives the text of a config.yml, and what faults shall call it. Its path may have to be whole.
func load(config string, whole bool) (where string, data []byte, err error) {
	where, data = "config", []byte(config)
	if !isText(config) {
		path := strings.TrimSpace(config)
		where = filepath.Base(path)
		if whole {
			if err = everywhere(path); err != nil {
				return "", nil, err
			}
		}
		if data, err = readFile(path); err != nil {
			return "", nil, err
		}
	}
	if len(data) > mostConfig {
		return "", nil, errors.New("has more than 1 MiB; give a config.yml")
	}
	return where, data, nil
}

// isText tells the text of a config.yml from its path. The page of an input has one line, which is enough for "aws: {region: us-east-1}".
func isText(config string) bool {
	return strings.Contains(config, "\n") || strings.Contains(config, ": ") && !filepath.IsAbs(strings.TrimSpace(config))
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; give the path of a config.yml in it", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, mostConfig+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return data, nil
}

func unreadable(path string, err error) error {
	var reason *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s; give the path of a config.yml", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user; allow it to", path)
	case errors.As(err, &reason):
		err = reason.Err
	}
	return fmt.Errorf("read %s: %w; give a config.yml that can be read", path, err)
}

// unclean is the first line that no YAML may hold and what is wrong with it, or 0.
func unclean(data []byte) (line int, what string) {
	for n, line := range enumerate(data) {
		if !utf8.Valid(line) {
			return n, "is not UTF-8; save it as UTF-8"
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7f }) {
			return n, "holds a control character; remove it"
		}
	}
	return 0, ""
}

// tabbed is the first line that is indented by a tab, or 0.
func tabbed(data []byte) int {
	for n, line := range enumerate(data) {
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if bytes.IndexByte(indent, '\t') >= 0 && len(indent) < len(line) {
			return n
		}
	}
	return 0
}

// enumerate gives the lines with their numbers, from 1.
func enumerate(data []byte) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		n := 0
		for line := range bytes.Lines(data) {
			if n++; !yield(n, line) {
				return
			}
		}
	}
}
