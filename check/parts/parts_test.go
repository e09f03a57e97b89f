package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// folder makes a module's folder of these files.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("Permission is hereby granted, free of charge, to any person\n"), 0o600))
	}
	return dir
}

func TestPapersOfAModule(t *testing.T) {
	for _, test := range []struct {
		name     string
		files    []string
		packages []string
		want     []string
	}{
		{"its own", []string{"LICENSE", "README.md", "licenses.go", "license.go"}, []string{""}, []string{"LICENSE"}},
		{"with a notice", []string{"COPYING.txt", "NOTICE", "PATENTS"}, []string{""}, []string{"COPYING.txt", "NOTICE", "PATENTS"}},
		{"on the way to a package", []string{"LICENSE", "a/LICENSE-MIT", "a/b/x.go", "c/LICENSE"}, []string{"a/b"}, []string{"LICENSE", "a/LICENSE-MIT"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t, test.files...)
			var packages []string
			for _, p := range test.packages {
				packages = append(packages, filepath.Join(dir, filepath.FromSlash(p)))
			}
			part, err := module{Path: "example.com/m", Version: "v1.0.0", Dir: dir}.part(packages)
			require.NoError(t, err)
			var names []string
			for _, f := range part.files {
				names = append(names, f.name)
			}
			require.Equal(t, test.want, names)
		})
	}
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	dir := folder(t, "README.md", "NOTICE")
	_, err := module{Path: "example.com/m", Version: "v1.0.0", Dir: dir}.part([]string{dir})
	require.ErrorContains(t, err, "example.com/m v1.0.0 has no licence file")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "LICENSE"), []byte("\n"), 0o600))
	_, err = module{Path: "example.com/m", Version: "v1.0.0", Dir: dir}.part([]string{dir})
	require.Error(t, err, "an empty licence is none")
}

func TestIdentify(t *testing.T) {
	const binary = "Redistributions in binary form must\nreproduce the above copyright notice. "
	for _, test := range []struct {
		text string
		want []string
	}{
		{"Apache License\n   Version 2.0, January 2004", []string{"Apache-2.0"}},
		{binary, []string{"BSD-2-Clause"}},
		{binary + "may be used to endorse or\n// promote products", []string{"BSD-2-Clause"}},
		{binary + "may be used to endorse or promote products", []string{"BSD-3-Clause"}},
		{"Permission is hereby granted, free of charge,\nto any person", []string{"MIT"}},
		{"All rights reserved.", nil},
	} {
		require.Equal(t, test.want, identify(test.text), test.text)
	}
}

func TestEveryLinkedModuleHasAKnownLicence(t *testing.T) {
	t.Chdir("../..")
	parts, err := linked([]string{"linux/amd64", "linux/arm64", "windows/amd64"})
	require.NoError(t, err)
	require.Equal(t, "Go", parts[0].path)
	require.Greater(t, len(parts), 3)
	for _, p := range parts {
		ids := map[string]bool{}
		for _, f := range p.files {
			for _, id := range identify(f.text) {
				ids[id] = true
			}
		}
		require.NotEmpty(t, ids, p.path)
	}
}

func TestBillOfAPackage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.spl")
	require.NoError(t, os.WriteFile(path, []byte("abc"), 0o600))
	var first, again bytes.Buffer
	require.NoError(t, bill("1.2.3", time.Unix(1700000000, 0).UTC(), []string{path}, &first))
	require.NoError(t, bill("1.2.3", time.Unix(1700000000, 0).UTC(), []string{path}, &again))
	require.Equal(t, first.String(), again.String())
	var doc document
	require.NoError(t, json.Unmarshal(first.Bytes(), &doc))
	require.Equal(t, "2023-11-14T22:13:20Z", doc.Metadata.Timestamp)
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", doc.Components[0].Hashes[0].Content)
	require.Equal(t, []string{doc.Components[0].Ref}, doc.Dependencies[0].DependsOn)

	require.Error(t, bill("1.2.3", time.Unix(0, 0), []string{path + ".none"}, io.Discard))
	program := filepath.Join(t.TempDir(), "ct_anomaly")
	require.NoError(t, os.WriteFile(program, []byte("no program"), 0o600))
	require.ErrorContains(t, bill("1.2.3", time.Unix(0, 0), []string{program}, io.Discard), "read what "+program+" is made of")
}
