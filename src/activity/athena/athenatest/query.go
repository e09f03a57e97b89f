package athenatest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// stoppedReason is inferred.
const stoppedReason = "Query cancelled by user"

// The states of a query.
const (
	queued    = "QUEUED"
	running   = "RUNNING"
	succeeded = "SUCCEEDED"
	failed    = "FAILED"
	cancelled = "CANCELLED"
)

// A query is one that was started. The front's lock guards all but what never changes.
type query struct {
	id       string
	in       startQueryExecutionInput
	kind     string // DML, DDL or UTILITY
	group    string
	settings WorkGroup
	output   string // s3://…; empty where results are managed
	course   Course
	begun    time.Time
	cancel   context.CancelFunc

	polls   int
	stopped bool
	state   string // the engine's
	reason  string
	ended   time.Time
	scanned int64
	answer  Answer
}

type startQueryExecutionInput struct {
	QueryString           string
	ClientRequestToken    string
	WorkGroup             string
	QueryExecutionContext struct{ Database, Catalog string }
	ResultConfiguration   struct {
		OutputLocation, ExpectedBucketOwner string
		EncryptionConfiguration             struct{ EncryptionOption, KmsKey string }
		AclConfiguration                    struct{ S3AclOption string }
	}
	ResultReuseConfiguration struct {
		ResultReuseByAgeConfiguration struct {
			Enabled         bool
			MaxAgeInMinutes int
		}
	}
}

func (f *Front) startQueryExecution(in startQueryExecutionInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(in.ClientRequestToken); n < 32 || n > 128 {
		return nil, invalid("ClientRequestToken must have 32 to 128 characters")
	}
	if n := len(in.QueryString); n == 0 || n > 262144 {
		return nil, invalid("QueryString must have 1 to 262144 bytes")
	}
	if earlier := f.tokens[in.ClientRequestToken]; earlier != nil {
		if !reflect.DeepEqual(earlier.in, in) {
			return nil, invalid("Idempotent parameters do not match") // https://github.com/DyfanJones/noctua/issues/104
		}
		return map[string]string{"QueryExecutionId": earlier.id}, nil
	}
	q, err := f.newQuery(in)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	q.cancel = cancel
	f.queries[q.id], f.tokens[in.ClientRequestToken] = q, q
	f.started = append(f.started, q)
	f.running.Go(func() {
		defer cancel()
		f.run(ctx, q)
	})
	return map[string]string{"QueryExecutionId": q.id}, nil
}

// newQuery is called with the lock held.
func (f *Front) newQuery(in startQueryExecutionInput) (*query, error) {
	q := &query{id: newID(), in: in, kind: statementKind(in.QueryString), group: in.WorkGroup, begun: now(), state: running}
	if q.group == "" {
		q.group = "primary"
	}
	settings, there := f.workGroups[q.group]
	if !there {
		return nil, invalid("WorkGroup is not found.")
	}
	if settings.Disabled {
		return nil, invalid("WorkGroup is disabled.")
	}
	q.settings = settings
	place := in.ResultConfiguration.OutputLocation
	switch {
	case settings.Managed && place != "":
		return nil, invalid("ResultConfiguration can't be given in a workgroup with managed query results") // inferred
	case settings.Managed:
		place = ""
	case settings.Enforced || place == "":
		place = settings.OutputLocation
	}
	if !settings.Managed {
		if place == "" {
			return nil, invalid("No output location provided. An output location is required either through the Workgroup result " +
				"configuration setting or as an API input.")
		}
		at, err := url.Parse(place)
		if err != nil || at.Scheme != "s3" || f.buckets[at.Host] == nil {
			return nil, invalid("Unable to verify/create output bucket " + place)
		}
		q.output = strings.TrimSuffix(place, "/") + "/" + q.id + map[bool]string{true: ".csv", false: ".txt"}[q.kind == "DML"]
	}
	q.course = f.takeCourse(q.kind)
	return q, nil
}

// statementKind is what the service calls a statement's type: SELECT is DML.
func statementKind(sql string) string {
	switch word, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(sql)), " "); word {
	case "CREATE", "DROP", "ALTER", "MSCK":
		return "DDL"
	case "SHOW", "DESCRIBE", "EXPLAIN":
		return "UTILITY"
	}
	return "DML"
}

// run brings a query to its end, unless its course holds it.
func (f *Front) run(ctx context.Context, q *query) {
	if q.course.Queued < 0 {
		<-ctx.Done()
		f.end(q, Answer{}, context.Cause(ctx))
		return
	}
	var answer Answer
	var err error
	switch {
	case q.course.State != "":
		answer.Scanned = q.course.Scanned
		err = &ending{q.course.State, q.course.Reason}
	case q.kind != "DML":
		answer, err = f.define(ctx, q)
	default:
		answer, err = f.execute(ctx, q)
	}
	if q.course.Running < 0 {
		<-ctx.Done()
		err = context.Cause(ctx)
	}
	f.end(q, answer, err)
}

// execute has the engine run a SELECT.
func (f *Front) execute(ctx context.Context, q *query) (Answer, error) {
	if f.trino != nil {
		return f.trino.run(ctx, q.in.QueryExecutionContext.Database, q.in.QueryString, func(scanned int64) error {
			f.locked(func() { q.scanned = scanned })
			return q.beyond(scanned)
		})
	}
	f.mu.Lock()
	answer := f.answer
	f.mu.Unlock()
	if answer == nil {
		return Answer{}, errors.New("this front has no engine: give it an Answer")
	}
	result, err := answer(q.in.QueryString)
	if err == nil {
		result.Scanned = max(result.Scanned, q.course.Scanned)
		err = q.beyond(result.Scanned)
	}
	return result, err
}

// An ending is a state that is not SUCCEEDED, and its reason.
type ending struct{ state, reason string }

func (e *ending) Error() string { return e.state + ": " + e.reason }

// beyond is the ending of a query that scanned more than its workgroup lets it.
func (q *query) beyond(scanned int64) error {
	if most := q.settings.CutoffBytes; most > 0 && scanned > most {
		return &ending{cancelled, "Query cancelled! : Bytes scanned limit was exceeded"} // the state is documented, the words are inferred
	}
	return nil
}

// end settles a query, and writes what it has as results.
func (f *Front) end(q *query, answer Answer, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q.scanned = max(q.scanned, answer.Scanned)
	if q.stopped {
		return
	}
	var other *ending
	switch {
	case errors.Is(err, context.Canceled):
		q.state, q.reason = cancelled, stoppedReason
	case errors.As(err, &other):
		q.state, q.reason = other.state, other.reason
	case err != nil:
		q.state, q.reason = failed, q.tell(err.Error())
	default:
		q.state, q.answer = succeeded, answer
		if q.output != "" {
			f.writeResults(q)
		}
	}
	q.ended = now()
}

// tell adds to an engine's error what Athena adds where files were read: another path, which is not the file's
// (https://github.com/trinodb/trino/issues/19225).
func (q *query) tell(reason string) string {
	if !strings.HasPrefix(reason, "HIVE_") || q.output == "" {
		return reason
	}
	return fmt.Sprintf("%s. If a data manifest file was generated at '%s-manifest.csv', you may need to manually clean the data from "+
		"locations specified in the manifest. Athena will not delete data in your account.", reason, strings.TrimSuffix(q.output, ".csv"))
}

// seen is the state that a poll is told. It is called with the lock held.
func (q *query) seen() string {
	ended := q.state != running
	switch {
	case q.stopped:
		return cancelled
	case q.course.Queued < 0 || q.polls <= q.course.Queued:
		return queued
	case !ended || q.course.Running < 0 || q.polls <= q.course.Queued+q.course.Running:
		return running
	}
	return q.state
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
