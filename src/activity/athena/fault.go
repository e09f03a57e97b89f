package athena

import "errors"

// What can end the look at an account, besides refusals (*awscall.Refused), the context's end and what Options.May says. Errors wrap one of these
// and say how to mend it. None holds anything of a record.
var (
	ErrNoTable    = errors.New("there is no such table")
	ErrOtherTable = errors.New("the table is not as setup makes it")
	ErrNoFiles    = errors.New("no log files are found where the table looks for them")
	ErrNoPlace    = errors.New("queries have no place to run, or to leave their results")
	ErrScanLimit  = errors.New("the query went beyond its limit of scanned bytes and was cancelled")
	ErrCancelled  = errors.New("the query was cancelled")
	ErrBadData    = errors.New("the query can't read the log files")
	ErrQuery      = errors.New("the query failed")
	ErrService    = errors.New("the query failed for reasons of Athena's own")
)
