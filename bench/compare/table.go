//go:build linux

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// table prints a line for each program, and the ratios that matter.
func table(to io.Writer, programs []program) {
	one := find(programs, ours, 1)
	lines := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(lines, "cores\tCPU s\twall s\tCPU / ours\tpeak RSS MB\t  program")
	for i := range programs {
		p := &programs[i]
		fmt.Fprintf(lines, "%d\t%.2f\t%.2f\t%.2f\t%d\t  %s\n", p.cores, p.cpu.Seconds(), p.wall.Seconds(), over(p.cpu, one.cpu), p.resident>>10, p.name)
	}
	lines.Flush()
	two := find(programs, ours, 2)
	fmt.Fprintf(to, "ours / gunzip only, one core: %.2f; ours on two cores: %.2f times faster by the clock\n",
		over(one.cpu, find(programs, unpacking, 1).cpu), over(one.wall, two.wall))
}

func find(programs []program, name string, cores int) *program {
	for i := range programs {
		if programs[i].name == name && programs[i].cores == cores {
			return &programs[i]
		}
	}
	return &program{}
}

func over[N ~int64](a, b N) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func cores(n int) string {
	if n == 1 {
		return "one core"
	}
	return fmt.Sprintf("%d cores", n)
}
