package apptest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPackageIsTheSameAgain(t *testing.T) {
	name, first := ofThisMachine(t)
	dir := t.TempDir()
	out, err := makePackage(t, []string{"DIST=" + dir, "TZ=Asia/Kathmandu", "GOAMD64=v3", "GOFLAGS=-ldflags=-compressdwarf=false"}, name)
	require.NoError(t, err, out)
	again, err := os.ReadFile(filepath.Join(dir, filepath.Base(first)))
	require.NoError(t, err)
	before, err := os.ReadFile(first)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, again), "two builds of one source differ")
}

func TestPackageTakesTheTimeGiven(t *testing.T) {
	name, _ := ofThisMachine(t)
	dir := t.TempDir()
	out, err := makePackage(t, []string{"DIST=" + dir, "SOURCE_DATE_EPOCH=1700000000"}, name)
	require.NoError(t, err, out)
	p := unpack(t, name, filepath.Join(dir, appID+"-"+version(t)+"-"+name+".spl"))
	require.Equal(t, time.Unix(1700000000, 0).UTC(), p.headers[0].ModTime.UTC())
	require.NoFileExists(t, filepath.Join(dir, "SHA256SUMS"), "sums are of the whole set")
}

func TestPackageSaysWhatIsWrong(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("package.sh runs on Linux")
	}
	other := t.TempDir() // a machine whose tar is another one
	for _, name := range []string{"tar", "gtar"} {
		require.NoError(t, os.WriteFile(filepath.Join(other, name), []byte("#!/bin/sh\necho bsdtar 3.7\n"), 0o755))
	}
	for _, test := range []struct {
		name string
		env  []string
		args []string
		says string
	}{
		{"another tar", []string{"PATH=" + other + ":" + os.Getenv("PATH")}, nil, "GNU tar is needed"},
		{"no Go", []string{"GO=no-such-go"}, nil, "there is no no-such-go command"},
		{"an unknown package", nil, []string{"linux-x86_64", "solaris"}, "no package is called solaris; there are linux-x86_64 linux-arm64"},
		{"a time that is none", []string{"SOURCE_DATE_EPOCH=yesterday"}, nil, `SOURCE_DATE_EPOCH is "yesterday"; it must be seconds since 1970`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "dist")
			out, err := makePackage(t, append(test.env, "DIST="+dir), test.args...)
			require.Error(t, err)
			require.Contains(t, out, "package.sh: "+test.says)
			require.NoDirExists(t, dir, "nothing is begun")
		})
	}
}

func makePackage(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	build := exec.CommandContext(t.Context(), "../../package.sh", args...)
	build.Env = append(os.Environ(), env...)
	out, err := build.CombinedOutput()
	return string(out), err
}
