package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/simulate/cloud"
	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
	"cloudtrail_anomaly/src/sink/hec"
	"cloudtrail_anomaly/src/sink/hec/hectest"
)

const (
	topicARN     = "arn:aws:sns:us-east-1:999999999999:anomalies"
	collectorURL = "http://127.0.0.1:8088"
)

// An afar is what the sinks besides splunkd lead to: a collector of Splunk's, a topic, a metric.
type afar struct {
	*testing.T
	hec     *hectest.Server
	mute    map[string]bool // the sinks whose answers are lost
	mu      sync.Mutex
	told    []string // the topic's messages
	counted float64  // the metric's sum, as a whole
}

// newAfar is as a breakage has it.
func newAfar(t *testing.T, b breakage) *afar {
	a := &afar{T: t, hec: hectest.Unserved(t), mute: map[string]bool{}}
	for _, sink := range []string{"hec", "sns", "cloudwatch"} {
		a.mute[sink] = b.way == unanswered && b.sinks[sendTo(sink)]
	}
	return a
}

// collector is the sink that the program makes of an input whose secret splunkd keeps.
func (a *afar) collector(dial func(context.Context, string, string) (net.Conn, error)) discern.Sink {
	s, err := hec.New(hec.Options{URL: collectorURL, Token: a.hec.Token, Client: &http.Client{Transport: &http.Transport{DialContext: dial}}})
	require.NoError(a, err)
	return s
}

// before answers for the sinks; the rest is the cloud's.
func (a *afar) before(rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sink, answer := "", rest
		switch form := r.Header.Get("Content-Type") == "application/x-www-form-urlencoded"; {
		case "http://"+r.Host == collectorURL:
			sink, answer = "hec", a.hec
		case strings.HasPrefix(r.URL.Path, "/service/GraniteServiceVersion20100801/"):
			sink, answer = "cloudwatch", http.HandlerFunc(a.count)
		case form && r.ParseForm() == nil && r.Form.Get("Action") == "PublishBatch":
			sink, answer = "sns", http.HandlerFunc(a.publish)
		}
		if a.mute[sink] {
			answer = cloud.Disturb(answer, func(*http.Request) cloud.Fault { return cloud.Fault{Lose: true} })
		}
		answer.ServeHTTP(w, r)
	})
}

func (a *afar) publish(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	taken := ""
	for n := 1; ; n++ {
		entry := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", n)
		id := r.Form.Get(entry + "Id")
		if id == "" {
			break
		}
		a.told = append(a.told, r.Form.Get(entry+"Message"))
		taken += "<member><Id>" + id + "</Id><MessageId>m</MessageId></member>"
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintf(w, `<PublishBatchResponse><PublishBatchResult><Successful>%s</Successful><Failed/></PublishBatchResult></PublishBatchResponse>`, taken)
}

func (a *afar) count(w http.ResponseWriter, r *http.Request) {
	in, err := cloudwatchtest.Read(r)
	if err != nil {
		cloudwatchtest.Refuse(w, http.StatusBadRequest, "InvalidFormat")
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range in["MetricData"].(cbor.List) {
		if datum := d.(cbor.Map); datum["Dimensions"] == nil {
			a.counted += float64(datum["Value"].(cbor.Float64))
		}
	}
	cloudwatchtest.Write(w, http.StatusOK, cbor.Map{})
}

// has counts how often each sink was told of each anomaly; the metric, which knows no ids, has what it counted under "".
func (a *afar) has() map[string]map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	topic := map[string]int{}
	for _, message := range a.told {
		var m struct {
			Anomalies []struct {
				ID string `json:"anomaly_id"`
			}
		}
		require.NoError(a, json.Unmarshal([]byte(message), &m))
		for _, told := range m.Anomalies {
			topic[told.ID]++
		}
	}
	return map[string]map[string]int{"hec": a.hec.Indexed(), "sns": topic, "cloudwatch": {"": int(a.counted)}}
}

// alike requires that the collector has one content of each anomaly, that which splunkd was told.
func (a *afar) alike(told map[string]map[string]any, what string) {
	for _, e := range a.hec.Envelopes() {
		id := e.ID()
		if id == "" {
			continue
		}
		var content map[string]any
		require.NoError(a, json.Unmarshal(e.Event, &content))
		require.Equal(a, told[id], ofTheRecords(content), what)
	}
}
