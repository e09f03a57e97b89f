package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const program = "./src/cmd/ct_anomaly"

// A part is a module that is linked into the program, or Go itself.
type part struct {
	path, version string
	files         []file // its licences and notices; never none
}

// linked lists Go and the modules whose packages are linked into the program on any of these platforms, each with the licences that
// stand in the folders of these packages and above them.
func linked(platforms []string) ([]part, error) {
	if len(platforms) == 0 {
		return nil, errors.New("say for which platforms, as in linux/amd64")
	}
	folders := map[module]map[string]bool{}
	for _, platform := range platforms {
		packages, err := depend(platform)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.Module == nil || p.Module.Main {
				continue
			}
			if folders[*p.Module] == nil {
				folders[*p.Module] = map[string]bool{}
			}
			folders[*p.Module][p.Dir] = true
		}
	}
	std, err := goItself()
	if err != nil {
		return nil, err
	}
	parts := []part{std}
	for m, dirs := range folders {
		p, err := m.part(slices.Sorted(maps.Keys(dirs)))
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts[1:], func(a, b part) int { return cmp.Compare(a.path, b.path) })
	return parts, nil
}

// A module is what go list says of one.
type module struct {
	Path, Version, Dir string
	Main               bool
}

type listed struct {
	Dir    string
	Module *module
}

func depend(platform string) ([]listed, error) {
	system, machine, ok := strings.Cut(platform, "/")
	if !ok {
		return nil, fmt.Errorf("%q is no platform; one is linux/amd64", platform)
	}
	list := exec.Command(goCommand(), "list", "-deps", "-json=Dir,Module", program)
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list what is linked on %s: %w", platform, err)
	}
	var packages []listed
	for in := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		switch err := in.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("list what is linked on %s: %w", platform, err)
		}
		packages = append(packages, p)
	}
}

// goCommand is the one that package.sh builds with.
func goCommand() string { return cmp.Or(os.Getenv("GO"), "go") }

func goItself() (part, error) {
	text, err := exec.Command(goCommand(), "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return part{}, fmt.Errorf("ask where Go is: %w", err)
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	files, err := papers(root, "")
	if err != nil {
		return part{}, err
	}
	return named("Go", version, root, files)
}

// part gathers the licences of a module from its own folder down to those of the packages.
func (m module) part(packages []string) (part, error) {
	folders := map[string]bool{}
	for _, dir := range packages {
		for ; strings.HasPrefix(dir, m.Dir) && len(dir) > len(m.Dir); dir = filepath.Dir(dir) {
			folders[dir] = true
		}
	}
	var files []file
	for _, dir := range append([]string{m.Dir}, slices.Sorted(maps.Keys(folders))...) {
		within, err := filepath.Rel(m.Dir, dir)
		if err != nil {
			return part{}, fmt.Errorf("look for the licence of %s: %w", m.Path, err)
		}
		found, err := papers(dir, strings.TrimPrefix(filepath.ToSlash(within), "."))
		if err != nil {
			return part{}, err
		}
		files = append(files, found...)
	}
	return named(m.Path, m.Version, m.Dir, files)
}

func named(path, version, dir string, files []file) (part, error) {
	if !slices.ContainsFunc(files, file.grants) {
		return part{}, fmt.Errorf("%s %s has no licence file in %s: it can't be passed on like this", path, version, dir)
	}
	return part{path, version, files}, nil
}
