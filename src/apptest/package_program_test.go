package apptest

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"debug/pe"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const budget = 20 << 20

func TestPackageProgramsAreForTheirPlatform(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		for _, place := range p.programs {
			text := p.files[place]
			require.LessOrEqual(t, len(text), budget, place)
			if place == windowsProgram {
				f, err := pe.NewFile(bytes.NewReader(text))
				require.NoError(t, err)
				require.EqualValues(t, pe.IMAGE_FILE_MACHINE_AMD64, f.Machine)
				continue
			}
			f, err := elf.NewFile(bytes.NewReader(text))
			require.NoError(t, err)
			require.Equal(t, map[string]elf.Machine{linuxProgram: elf.EM_X86_64, arm64Program: elf.EM_AARCH64}[place], f.Machine)
			for _, segment := range f.Progs {
				require.NotContains(t, []elf.ProgType{elf.PT_INTERP, elf.PT_DYNAMIC}, segment.Type, "%s is not static", place)
			}
			require.Nil(t, f.Section(".symtab"), "%s is not stripped", place)
		}
	})
}

func TestPackageProgramsSayNothingOfWhereTheyWereBuilt(t *testing.T) {
	top, err := filepath.Abs("../..")
	require.NoError(t, err)
	out, err := exec.Command("go", "env", "GOROOT", "GOMODCACHE", "GOCACHE").Output()
	require.NoError(t, err)
	eachPackage(t, func(t *testing.T, p pack) {
		for _, place := range p.programs {
			for _, dir := range append(strings.Fields(string(out)), top) {
				require.False(t, bytes.Contains(p.files[place], []byte(dir+"/")), "%s holds %s", place, dir)
			}
		}
	})
}

// TestPackageNamesAllItIsMadeOf takes the modules from the programs themselves.
func TestPackageNamesAllItIsMadeOf(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		credits := string(p.files["THIRD_PARTY.txt"])
		for _, place := range p.programs {
			info, err := buildinfo.Read(bytes.NewReader(p.files[place]))
			require.NoError(t, err)
			require.Contains(t, credits, "\nGo "+info.GoVersion+": LICENSE\n")
			require.NotEmpty(t, info.Deps)
			for _, m := range info.Deps {
				require.Regexp(t, `(?m)^`+regexp.QuoteMeta(m.Path+" "+m.Version)+`: (LICENSE|COPYING)`, credits)
			}
		}
		ours, err := os.ReadFile("../../LICENSE")
		require.NoError(t, err)
		require.Equal(t, string(ours), string(p.files["LICENSE.txt"]))
		require.Regexp(t, `(?m)^# Binary File Declaration$`, string(p.files["README.md"]))
	})
}

// ask runs the packed program, where this machine can.
func (p pack) ask(t *testing.T, args ...string) string {
	t.Helper()
	place := map[string]string{"linux/amd64": linuxProgram, "linux/arm64": arm64Program}[runtime.GOOS+"/"+runtime.GOARCH]
	program, ok := p.files[place]
	if !ok {
		t.Skip("this machine can't run its program")
	}
	path := filepath.Join(t.TempDir(), "ct_anomaly")
	require.NoError(t, os.WriteFile(path, program, 0o700))
	out, err := exec.CommandContext(t.Context(), path, args...).Output()
	require.NoError(t, err)
	return string(out)
}

func TestPackageProgramHasTheAppsVersion(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		require.Equal(t, "ct_anomaly "+version(t)+"\n", p.ask(t, "version"))
	})
}

func TestPackageSchemeIsTheSpec(t *testing.T) {
	eachPackage(t, func(t *testing.T, p pack) {
		var scheme struct {
			XMLName  xml.Name `xml:"scheme"`
			External bool     `xml:"use_external_validation"`
			Single   bool     `xml:"use_single_instance"`
			Mode     string   `xml:"streaming_mode"`
			Args     []struct {
				Name string `xml:"name,attr"`
			} `xml:"endpoint>args>arg"`
		}
		require.NoError(t, xml.Unmarshal([]byte(p.ask(t, "--scheme")), &scheme))
		require.True(t, scheme.External)
		require.False(t, scheme.Single)
		require.Equal(t, "xml", scheme.Mode)
		var args []string
		for _, a := range scheme.Args {
			args = append(args, a.Name)
		}

		spec := string(p.files["README/inputs.conf.spec"])
		require.Equal(t, []string{"[ct_anomaly://<name>]"}, regexp.MustCompile(`(?m)^\[.*$`).FindAllString(spec, -1))
		var keys []string
		for _, m := range regexp.MustCompile(`(?m)^(\w+) = (<.+>|\[.+\])$`).FindAllStringSubmatch(spec, -1) {
			keys = append(keys, m[1])
		}
		require.NotEmpty(t, keys)
		require.Equal(t, keys, args)
	})
}
