package athena

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"cloudtrail_anomaly/src/awscall"
)

// A badFile is a log file that makes a query fail.
type badFile struct {
	path   string
	denied bool // it is not the file that is no good
	err    error
}

func (b *badFile) Error() string { return b.err.Error() }
func (b *badFile) Unwrap() error { return b.err }

// errTooLarge is the end of a query that asked for more than the engine has.
var errTooLarge = errors.New("the query asks for more than Athena has for it")

// errGone is a result that is not there any more.
var errGone = errors.New("the result is gone")

var (
	codeIn = regexp.MustCompile(`^\s*([A-Z][A-Z0-9_]{3,}):`)
	fileIn = regexp.MustCompile(`^[A-Za-z0-9/_.-]+?\.json(?:\.gz)?`) // below the regions' folder, where CloudTrail alone names things
	deny   = regexp.MustCompile(`(?i)access ?denied|permission denied|forbidden|status code: 403`)
	large  = regexp.MustCompile(`(?i)exhausted resources|EXCEEDED_[A-Z_]*(MEMORY|TIME)[A-Z_]*LIMIT|EXCEEDED_COMPILER_LIMIT|query timeout|PAGE_TOO_LARGE`)
	noSuch = regexp.MustCompile(`(?i)^\s*(TABLE_NOT_FOUND|SCHEMA_NOT_FOUND)|(?:table|schema|database) \S+ does not exist`)
	inner  = regexp.MustCompile(`(?i)^\s*(GENERIC_)?INTERNAL_(SERVER_)?ERROR|throttl|slow ?down|reduce your request rate|service unavailable|TOO_MANY_REQUESTS|NO_NODES_AVAILABLE`)
	cutoff = regexp.MustCompile(`(?i)bytes scanned limit|scan(ned)? limit`)
)

// ended says why a query did not succeed. Of the reason only what names no value of a record goes into an error: a fault of the data is told by
// its code and the file's path.
func (l *Log) ended(e *execution) error {
	if e.state == types.QueryExecutionStateCancelled {
		if cutoff.MatchString(e.reason) {
			return fmt.Errorf("%w: query %s, which scanned %d bytes: raise the limit of the workgroup %s for a query", ErrScanLimit, e.id, e.scanned, l.place.name)
		}
		return fmt.Errorf("%w: query %s, by somebody or something else than this run", ErrCancelled, e.id)
	}
	path := l.fileIn(e.reason)
	switch {
	case path != "":
		return &badFile{path, deny.MatchString(e.reason), fmt.Errorf("%w: query %s stopped at %s (%s)", ErrBadData, e.id, path, codeOf(e.reason))}
	case noSuch.MatchString(e.reason):
		return l.noTable()
	case large.MatchString(e.reason):
		return fmt.Errorf("%w (%s): query %s", errTooLarge, codeOf(e.reason), e.id)
	}
	if refused := awscall.RefusedIn(l.role, e.reason); refused != nil {
		return fmt.Errorf("query %s: %w", e.id, refused)
	}
	switch {
	case strings.HasPrefix(e.reason, "HIVE_BAD_DATA"), strings.HasPrefix(e.reason, "HIVE_CURSOR_ERROR"):
		return fmt.Errorf("%w: query %s stopped at a file that Athena did not name (%s); ct_anomaly detect records finds it", ErrBadData, e.id, codeOf(e.reason))
	case e.retryable || inner.MatchString(e.reason) || e.reason == "":
		return fmt.Errorf("%w: query %s (%s); the next run tries again", ErrService, e.id, codeOf(e.reason))
	default:
		return fmt.Errorf("%w: query %s: %s", ErrQuery, e.id, e.reason)
	}
}

// fileIn is the log file that a reason names, as its path stands in queries.
func (l *Log) fileIn(reason string) string {
	_, rest, ok := strings.Cut(reason, l.t.location())
	if name := fileIn.FindString(rest); ok && name != "" {
		return l.t.location() + name
	}
	return ""
}

// codeOf is the code that a reason begins with.
func codeOf(reason string) string {
	if m := codeIn.FindStringSubmatch(reason); m != nil {
		return m[1]
	}
	return "no code"
}

func (l *Log) noTable() error {
	return fmt.Errorf("%w: %s in the database %s of Athena: run ct_anomaly setup athena --accounts %s", ErrNoTable, l.t.Name(), l.t.Database, l.AccountID)
}
