//go:build !windows

package splunkdtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const systemPath = ":/usr/local/bin:/usr/bin:/bin"

func systemEnvironment() []string { return nil }

// throughShell starts a command as "/bin/sh -c" (inputs.conf.spec, start_by_shell).
func throughShell(c *exec.Cmd) *exec.Cmd {
	shell := exec.Command("/bin/sh", "-c", `"`+c.Path+`"`)
	shell.Dir, shell.Env = c.Dir, c.Env
	return shell
}

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// tellToEnd sends SIGTERM, to the one process only (Splunk's OpenTelemetry add-ons, README).
func tellToEnd(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

func killGroup(leader int) { syscall.Kill(-leader, syscall.SIGKILL) }

// group are the living processes of a group, as /proc tells them: none where there is no /proc.
func group(leader int) []int {
	var members []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		pid, fields := status(path)
		if len(fields) > 2 && fields[0] != "Z" && fields[0] != "X" && fields[2] == strconv.Itoa(leader) {
			members = append(members, pid)
		}
	}
	return members
}

// status reads a stat file of /proc: the process, and its fields from its state on (proc(5)).
func status(path string) (int, []string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, nil // it ended meanwhile
	}
	pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
	var fields []string
	for _, f := range bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) {
		fields = append(fields, string(f))
	}
	return pid, fields
}

// freeze stops a process, and returns when all its threads stand still.
func freeze(p *os.Process) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for range 1000 {
		threads, _ := filepath.Glob("/proc/" + strconv.Itoa(p.Pid) + "/task/[0-9]*/stat")
		still := 0
		for _, path := range threads {
			if _, fields := status(path); len(fields) > 0 && (fields[0] == "T" || fields[0] == "Z") {
				still++
			}
		}
		if still == len(threads) {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return os.ErrDeadlineExceeded
}

func thaw(p *os.Process) error { return p.Signal(syscall.SIGCONT) }
