package splunkdtest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

const systemPath = `;C:\Windows\system32;C:\Windows`

// systemEnvironment is what no Windows process does without.
func systemEnvironment() []string { return []string{"SystemRoot=" + os.Getenv("SystemRoot")} }

// throughShell leaves a command as it is: start_by_shell is false by default on Windows (inputs.conf.spec).
func throughShell(c *exec.Cmd) *exec.Cmd { return c }

func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// tellToEnd sends CTRL_BREAK to the process group (Splunk's OpenTelemetry add-ons, README).
func tellToEnd(p *os.Process) error {
	const ctrlBreak = 1
	done, _, err := syscall.NewLazyDLL("kernel32.dll").NewProc("GenerateConsoleCtrlEvent").Call(ctrlBreak, uintptr(p.Pid))
	if done == 0 {
		return err
	}
	return nil
}

func killGroup(int) {}

func group(int) []int { return nil }

func freeze(*os.Process) error { return errors.ErrUnsupported }

func thaw(*os.Process) error { return errors.ErrUnsupported }
