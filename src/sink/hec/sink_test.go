package hec

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/sink/hec/hectest"
)

// pauses notes what was waited for, without waiting.
type pauses struct {
	mu  sync.Mutex
	all []time.Duration
}

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, d)
	return ctx.Err()
}

func open(t *testing.T, s *hectest.Server) (*Sink, *pauses) {
	t.Helper()
	p := &pauses{}
	sink, err := New(Options{
		URL: s.URL, Token: s.Token, Host: "collector", Source: "ct_anomaly://soc", Client: s.Client(), Pause: p.pause, Patience: 5 * time.Second,
	})
	require.NoError(t, err)
	return sink, p
}

func events(n int) []discern.Pending {
	all := make([]discern.Pending, n)
	for i := range all {
		all[i].ID = fmt.Sprintf("id%d", i)
		all[i].Event = fmt.Appendf(nil, `{"anomaly_id":"id%d","first_time":"2024-05-01T10:00:%02dZ","reason":"a < b & c","mfa":false}`, i, i%60)
	}
	return all
}

func ids(events []discern.Pending) []string {
	all := []string{}
	for i := range events {
		all = append(all, events[i].ID)
	}
	return all
}

// untaken are the ids that a Send did not deliver.
func untaken(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var some *discern.Untaken
	require.ErrorAs(t, err, &some)
	return some.IDs
}

// once is the index where each of these is once.
func once(events []discern.Pending) map[string]int {
	all := map[string]int{}
	for i := range events {
		all[events[i].ID] = 1
	}
	return all
}

func TestWhatIsSent(t *testing.T) {
	server := hectest.NewTLS(t)
	server.Indexes = []string{"alerts"}
	sink, err := New(Options{
		URL: server.URL + "/services/collector/event/", Token: server.Token, Index: "alerts", Host: "collector", Source: "ct_anomaly://soc", Client: server.Client(),
	})
	require.NoError(t, err)
	require.NoError(t, sink.Send(t.Context(), events(2)))
	got := server.Envelopes()
	require.Len(t, got, 2)
	require.Equal(t, hectest.Envelope{Time: "1714557601", Host: "collector", Source: "ct_anomaly://soc", SourceType: "aws:cloudtrail:anomaly", Index: "alerts",
		Event: events(2)[1].Event}, got[1], "the event is the stored bytes, as an object")
	asked := server.Requests()
	require.Len(t, asked, 1)
	require.True(t, asked[0].Gzip)
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, asked[0].Channel)

	bare, err := New(Options{URL: server.URL, Token: server.Token, Client: server.Client()})
	require.NoError(t, err)
	server.Forget()
	require.NoError(t, bare.Send(t.Context(), events(1)))
	require.Equal(t, []hectest.Envelope{{Time: "1714557600", SourceType: "aws:cloudtrail:anomaly", Event: events(1)[0].Event}}, server.Envelopes())
	require.NotEqual(t, asked[0].Channel, server.Requests()[0].Channel, "a channel belongs to one run")
	require.NoError(t, bare.Send(t.Context(), nil))
	require.Len(t, server.Requests(), 1, "nothing to send is no request")
}

func TestBatches(t *testing.T) {
	server := hectest.New(t)
	sink, _ := open(t, server)
	all := events(9)
	for _, i := range []int{1, 2, 3, 5} {
		all[i].Event = fmt.Appendf(nil, `{"anomaly_id":%q,"first_time":"2024-05-01T10:00:00Z","reason":%q}`, all[i].ID, strings.Repeat("x", 200<<10))
	}
	all[7].Event = fmt.Appendf(nil, `{"anomaly_id":%q,"first_time":"2024-05-01T10:00:00Z","reason":%q}`, all[7].ID, strings.Repeat("x", 600<<10))
	require.NoError(t, sink.Send(t.Context(), all))
	require.Equal(t, once(all), server.Indexed())
	counts := []int{}
	for _, r := range server.Requests() {
		counts = append(counts, r.Events)
		require.True(t, r.Bytes <= 512<<10 || r.Events == 1)
	}
	require.Equal(t, []int{3, 4, 1, 1}, counts)
	for i, e := range server.Envelopes() {
		require.Equal(t, all[i].ID, e.ID(), "in order")
	}
}

func TestNoEvent(t *testing.T) {
	server := hectest.New(t)
	sink, _ := open(t, server)
	all := events(6)
	for i, text := range []string{`[1]`, `null`, `{"anomaly_id":"id2"}`, `{"first_time":"2024-05-01T10:00:00Z"`, ``} {
		all[i].Event = []byte(text)
	}
	err := sink.Send(t.Context(), all)
	require.Equal(t, ids(all[:5]), untaken(t, err))
	require.ErrorContains(t, err, "id0")
	require.ErrorContains(t, err, "4 more are refused too")
	require.Equal(t, once(all[5:]), server.Indexed())
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"https://hec.example.com:8088":                            "https://hec.example.com:8088",
		" https://hec.example.com:8088/ ":                         "https://hec.example.com:8088",
		"https://hec.example.com/services/collector":              "https://hec.example.com",
		"https://hec.example.com/services/collector/event/":       "https://hec.example.com",
		"http://127.0.0.1:8088":                                   "http://127.0.0.1:8088",
		"http://[::1]:8088":                                       "http://[::1]:8088",
		"http://localhost:8088":                                   "http://localhost:8088",
		"http://hec.example.com:8088":                             "!clear text",
		"http://localhost.example.com:8088":                       "!clear text",
		"hec.example.com:8088":                                    "!not the address",
		"ftp://hec.example.com":                                   "!not the address",
		"https://":                                                "!not the address",
		"https://hec.example.com/en-US/app":                       "!path",
		"https://hec.example.com:8088/services/collector/raw":     "!path",
		"https://hec.example.com:8088?token=hush":                 "!hec_credential",
		"https://hush@hec.example.com:8088":                       "!hec_credential",
		"https://x:hush@hec.example.com:8088/services/collector#": "!hec_credential",
		"https://hush hush":                                       "!not the address",
	} {
		t.Run(text, func(t *testing.T) {
			s, err := New(Options{URL: text, Token: "abc"})
			if says, wrong := strings.CutPrefix(want, "!"); wrong {
				require.ErrorContains(t, err, "hec_url: ")
				require.ErrorContains(t, err, says)
				require.NotContains(t, err.Error(), "hush")
				return
			}
			require.NoError(t, err)
			require.Equal(t, want, s.at.base)
		})
	}
}

func TestTokens(t *testing.T) {
	for _, token := range []string{"", "Splunk hush", "hush\n", "hüsh"} {
		_, err := New(Options{URL: "https://hec.example.com", Token: token})
		require.ErrorContains(t, err, "hec_credential: ")
		require.NotContains(t, err.Error(), "hush")
	}
	s, err := New(Options{URL: "https://hec.example.com", Token: "hush"})
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		require.Equal(t, "HEC at hec.example.com", fmt.Sprintf(verb, s))
	}
	require.NotContains(t, fmt.Sprintf("%+v", s.Options), "hush")
	require.Equal(t, "hec", s.Name())
}
