//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A row is what is known of a pair.
type row struct{ Principal, Action, First, Last string }

// sameRows learns once more, keeping every last time, and holds the baseline against the rows that each rival wrote.
func (c *contest) sameRows(to io.Writer) error {
	compared := false
	var mine map[row]bool
	for _, rival := range []string{"seed", "duckdb"} {
		theirs, err := rivalRows(filepath.Join(c.corpus, "rows."+rival+".tsv"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && mine == nil {
			mine, err = c.learnt()
		}
		if err != nil {
			return err
		}
		if missing, more := less(theirs, mine), less(mine, theirs); missing+more > 0 {
			return fmt.Errorf("rows differ from those of %s: %d missing, %d too many", rival, missing, more)
		}
		fmt.Fprintf(to, "rows equal to those of %s: %d\n", rival, len(theirs))
		compared = true
	}
	if !compared {
		fmt.Fprintln(to, "rows not compared: no rival wrote any")
	}
	return nil
}

// less counts the rows of a that b lacks.
func less(a, b map[row]bool) (n int) {
	for r := range a {
		if !b[r] {
			n++
		}
	}
	return n
}

// rivalRows reads lines of principal, action, count, first and last. The count is no part of a baseline.
func rivalRows(path string) (map[row]bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rows := map[row]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 5 {
			return nil, fmt.Errorf("%s: a line of %d cells instead of 5", path, len(cells))
		}
		rows[row{cells[0], cells[1], cells[3], cells[4]}] = true
	}
	return rows, nil
}

func (c *contest) learnt() (map[row]bool, error) {
	state := filepath.Join(c.scratch, "rows")
	learn := exec.Command(c.binary, "learn", "--refresh-days", "0", "--logs", c.logs(), "--state", state)
	if said, err := learn.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("learn: %w: %s", err, said)
	}
	export := exec.Command(c.binary, "baseline", "export", "--state", state)
	lines, err := export.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := export.Start(); err != nil {
		return nil, err
	}
	rows := map[row]bool{}
	in := json.NewDecoder(bufio.NewReader(lines))
	for {
		var l struct {
			Principal, Action string
			First             string `json:"first_seen"`
			Last              string `json:"last_seen"`
		}
		if err := in.Decode(&l); err == io.EOF {
			return rows, export.Wait()
		} else if err != nil {
			return nil, errors.Join(err, export.Wait())
		}
		rows[row{l.Principal, l.Action, l.First, l.Last}] = true
	}
}
