//go:build linux

// Command compare runs the product, unpacking alone and the rivals in turn over one corpus, and prints what each of them cost.
//
// Machines are noisy and shared, so it compares processor seconds (user and system) and not the clock, alternates the programs, takes
// the least of the rounds, and says ratios. It is part of the measurement, not of the product.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	var c contest
	flag.StringVar(&c.binary, "binary", "", "the product")
	flag.StringVar(&c.gunzip, "gunzip", "", "the program that only unpacks")
	flag.StringVar(&c.corpus, "corpus", "", "folder whose logs/ is read")
	flag.StringVar(&c.python, "python", "", "python that has duckdb")
	flag.StringVar(&c.rivals, "rivals", "", "rivals.py; empty leaves the rivals out")
	rounds := flag.Int("rounds", 3, "how often each program runs")
	flag.Parse()
	if err := run(&c, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(c *contest, rounds int) error {
	scratch, err := os.MkdirTemp("", "ct_anomaly-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	c.scratch = scratch
	programs := c.programs()
	for round := range rounds {
		for i := range programs {
			p := &programs[i]
			fmt.Fprintf(os.Stderr, "round %d of %d: %s, %s\n", round+1, rounds, p.name, cores(p.cores))
			if err := p.measure(scratch); err != nil {
				return err
			}
		}
	}
	table(os.Stdout, programs)
	return c.sameRows(os.Stdout)
}

// A contest is what is compared over which logs.
type contest struct {
	binary, gunzip, python, rivals string
	corpus, scratch                string
}

func (c *contest) logs() string { return filepath.Join(c.corpus, "logs") }

// programs are all that run, the product first.
func (c *contest) programs() []program {
	learn := []string{c.binary, "learn", "--logs", c.logs(), "--state", stateMark}
	gunzip := []string{c.gunzip, c.logs()}
	all := []program{
		{name: ours, cores: 1, command: learn},
		{name: unpacking, cores: 1, command: gunzip},
		{name: ours, cores: 2, command: learn},
		{name: unpacking, cores: 2, command: gunzip},
	}
	if c.rivals != "" {
		for _, r := range []struct{ name, arg string }{{"python: gzip, json, dict (seed)", "seed"}, {"duckdb 1.4.5", "duckdb"}} {
			all = append(all, program{name: r.name, cores: 1, command: []string{c.python, c.rivals, r.arg, c.logs()}})
		}
	}
	return all
}
