package cloudwatch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
)

// service speaks as much of CloudWatch's protocol (Smithy RPC v2 CBOR) as PutMetricData needs. It is the only part of these tests that refuses more than
// 1,000 metrics and more than 1 MB; moto takes them.
type service struct {
	mu    sync.Mutex
	fails []string // codes of errors to answer with, one for each call; "" takes the data
	lose  int      // how many answers get lost after the data was taken
	calls []call
}

// A call is what was put by one: by dimension, or "" for the whole.
type call struct {
	namespace string
	values    map[string]float64
	metrics   int
	bytes     int              // before compression
	times     map[float64]bool // in seconds
	packed    bool
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasSuffix(r.URL.Path, "/operation/PutMetricData") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if len(s.fails) > 0 {
		code := s.fails[0]
		s.fails = s.fails[1:]
		if code != "" {
			cloudwatchtest.Refuse(w, statusOf[code], code)
			return
		}
	}
	c, err := read(r)
	if err != nil || c.metrics > 1000 || c.bytes > 1<<20 {
		cloudwatchtest.Refuse(w, http.StatusBadRequest, "InvalidParameterCombination")
		return
	}
	s.calls = append(s.calls, c)
	if s.lose > 0 {
		s.lose--
		hijacked, _, _ := w.(http.Hijacker).Hijack()
		_ = hijacked.Close()
		return
	}
	cloudwatchtest.Write(w, http.StatusOK, cbor.Map{})
}

var statusOf = map[string]int{
	"AccessDenied": http.StatusForbidden, "ThrottlingException": http.StatusBadRequest, "InvalidParameterValue": http.StatusBadRequest,
	"InternalServiceFault": http.StatusInternalServerError,
}

// read is the input of a call.
func read(r *http.Request) (c call, err error) {
	c.packed = r.Header.Get("Content-Encoding") == "gzip"
	in, err := cloudwatchtest.Read(r)
	if err != nil {
		return c, err
	}
	c.bytes = len(cbor.Encode(in))
	c.namespace = string(in["Namespace"].(cbor.String))
	c.values, c.times = map[string]float64{}, map[float64]bool{}
	for _, datum := range in["MetricData"].(cbor.List) {
		d := datum.(cbor.Map)
		if d["MetricName"] != cbor.String(Metric) || d["Unit"] != cbor.String("Count") {
			return c, fmt.Errorf("a metric of another name or unit: %v", d)
		}
		key := ""
		if dimensions, ok := d["Dimensions"].(cbor.List); ok {
			for _, dimension := range dimensions {
				key += fmt.Sprintf("%s=%s", dimension.(cbor.Map)["Name"], dimension.(cbor.Map)["Value"])
			}
		}
		c.values[key] += float64(d["Value"].(cbor.Float64))
		c.metrics++
		at, ok := d["Timestamp"].(*cbor.Tag)
		if !ok {
			return c, fmt.Errorf("a metric without a time: %v", d)
		}
		seconds, err := cbor.AsFloat64(at.Value)
		if err != nil {
			return c, err
		}
		c.times[seconds] = true
	}
	return c, nil
}

func open(t *testing.T, s *service, namespace string) *Sink {
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return New(connect(t, server.URL, "eu-central-1").Base(), namespace, sent)
}

func sent() time.Time { return time.Unix(1_800_000_000, 0) }

func connect(t *testing.T, endpoint, region string) *awscall.Caller {
	caller, err := awscall.Open(t.Context(), awscall.Options{
		EndpointURL: endpoint, Region: region, Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "hidden-key"}, MaxAttempts: 2,
	})
	require.NoError(t, err)
	return caller
}

// told are pending events, each with an id of its own.
func told(t *testing.T, events ...discern.Event) []discern.Pending {
	var all []discern.Pending
	for i := range events {
		events[i].AnomalyID = fmt.Sprintf("id%d", i)
		events[i].FirstTime = "2020-01-01T00:00:00Z"
		line, err := json.Marshal(&events[i])
		require.NoError(t, err)
		all = append(all, discern.Pending{ID: events[i].AnomalyID, Event: line})
	}
	return all
}
