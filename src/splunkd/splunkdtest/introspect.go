package splunkdtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A kind is a registered kind of modular input.
type kind struct {
	name       string
	executable string
	scheme     *scheme
}

// A script that does not answer --scheme within this time is not registered (inferred: splunkd waits for it at its own start).
const introspectionTime = 10 * time.Second

var (
	specStanza  = regexp.MustCompile(`(?m)^\[([^:\]]+)://<name>\]\s*$`)
	specSetting = regexp.MustCompile(`(?m)^([0-9A-Za-z_.-]+)\s*=`)
	goodName    = regexp.MustCompile(`^[0-9a-zA-Z][0-9a-zA-Z_-]*$`)
)

// The names that a scheme can't have, and those that splunkd itself understands in every input (dev.splunk.com, "Create modular
// input spec file"): an argument that is called like one never reaches the script as such.
var (
	takenSchemes   = []string{"batch", "fifo", "monitor", "script", "splunktcp", "tcp", "udp"}
	takenArguments = []string{
		"source", "sourcetype", "host", "index", "disabled", "interval", "queue", "persistentQueue", "persistentQueueSize",
		"queueSize", "start_by_shell", "run_introspection", "run_only_one", "passAuth",
	}
)

// introspect registers the app's kind of input: README/inputs.conf.spec names it ("if this file does not exist the modular input is
// not registered", dev.splunk.com), the executable of its name describes it.
func (s *Splunkd) introspect(a *app) (*kind, error) {
	spec, err := os.ReadFile(filepath.Join(a.dir, "README", "inputs.conf.spec"))
	if err != nil {
		return nil, fmt.Errorf("read the spec: %w", err)
	}
	stanzas := specStanza.FindAllSubmatchIndex(spec, -1)
	if len(stanzas) != 1 {
		return nil, fmt.Errorf("README/inputs.conf.spec has %d stanzas of the form [scheme://<name>] instead of one", len(stanzas))
	}
	k := &kind{name: string(spec[stanzas[0][2]:stanzas[0][3]])}
	if !goodName.MatchString(k.name) || slices.Contains(takenSchemes, k.name) {
		return nil, fmt.Errorf("a scheme can't be called %s", k.name)
	}
	if k.executable, err = findExecutable(a.dir, k.name); err != nil {
		return nil, err
	}
	if k.scheme, err = s.askScheme(k.executable); err != nil {
		return nil, err
	}
	var documented []string
	for _, m := range specSetting.FindAllSubmatch(spec[stanzas[0][1]:], -1) {
		documented = append(documented, string(m[1]))
	}
	return k, k.scheme.check(documented)
}

// findExecutable looks for a file of the scheme's name in <PLATFORM>/bin, then in bin (commands.conf.spec on search commands; for
// modular inputs inferred). There is no platform folder for arm64.
func findExecutable(dir, name string) (string, error) {
	folders := []string{"bin"}
	if arch, known := map[string]string{"amd64": "x86_64", "386": "x86"}[runtime.GOARCH]; known {
		folders = []string{runtime.GOOS + "_" + arch + "/bin", "bin"}
	}
	endings := []string{"", ".sh"}
	if runtime.GOOS == "windows" {
		endings = []string{".exe", ".bat", ".cmd"}
	}
	for _, folder := range folders {
		for _, ending := range endings {
			path := filepath.Join(dir, filepath.FromSlash(folder), name+ending)
			info, err := os.Stat(path)
			if err != nil || info.IsDir() {
				continue
			}
			if runtime.GOOS != "windows" && info.Mode()&0o100 == 0 {
				return "", fmt.Errorf("%s/%s%s can't be executed: its mode is %v", folder, name, ending, info.Mode())
			}
			return path, nil
		}
	}
	return "", fmt.Errorf("no executable %s in %s", name, strings.Join(folders, " or "))
}

// askScheme runs the script with --scheme. "At minimum the modular input script should set its exit code to 0 when executed with
// either parameter" (Splunk's OpenTelemetry add-on, README).
func (s *Splunkd) askScheme(executable string) (*scheme, error) {
	ctx, cancel := context.WithTimeout(context.Background(), introspectionTime)
	defer cancel()
	c := s.command(ctx, executable, "--scheme")
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	began := time.Now()
	err := c.Run()
	took := time.Since(began)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fmt.Errorf("--scheme gave no answer in %v", introspectionTime)
	}
	if err != nil {
		return nil, fmt.Errorf("--scheme: %w: %s", err, firstLine(complaint.String()))
	}
	x, err := parseScheme(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("--scheme: %w", err)
	}
	x.took = took
	return x, nil
}

// SchemeTook is how long the script took to describe itself.
func (s *Splunkd) SchemeTook() time.Duration { return s.installed().kind.scheme.took }

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// Executable is the installed program, for a test that runs it by itself.
func (s *Splunkd) Executable() string { return s.installed().kind.executable }
