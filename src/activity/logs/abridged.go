package logs

import (
	"fmt"

	"cloudtrail_anomaly/src/discern"
)

// mostNamed is how many files with the same fault are named one by one.
const mostNamed = 20

// abridged counts the bad files with the same fault from the twenty-first on.
func abridged(bad []discern.BadFile) []discern.BadFile {
	named := map[string]int{}
	last := map[string]int{}
	var short []discern.BadFile
	for _, b := range bad {
		if named[b.Fault]++; named[b.Fault] <= mostNamed {
			last[b.Fault] = len(short)
			short = append(short, b)
		}
	}
	for fault, n := range named {
		if n > mostNamed {
			more := &short[last[fault]]
			more.More, more.Fault = n-mostNamed, fmt.Sprintf("%s; and %d more files like it", fault, n-mostNamed)
		}
	}
	return short
}
