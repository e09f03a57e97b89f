package hec

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
)

const ackPathOfFaults = "/services/collector/ack"

// many fill three batches.
const many = 8000

func TestAcknowledgement(t *testing.T) {
	server := hectest.New(t)
	server.Acks, server.AckAfter, server.OneAck = true, 2, true
	sink, waited := open(t, server)
	require.NoError(t, sink.Send(t.Context(), events(many)))
	require.Equal(t, once(events(many)), server.Indexed())
	asked := server.Requests()
	require.Greater(t, len(asked), 3)
	for _, r := range asked {
		require.Equal(t, asked[0].Channel, r.Channel)
	}
	for i, d := range waited.all {
		require.Equal(t, min(time.Second<<i, 10*time.Second), d)
	}
}

func TestAcknowledgementNeverComes(t *testing.T) {
	server := hectest.New(t)
	server.Acks, server.AckAfter = true, 1<<30
	sink, waited := open(t, server)
	for _, most := range []time.Duration{5 * time.Minute, 30 * time.Second} {
		waited.all = nil
		err := sink.Send(t.Context(), events(3))
		require.Equal(t, ids(events(3)), untaken(t, err))
		require.ErrorContains(t, err, "not all came within "+most.String())
		require.ErrorContains(t, err, "load balancer")
		var sum time.Duration
		for _, d := range waited.all {
			sum += d
		}
		require.Equal(t, most, sum)
	}
	server.AckAfter = 0
	require.NoError(t, sink.Send(t.Context(), events(3)))
	require.False(t, sink.late.Load())
}

// An indexer that crashes loses what it has not indexed; the rest is exact.
func TestAcknowledgementOfSome(t *testing.T) {
	server := hectest.New(t)
	server.Acks = true
	sink, _ := open(t, server)
	server.Fail(hectest.Fault{Vanish: true})
	err := sink.Send(t.Context(), events(many))
	left := untaken(t, err)
	require.NotEmpty(t, left)
	require.Less(t, len(left), many)
	got := server.Indexed()
	require.Len(t, got, many-len(left))
	for _, id := range left {
		require.Zero(t, got[id])
	}
}

func TestAcknowledgementIsRefused(t *testing.T) {
	for code, says := range map[int]string{14: "acknowledgement is disabled", 10: "X-Splunk-Request-Channel", 4: "hec_credential"} {
		server := hectest.New(t)
		server.Acks = true
		server.Fail(hectest.Fault{Path: ackPathOfFaults, Code: code, Times: hectest.Ever, Echo: true})
		sink, _ := open(t, server)
		err := sink.Send(t.Context(), events(3))
		require.Equal(t, ids(events(3)), untaken(t, err))
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), server.Token)
		require.Len(t, server.Requests(), 2)
	}
}

func TestAcknowledgementIsBusy(t *testing.T) {
	server := hectest.New(t)
	server.Acks = true
	for _, f := range []hectest.Fault{{Code: 19}, {Status: 502}, {Lost: true}} {
		f.Path = ackPathOfFaults
		server.Fail(f)
	}
	sink, _ := open(t, server)
	require.NoError(t, sink.Send(t.Context(), events(3)))
	require.Equal(t, once(events(3)), server.Indexed())
}

// Two indexers behind one address count each for itself: what one says is not believed of the other's.
func TestAcknowledgementOfAnother(t *testing.T) {
	numbered := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/ack") {
			_, _ = w.Write([]byte(`{"acks":{"0":true,"1":true}}`))
			return
		}
		_, _ = w.Write([]byte(`{"text":"Success","code":0,"ackId":0}`))
	}))
	defer numbered.Close()
	p := &pauses{}
	sink, err := New(Options{URL: numbered.URL, Token: "abc", Pause: p.pause})
	require.NoError(t, err)
	left := untaken(t, sink.Send(t.Context(), events(many)))
	require.NotEmpty(t, left)
	require.Less(t, len(left), many)
	require.Equal(t, ids(events(len(left))), left, "the last request's are believed")
}

// A load balancer that keeps a client at one indexer does so by a cookie.
func TestCookies(t *testing.T) {
	var seen []string
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "AWSALB", Value: "one", Path: "/"})
		_, _ = w.Write([]byte(`{"text":"Success","code":0}`))
	}))
	defer front.Close()
	sink, err := New(Options{URL: front.URL, Token: "abc"})
	require.NoError(t, err)
	require.NoError(t, sink.Send(t.Context(), events(1)))
	require.NoError(t, sink.Send(t.Context(), events(1)))
	require.Equal(t, []string{"", "AWSALB=one"}, seen)
}
