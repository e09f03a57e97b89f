// Command oracle says what of a simulated organization should have been told, and holds what was told against it.
//
// It knows neither the simulator nor the program under test: it reads one JSON object a line from standard input (line.go) and judges by the plain rule
// that a pair of principal and action is told when it is seen for the first time, or again after more than the days for which it is known.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	b := newBook()
	lines := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	for {
		var l line
		err := lines.Decode(&l)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = b.take(&l)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(1)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(b.verdict()); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}
