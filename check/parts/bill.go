package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// bill writes the bill of materials of an app with these programs and packages: every module is taken from the programs themselves,
// with the checksum that Go noted there (go.sum's h1, in hexadecimal). The same files give the same bill.
func bill(version string, at time.Time, files []string, out io.Writer) error {
	app := component{Type: "application", Ref: "pkg:generic/cloudtrail_anomaly@" + version, Name: "cloudtrail_anomaly", Version: version, Licences: licensed([]string{"Apache-2.0"})}
	app.PURL = app.Ref
	b := document{Format: "CycloneDX", Spec: "1.5", Version: 1, Metadata: metadata{at.Format(time.RFC3339), app}}
	modules, platforms := map[string]component{}, map[string]bool{}
	whole := dependency{Ref: app.Ref}
	for _, path := range files {
		c, err := made(path, version)
		if err != nil {
			return err
		}
		needs := dependency{}
		if filepath.Ext(path) != ".spl" {
			info, err := buildinfo.ReadFile(path)
			if err != nil {
				return fmt.Errorf("read what %s is made of: %w", path, err)
			}
			platform := setting(info, "GOOS") + "/" + setting(info, "GOARCH")
			platforms[platform] = true
			c.Ref += "?" + platform
			c.Properties = []property{{"platform", platform}}
			for _, m := range contents(info) {
				modules[m.Ref] = m
				needs.DependsOn = append(needs.DependsOn, m.Ref)
			}
		}
		needs.Ref = c.Ref
		whole.DependsOn = append(whole.DependsOn, c.Ref)
		b.Components = append(b.Components, c)
		b.Dependencies = append(b.Dependencies, needs)
	}
	b.Dependencies = append([]dependency{whole}, b.Dependencies...)
	if err := license(modules, slices.Sorted(maps.Keys(platforms))); err != nil {
		return err
	}
	for _, ref := range slices.Sorted(maps.Keys(modules)) {
		b.Components = append(b.Components, modules[ref])
		b.Dependencies = append(b.Dependencies, dependency{Ref: ref})
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	_, err = out.Write(append(text, '\n'))
	return err
}

// made is a file of ours.
func made(path, version string) (component, error) {
	f, err := os.Open(path)
	if err != nil {
		return component{}, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return component{}, fmt.Errorf("read %s: %w", path, err)
	}
	name := filepath.Base(path)
	return component{Type: "file", Ref: "file:" + name, Name: name, Version: version, Hashes: []hash{{"SHA-256", hex.EncodeToString(sum.Sum(nil))}}}, nil
}

// contents are the modules in a program, and Go's standard library.
func contents(info *debug.BuildInfo) []component {
	release := strings.TrimPrefix(info.GoVersion, "go")
	all := []component{{Type: "library", Ref: "pkg:golang/std@" + release, Name: "std", Version: release, PURL: "pkg:golang/std@" + release}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		ref := "pkg:golang/" + m.Path + "@" + m.Version
		c := component{Type: "library", Ref: ref, Name: m.Path, Version: m.Version, PURL: ref}
		if sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:")); err == nil && len(sum) == sha256.Size {
			c.Hashes = []hash{{"SHA-256", hex.EncodeToString(sum)}}
		}
		all = append(all, c)
	}
	return all
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// license adds to each module which licences its papers hold.
func license(modules map[string]component, platforms []string) error {
	if len(modules) == 0 {
		return nil
	}
	parts, err := linked(platforms)
	if err != nil {
		return err
	}
	for _, p := range parts {
		name := p.path + "@" + p.version
		if p.path == "Go" {
			name = "std@" + strings.TrimPrefix(p.version, "go")
		}
		m, ok := modules["pkg:golang/"+name]
		if !ok {
			return fmt.Errorf("%s %s would be linked now and is in none of the programs: they are older than the source", p.path, p.version)
		}
		ids := map[string]bool{}
		for _, f := range p.files {
			for _, id := range identify(f.text) {
				ids[id] = true
			}
		}
		if len(ids) == 0 {
			return fmt.Errorf("%s %s: no known licence is recognized in its papers", p.path, p.version)
		}
		m.Licences = licensed(slices.Sorted(maps.Keys(ids)))
		modules[m.Ref] = m
	}
	return nil
}
