package cost

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/baseline/embedded"
)

// A cloud stands for AWS, for one tool: all services on one address. It counts the requests that come.
type cloud struct {
	t        *testing.T
	url      string
	front    *athenatest.Front // Athena and S3
	dynamodb string            // address of DynamoDB Local
	client   *http.Client
	accounts []string
	roles    int    // of each account
	key      string // names the tables at DynamoDB Local, which keeps them apart by access key

	file  *embedded.Store // the baseline, where it is not in DynamoDB
	added []string        // regions of the partitions that were added to a table

	mu       sync.Mutex
	counted  count
	averages map[string]count   // of queries, by their conditions
	held     *[]json.RawMessage // where not nil, items go there instead of into the table
}

const (
	homeRegion = "us-east-1"
	home       = "999988887777" // where the tool runs, and Athena's and the bucket's account
	management = "888877776666"
)

// local is the address of DynamoDB Local; a test that needs it ends here where there is none.
func local(t *testing.T) string {
	t.Helper()
	address := os.Getenv("CT_DYNAMODB")
	if address == "" {
		t.Skip("CT_DYNAMODB is not set: it is the address of DynamoDB Local (make cost starts one)")
	}
	return address
}

func newCloud(t *testing.T, accounts []string, roles int) *cloud {
	t.Helper()
	c := &cloud{t: t, dynamodb: local(t), accounts: accounts, roles: roles, key: "cost" + rand.Text(), front: athenatest.New(t), averages: map[string]count{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	c.front.MakeBucket(trailBucket)
	for i, region := range regions {
		for _, account := range accounts { // long ago something happened in every region
			c.front.Put(trailBucket, keyOf(account, region, at(-24*20).AddDate(0, 0, -i)), []byte("x"))
		}
	}
	server := httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(func() {
		server.Close()
		c.client.CloseIdleConnections()
	})
	c.url = server.URL
	return c
}

// caller has the credentials of a tool.
func (c *cloud) caller() *awscall.Caller {
	c.t.Helper()
	caller, err := awscall.Open(c.t.Context(), awscall.Options{
		Region: homeRegion, EndpointURL: c.url, Keys: awscall.Keys{AccessKeyID: awscall.Secret(c.key), SecretAccessKey: "secret"},
	})
	require.NoError(c.t, err)
	return caller
}

// serve tells the services apart as their protocols do.
func (c *cloud) serve(w http.ResponseWriter, r *http.Request) {
	service, operation, json := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation != "GetQueryExecution" { // a poll
		c.count(count{Calls: 1})
	}
	switch {
	case strings.HasPrefix(service, "DynamoDB"):
		c.serveDynamoDB(w, r, operation)
	case strings.HasPrefix(service, "AWSOrganizations"):
		c.serveOrganizations(w, operation)
	case json:
		c.front.ServeHTTP(w, r)
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		c.serveForm(w, r)
	default:
		c.count(s3Request(r))
		c.front.ServeHTTP(w, r)
	}
}

// s3Request is what a request to S3 is charged as.
func s3Request(r *http.Request) count {
	query := r.URL.Query()
	switch {
	case r.Method == http.MethodDelete, r.Method == http.MethodPost && query.Has("delete"):
		return count{} // free
	case r.Method == http.MethodPut, r.Method == http.MethodPost, query.Has("list-type"), query.Has("prefix"):
		return count{Lists: 1}
	default:
		return count{Gets: 1}
	}
}

func (c *cloud) count(more count) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counted.add(more)
}

// pays counts what a query costs that is made each hour, on average.
func (c *cloud) pays(sql string) error {
	a, err := conditions(sql, c.added)
	if err != nil {
		return err
	}
	key := fmt.Sprint(a)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.averages[key]; !known {
		c.averages[key] = a.average()
	}
	c.counted.add(c.averages[key])
	return nil
}

// sum is what was counted so far.
func (c *cloud) sum() count {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counted
}

func (c *cloud) fault(w http.ResponseWriter, err error) {
	c.t.Errorf("the stand-in of AWS: %v", err)
	http.Error(w, err.Error(), http.StatusInternalServerError)
}
