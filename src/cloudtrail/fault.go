package cloudtrail

import (
	"errors"
	"fmt"
)

// What can be wrong with a log file. Errors of Read wrap one of these, or are those of the source, and name the byte of the
// uncompressed file. None holds anything of the file's content.
var (
	ErrEmpty     = errors.New("the file is empty")
	ErrNotLog    = errors.New("no list of records at the top level: not a CloudTrail log file")
	ErrDigest    = errors.New("a CloudTrail digest file, which holds no records")
	ErrTruncated = errors.New("the file ends too early")
	ErrDamaged   = errors.New("the compressed data is damaged")
	ErrSyntax    = errors.New("not valid JSON")
	ErrTooLarge  = errors.New("one record takes more than 64 MiB")
	ErrBomb      = errors.New("the file unpacks to more than 400 times its size")
)

var errTime = errors.New("eventTime is not an RFC 3339 time of the years 2000 to 2105")

// A Fault is what is wrong with one record; the records around it are read all the same.
type Fault struct {
	Offset int64  // of the record in the uncompressed file
	What   string // in words, without the record's content
}

// String says where and what.
func (f Fault) String() string { return fmt.Sprintf("record at byte %d: %s", f.Offset, f.What) }

// Reasons for which a record is skipped, as Tally counts them.
const (
	SkippedInsight = "insight"
	SkippedNoName  = "no eventSource or eventName"
)

// A Tally says what Read went through.
type Tally struct {
	Bytes      int64          // uncompressed
	Records    int            // given to the callback
	Skipped    map[string]int // by reason
	Bad        []Fault        // the first bad records
	BadRecords int            // all of them
}

// badKept is how many bad records are named one by one.
const badKept = 16

func (t *Tally) skip(reason string) {
	if t.Skipped == nil {
		t.Skipped = make(map[string]int)
	}
	t.Skipped[reason]++
}

func (t *Tally) bad(offset int64, what string) {
	if t.BadRecords++; len(t.Bad) < badKept {
		t.Bad = append(t.Bad, Fault{offset, what})
	}
}
