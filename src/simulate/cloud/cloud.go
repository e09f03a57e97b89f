package cloud

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// The names of what is in a cloud.
const (
	Bucket  = "logs"    // of the trail
	Results = "results" // of Athena
	URL     = "http://aws.simulated"
)

// A Cloud is an AWS.
type Cloud struct {
	*athenatest.Front
	Table     *Table
	Directory *Directory
	Queue     *Queue
	OnSelect  func(key string) // is told which objects a query reads; nil: nobody is
}

// New gives an empty one. It ends with the test.
func New(t testing.TB) *Cloud {
	c := &Cloud{Front: athenatest.Unserved(t), Table: NewTable(), Directory: &Directory{}, Queue: &Queue{}}
	c.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch target := r.Header.Get("X-Amz-Target"); {
		case strings.HasPrefix(target, "DynamoDB_"):
			c.Table.ServeHTTP(w, r)
		case strings.HasPrefix(target, "AmazonSQS."):
			c.Queue.ServeHTTP(w, r)
		default:
			c.Directory.ServeHTTP(w, r)
		}
	}))
	return c
}

// A Fault is what happens to one request.
type Fault struct {
	Wait    time.Duration // first
	Refuse  bool          // an answer that asks to be called less often, or says that the service has a fault of its own
	Drop    bool          // it does not come to be carried out, and the connection breaks
	Lose    bool          // it is carried out, and the connection breaks instead of an answer
	Cut     bool          // it is carried out, and the connection breaks within the answer
	Garble  bool          // it is carried out, and the answer is not what was sent
	Forever bool          // no answer, until the caller gives up
}
