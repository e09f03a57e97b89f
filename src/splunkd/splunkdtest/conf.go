package splunkdtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A conf is a Splunk configuration file: settings by stanza. What stands before the first stanza belongs to [default].
type conf map[string]stanza

// A stanza is settings by name.
type stanza map[string]string

// parseConf reads a .conf file: a comment is a line that begins with #, a value goes on in the next line after a backslash at the
// line's end, and the newline is part of it (docs.splunk.com, "How to edit a configuration file").
func parseConf(r io.Reader) (conf, error) {
	c := conf{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	name, key, open := "default", "", false
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		text := strings.TrimSpace(line)
		more := strings.HasSuffix(line, `\`)
		if open {
			c[name][key] += "\n" + strings.TrimSuffix(line, `\`)
			open = more
			continue
		}
		if text == "" || text[0] == '#' {
			continue
		}
		if text[0] == '[' {
			if !strings.HasSuffix(text, "]") {
				return nil, fmt.Errorf("line %d: a stanza's name without its end", n)
			}
			name = text[1 : len(text)-1]
			if c[name] == nil {
				c[name] = stanza{}
			}
			continue
		}
		before, after, found := strings.Cut(line, "=")
		if !found {
			return nil, fmt.Errorf("line %d: neither a stanza nor a setting", n)
		}
		if c[name] == nil {
			c[name] = stanza{}
		}
		key, open = strings.TrimSpace(before), more
		c[name][key] = strings.TrimSpace(strings.TrimSuffix(after, `\`))
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// readConf reads a .conf file; one that is not there is empty.
func readConf(path string) (conf, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return conf{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := parseConf(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// write replaces a .conf file.
func (c conf) write(path string) error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "[%s]\n", name)
		for _, key := range slices.Sorted(maps.Keys(c[name])) {
			fmt.Fprintf(&b, "%s = %s\n", key, strings.ReplaceAll(c[name][key], "\n", "\\\n"))
		}
		b.WriteString("\n")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

// over lays stanzas one over the other, the later ones winning setting by setting.
func over[M ~map[string]string](layers ...M) M {
	all := M{}
	for _, l := range layers {
		maps.Copy(all, l)
	}
	return all
}
