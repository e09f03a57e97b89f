//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// The programs that the ratios are of.
const (
	ours      = "ct_anomaly learn"
	unpacking = "gunzip only (same library)"
)

// stateMark stands in a command for a state folder that no run used before.
const stateMark = "NEW-STATE"

// A program is one line of the table: a command on so many cores, and the best of its rounds.
type program struct {
	name    string
	cores   int
	command []string

	cpu, wall time.Duration // the least of all rounds, each by itself
	resident  int64         // KB, the most of all rounds
}

// measure runs the program once, pinned to its cores.
func (p *program) measure(scratch string) error {
	args := []string{"-c", map[int]string{1: "0", 2: "0,1"}[p.cores]}
	for _, arg := range p.command {
		if arg == stateMark {
			state, err := os.MkdirTemp(scratch, "state-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(state)
			arg = filepath.Join(state, "state")
		}
		args = append(args, arg)
	}
	cmd := exec.Command("taskset", args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", p.cores))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", p.name, err, said.Bytes())
	}
	wall, cpu := time.Since(began), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	if p.cpu == 0 || cpu < p.cpu {
		p.cpu = cpu
	}
	if p.wall == 0 || wall < p.wall {
		p.wall = wall
	}
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.resident = max(p.resident, use.Maxrss)
	}
	return nil
}
