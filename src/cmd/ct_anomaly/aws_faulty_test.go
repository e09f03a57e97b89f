package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// A faulty wire lies before a real service, and has some of the requests go wrong.
type faulty struct {
	url string

	mu     sync.Mutex
	dice   *rand.Rand
	often  float64 // how often
	turn   int
	wrongs map[string]int
}

func newFaulty(t *testing.T, to string, seed uint64) *faulty {
	t.Helper()
	target, err := url.Parse(to)
	require.NoError(t, err)
	f := &faulty{dice: rand.New(rand.NewPCG(seed, 4)), wrongs: map[string]int{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(cloud.Disturb(proxy, f.fault))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *faulty) fault(r *http.Request) cloud.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dice.Float64() >= f.often {
		return cloud.Fault{}
	}
	ways := map[string]cloud.Fault{
		"refused": {Refuse: true}, "dropped": {Drop: true}, "lost": {Lose: true}, "cut": {Cut: true}, "slow": {Wait: 300 * time.Millisecond}, "garbled": {Garble: true},
	}
	names := []string{"refused", "dropped", "lost", "cut", "slow"}
	if r.Header.Get("X-Amz-Target") == "" && r.Method == http.MethodGet && r.URL.RawQuery == "x-id=GetObject" || r.Header.Get("X-Amz-Target") == "DynamoDB_20120810.Query" {
		names = append(names, "garbled") // what has a checksum
	}
	way := names[f.turn%len(names)] // each in its turn, so that each comes
	f.turn++
	f.wrongs[way]++
	return ways[way]
}

func (f *faulty) spoil(often float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.often = often
}

// TestAWSBehindAFaultyWire: with moto and DynamoDB Local behind wires on which an eighth of all requests goes wrong, runs come to the same end as without:
// the same anomalies, each in one way, and the same baseline.
func TestAWSBehindAFaultyWire(t *testing.T) {
	local := os.Getenv("CT_DYNAMODB")
	if local == "" {
		t.Skip("CT_DYNAMODB is not set: it is the address of DynamoDB Local (make check-aws starts one)")
	}
	o := organize(t, 8)
	o.begin(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "5")
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", local)
	table := func(name string) (told map[string]discern.Event, detect func() (int, string), exported func() string) {
		name = fmt.Sprintf("faulty_%s_%d", name, time.Now().UnixNano())
		must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", name)
		told, state := map[string]discern.Event{}, t.TempDir()
		detect = func() (int, string) {
			said := at(t, today, "detect", "anomaly", "--output", "json", "--learning-days", "5", "--logs", "s3://"+trailBucket, "--dynamo-table-name", name, "--state", state)
			for id, e := range ids(t, events(t, said.out)) {
				e = lasting(map[string]discern.Event{id: e})[id]
				e.Scope, e.Reason, e.Severity, e.SeverityReason = "", "", "", "" // which account was the first of the organization, its turn decides
				if have, again := told[id]; again {
					require.Equal(t, have, e, "it was told in two ways")
				}
				told[id] = e
			}
			return said.code, said.err
		}
		return told, detect, func() string { return must(t, exitDone, "baseline", "export", "--dynamo-table-name", name).out }
	}
	want, detect, wanted := table("undisturbed")
	code, said := detect()
	require.Equal(t, exitDone, code, said)
	require.Len(t, want, len(o.members))

	told, detect, got := table("disturbed")
	wires := []*faulty{newFaulty(t, o.wire.url, 1), newFaulty(t, local, 2)}
	t.Setenv("AWS_ENDPOINT_URL", wires[0].url)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", wires[1].url)
	for run := range 8 {
		for _, w := range wires {
			w.spoil(1.0 / 8 * float64(max(0, 6-run)) / 6) // less and less
		}
		code, said = detect()
	}
	require.Equal(t, exitDone, code, said)
	require.Equal(t, want, told)
	require.Equal(t, wanted(), got())
	for i, w := range wires {
		t.Log(i, w.wrongs)
		require.GreaterOrEqual(t, len(w.wrongs), 5, "%v", w.wrongs)
	}
}

// TestAWSCredentialsThatExpireInMidRun: the accounts that were not looked at say so, and the next run, with new ones, tells the rest.
func TestAWSCredentialsThatExpireInMidRun(t *testing.T) {
	o := organize(t, 6)
	o.begin(t)
	state := t.TempDir()
	args := []string{"--logs", "s3://" + trailBucket, "--max-concurrent-accounts", "1", "--state", state}
	read := 0
	o.instead(func(c wireCall) *wireFault {
		if c.operation != "GetObject" {
			return nil
		}
		if read++; read > 5 {
			return &wireFault{http.StatusBadRequest, "ExpiredToken"}
		}
		return nil
	})
	_, told, covered := o.watched(t, exitPartly, args...)
	require.NotEmpty(t, told)
	failed := 0
	for _, m := range o.members {
		c := covered[m.id]
		if c.Status == discern.StatusFailed {
			failed++
			require.Equal(t, discern.CodeCredential, c.ErrorCode, c.Error)
			require.NotEmpty(t, c.NextStep)
			continue
		}
		require.Len(t, told[m.id], 1)
	}
	require.Equal(t, len(o.members)-len(told), failed)
	require.Equal(t, discern.CodeCredential, covered["*"].ErrorCode)
	o.instead(nil)
	_, later, covered := o.watched(t, exitDone, args...)
	for _, m := range o.members {
		require.Len(t, append(told[m.id], later[m.id]...), 1, "%+v", covered[m.id])
	}
}
