package splunkdtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// builtFake is the fake modular input of testdata, built once.
var builtFake = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fake")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "fake")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "./testdata/fake")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(path)
})

const fakeSpec = "[fake://<name>]\nact = <string>\n* What it does. a = b is no setting.\ncount = <number>\ntext = <string>\nloud = <boolean>\n"

// files are a package's, by name; a name that ends in bin/... is executable.
type files map[string]string

// fakeApp is an app with the fake in it, some of its files replaced; "" leaves one out.
func fakeApp(t *testing.T, other files) files {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake knows the signals of Unix")
	}
	fake, err := builtFake()
	require.NoError(t, err)
	all := files{
		"fake_app/default/app.conf":        "[package]\nid = fake_app\n[launcher]\nversion = 1.2.3\n",
		"fake_app/default/inputs.conf":     "[fake]\nstart_by_shell = false\ninterval = 3600\nsourcetype = fake:event\n",
		"fake_app/README/inputs.conf.spec": fakeSpec,
		"fake_app/bin/fake":                string(fake),
	}
	maps.Copy(all, other)
	maps.DeleteFunc(all, func(_, body string) bool { return body == "" })
	return all
}

func pack(t *testing.T, all files) string {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	require.NoError(t, err)
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		mode := int64(0o644)
		if strings.Contains(name, "bin/") {
			mode = 0o755
		}
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(all[name])), Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(all[name]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	path := filepath.Join(t.TempDir(), "app.spl")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	return path
}

// started is a splunkd with the fake installed.
func started(t *testing.T, o Options) *Splunkd {
	t.Helper()
	s := Start(t, o)
	s.Install(pack(t, fakeApp(t, nil)))
	return s
}
