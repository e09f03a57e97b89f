package athenatest

import (
	"context"
	"crypto/rand"
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
	q := &query{id: newID(), in: in, kind: statementKind(in.QueryString), group: in.WorkGroup, begun: f.now(), state: running}
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
