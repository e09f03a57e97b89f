package apptest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const appID = "cloudtrail_anomaly"

// contents are the packages there are: the program's places in each, and what else it holds beside what all hold.
var contents = []struct {
	name     string
	programs []string
	more     []string
}{
	{"linux-x86_64", []string{linuxProgram}, search},
	{"linux-arm64", []string{arm64Program}, search},
	{"windows-x86_64", []string{windowsProgram}, search},
	{"linux-windows", []string{linuxProgram, windowsProgram}, search},
	{"collector", []string{linuxProgram, windowsProgram}, nil},
}

const (
	linuxProgram   = "linux_x86_64/bin/ct_anomaly"
	arm64Program   = "bin/ct_anomaly"
	windowsProgram = "windows_x86_64/bin/ct_anomaly.exe"
)

var (
	everywhere = []string{
		"LICENSE.txt", "README.md", "README/inputs.conf.spec", "THIRD_PARTY.txt", "app.manifest", "bin/README", "docs/operations.md",
		"default/app.conf", "default/inputs.conf", "default/props.conf", "metadata/default.meta",
	}
	search = []string{
		"default/data/ui/nav/default.xml", "default/distsearch.conf",
		"static/appIcon.png", "static/appIconAlt.png", "static/appIconAlt_2x.png", "static/appIcon_2x.png",
	}
)

// A pack is a package that was read: its files by their name below the top folder.
type pack struct {
	name     string
	path     string
	programs []string
	envelope gzip.Header
	headers  []*tar.Header
	files    map[string][]byte
}

// packages reads all packages in the folder CHECK_APP_DIST, as make check-app has built them. Without it, that of this machine alone.
func packages(t *testing.T) []pack {
	t.Helper()
	var all []pack
	if dist := os.Getenv("CHECK_APP_DIST"); dist != "" {
		for _, c := range contents {
			all = append(all, unpack(t, c.name, filepath.Join(dist, appID+"-"+version(t)+"-"+c.name+".spl")))
		}
		return all
	}
	name, path := ofThisMachine(t)
	return []pack{unpack(t, name, path)}
}

// ofThisMachine is the package for this machine, by name and path.
func ofThisMachine(t *testing.T) (name, path string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("package.sh runs on Linux")
	}
	path, err := hostPackage()
	require.NoError(t, err)
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), appID+"-"+version(t)+"-"), ".spl"), path
}

func unpack(t *testing.T, name, path string) pack {
	t.Helper()
	p := pack{name: name, path: path, files: map[string][]byte{}}
	for _, c := range contents {
		if c.name == name {
			p.programs = c.programs
		}
	}
	require.NotEmpty(t, p.programs, "no package is called %s", name)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	compressed, err := gzip.NewReader(bytes.NewReader(text))
	require.NoError(t, err)
	p.envelope = compressed.Header
	for in := tar.NewReader(compressed); ; {
		h, err := in.Next()
		if err == io.EOF {
			return p
		}
		require.NoError(t, err)
		p.headers = append(p.headers, h)
		if h.Typeflag == tar.TypeReg {
			p.files[strings.TrimPrefix(h.Name, appID+"/")], err = io.ReadAll(in)
			require.NoError(t, err)
		}
	}
}

func version(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../VERSION")
	require.NoError(t, err)
	return strings.TrimSpace(string(text))
}

// eachPackage runs a test on each package.
func eachPackage(t *testing.T, test func(t *testing.T, p pack)) {
	t.Helper()
	for _, p := range packages(t) {
		t.Run(p.name, func(t *testing.T) { test(t, p) })
	}
}

func TestPackageHoldsExactlyItsFiles(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		want := slices.Concat(everywhere, p.programs)
		for _, c := range contents {
			if c.name == p.name {
				want = append(want, c.more...)
			}
		}
		slices.Sort(want)
		require.Equal(t, want, slices.Sorted(maps.Keys(p.files)))
	})
}

func TestPackageHeaders(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		require.Empty(t, p.envelope.Name, "the name of the archive is in it")
		require.True(t, p.envelope.ModTime.IsZero(), "the time of packing is in it")
		var names []string
		for _, h := range p.headers {
			mode := int64(0o644)
			switch {
			case h.Typeflag == tar.TypeDir, slices.Contains(p.programs, strings.TrimPrefix(h.Name, appID+"/")):
				mode = 0o755
			case h.Typeflag != tar.TypeReg:
				t.Errorf("%s is neither file nor folder", h.Name)
			}
			require.Equal(t, mode, h.Mode, "mode of %s", h.Name)
			require.Equal(t, []any{0, 0, "", ""}, []any{h.Uid, h.Gid, h.Uname, h.Gname}, "owner of %s", h.Name)
			require.Equal(t, p.headers[0].ModTime, h.ModTime, "time of %s", h.Name)
			require.Equal(t, tar.FormatUSTAR, h.Format, "format of %s", h.Name)
			require.True(t, strings.HasPrefix(h.Name, appID+"/"), "%s is outside the one top folder", h.Name)
			require.NotContains(t, h.Name, "/.", "Splunk's checks want no dot files")
			names = append(names, strings.TrimSuffix(h.Name, "/"))
		}
		require.True(t, slices.IsSortedFunc(names, func(a, b string) int {
			return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
		}), "names are in order: %v", names)
	})
}
