package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// A file is a licence, or a notice that goes with one.
type file struct{ name, text string }

var (
	paper = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents)([._-].*)?$`)
	grant = regexp.MustCompile(`(?i)^(licen[cs]e|copying)`)
)

// papers reads the licences and notices in a folder; within is the folder's name inside its module.
func papers(dir, within string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for licences: %w", err)
	}
	var files []file
	for _, e := range entries {
		if !e.Type().IsRegular() || !paper.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a licence: %w", err)
		}
		files = append(files, file{path.Join(within, e.Name()), string(text)})
	}
	return files, nil
}

func (f file) grants() bool {
	return grant.MatchString(path.Base(f.name)) && strings.TrimSpace(f.text) != ""
}

// known are phrases that tell a licence, most telling first, and its SPDX identifier.
var known = []struct{ id, phrase string }{
	{"Apache-2.0", "apache license version 2.0"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"BSD-3-Clause", "may be used to endorse or promote products"},
	{"BSD-2-Clause", "redistributions in binary form must reproduce"},
	{"MIT", "permission is hereby granted, free of charge, to any person"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
}

var spaces = regexp.MustCompile(`[\s,]+`)

// identify says which licences a text holds: a file may hold those of several parts.
func identify(text string) []string {
	text = strings.ToLower(spaces.ReplaceAllString(text, " "))
	var ids []string
	for _, k := range known {
		if strings.Contains(text, spaces.ReplaceAllString(k.phrase, " ")) && !(k.id == "BSD-2-Clause" && len(ids) > 0 && ids[len(ids)-1] == "BSD-3-Clause") {
			ids = append(ids, k.id)
		}
	}
	return ids
}
