package hec

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
)

func TestCheck(t *testing.T) {
	for name, tc := range map[string]struct {
		set  func(*hectest.Server)
		says string
	}{
		"well":            {func(*hectest.Server) {}, ""},
		"with acks":       {func(s *hectest.Server) { s.Acks = true }, ""},
		"no health":       {func(s *hectest.Server) { s.Fail(hectest.Fault{Path: "/services/collector/health", Status: 400}) }, ""},
		"queues are full": {func(s *hectest.Server) { s.Health = 18 }, "for its health: HTTP 503, code 18: the queues are full"},
		"stops":           {func(s *hectest.Server) { s.Health = 23 }, "code 23"},
		"no collector":    {func(s *hectest.Server) { s.Fail(hectest.Fault{Path: "/services/collector/health", Status: 404}) }, "hec_url"},
		"moved":           {func(s *hectest.Server) { s.Fail(hectest.Fault{Path: "/services/collector/health", Status: 302}) }, "redirect"},
		"gone": {func(s *hectest.Server) {
			s.Fail(hectest.Fault{Path: "/services/collector/health", Lost: true, Times: 9})
		}, "is reached"},
		"disabled":           {func(s *hectest.Server) { s.Disabled = true }, "about the token: HTTP 403, code 1"},
		"unknown token":      {func(s *hectest.Server) { s.Token = "another" }, "about the token: HTTP 403, code 4"},
		"gone in the middle": {func(s *hectest.Server) { s.Fail(hectest.Fault{Lost: true, Times: 9}) }, "is reached"},
	} {
		t.Run(name, func(t *testing.T) {
			server := hectest.New(t)
			sink, _ := open(t, server)
			token := server.Token
			tc.set(server)
			err := sink.Check(t.Context())
			require.Empty(t, server.Envelopes())
			if tc.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), token)
		})
	}
}

func TestCover(t *testing.T) {
	server := hectest.New(t)
	sink, waited := open(t, server)
	at := time.Date(2024, 5, 1, 10, 0, 0, 250_000_000, time.UTC)
	require.NoError(t, sink.Cover(t.Context(), at, []byte(`{"status":"ok"}`)))
	require.Equal(t, []hectest.Envelope{{
		Time: "1714557600.25", Host: "collector", Source: "ct_anomaly://soc", SourceType: "aws:cloudtrail:anomaly:run", Event: []byte(`{"status":"ok"}`),
	}}, server.Envelopes())

	server.Fail(hectest.Fault{Code: 9}, hectest.Fault{Lost: true})
	require.ErrorContains(t, sink.Cover(t.Context(), at, []byte(`{}`)), "code 9")
	require.ErrorContains(t, sink.Cover(t.Context(), at, []byte(`{}`)), "is reached")
	require.ErrorContains(t, sink.Cover(t.Context(), at, []byte(`{`)), "not JSON")
	require.Empty(t, waited.all, "once")
}
