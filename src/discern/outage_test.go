package discern_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/baselinetest"
	"cloudtrail_anomaly/src/discern"
)

// study is one over these accounts in that order, one after the other.
func (w *world) study(r inOrder, open func(account string) discern.Activity) *discern.Study {
	w.runs++
	return &discern.Study{
		Muster: r, Baseline: w.store, Outbox: w.store, Ledger: w.store, Journal: w.store, Risk: w, Terms: w.terms,
		Now: func() time.Time { return time.Unix(w.now, 0) }, RunID: fmt.Sprint("ordered ", w.runs), Owner: "me", Trail: "t", Engine: "script", Mode: "live",
		Open: func(_ context.Context, account string, _ int64) (discern.Activity, error) { return open(account), nil },
	}
}

type inOrder struct {
	accounts []string
	err      error // none can be looked at
}

func (r inOrder) Each(ctx context.Context, look func(context.Context, string)) ([]string, error) {
	if r.err != nil {
		return r.accounts, r.err
	}
	for _, id := range r.accounts {
		look(ctx, id)
	}
	return nil, nil
}

// heedful is an outbox that heeds its context, as the one in DynamoDB does.
type heedful struct{ discern.Outbox }

func (o heedful) Confirm(ctx context.Context, sink string, ids []string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return o.Outbox.Confirm(ctx, sink, ids)
}

// exhausting is a sink that takes all there is, in the run's last moment.
type exhausting struct {
	end  context.CancelFunc
	sent map[string]int
}

func (exhausting) Name() string { return "stream" }

func (s exhausting) Send(_ context.Context, events []discern.Pending) error {
	for _, e := range events {
		s.sent[e.ID]++
	}
	s.end()
	return nil
}

// What a sink took is confirmed though the run's time is over, so that it is not told twice.
func TestConfirmedAfterTheDeadline(t *testing.T) {
	w := newWorld(t)
	w.run(watched())
	sent := map[string]int{}
	p := pieceOf(list{saw(200, "00:00", "AROAOLD", "iam:CreateUser", ""), saw(200, "00:01", "AROAOLD", "iam:DeleteUser", "")})
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		st := w.study(inOrder{}, nil)
		st.Muster, st.Open, st.Activity = nil, nil, &baselinetest.Script{Pieces: []discern.Piece{p}}
		st.Outbox, st.Sinks = heedful{w.store}, []discern.Sink{exhausting{cancel, sent}}
		_, _ = st.Run(ctx)
		cancel()
	}
	require.Len(t, sent, 2)
	for id, n := range sent {
		require.Equal(t, 1, n, id)
	}
}

// Accounts that are begun side by side: the organization is watched since the earliest of them.
func TestWatchedSinceTheEarliest(t *testing.T) {
	for range 20 {
		w := newWorld(t)
		w.muster(map[string][]discern.Piece{
			"1": {pieceOf(list{in("1", saw(0, "00:00", "AROA1", "sts:X", ""))})},
			"2": {pieceOf(list{in("2", saw(80, "00:00", "AROA2", "sts:Y", ""))})},
			"3": {pieceOf(list{in("3", saw(81, "00:00", "AROA3", "sts:Z", ""))})},
		}, roll{accounts: []string{"1", "2", "3"}})
		h := discern.Holder{Kind: discern.Organization}
		m, err := w.store.Recall(t.Context(), []discern.Question{{Holder: h, Actions: []string{""}}})
		require.NoError(t, err)
		require.EqualValues(t, day0, m[h][""].FirstSeen)
	}
}

// Where none of the muster can be looked at, each account's coverage says so.
func TestAMusterThatCannotBeLookedAt(t *testing.T) {
	w := newWorld(t)
	status := map[string]string{}
	st := w.study(inOrder{accounts: []string{"1", "2"}, err: errors.New("history waits for consent")}, nil)
	st.Covered = func(c discern.Coverage) error { status[c.AccountID] = c.Status; return nil }
	_, err := st.Run(t.Context())
	require.ErrorContains(t, err, "consent")
	require.Equal(t, map[string]string{"1": discern.StatusFailed, "2": discern.StatusFailed, "*": discern.StatusFailed}, status)
}

// The lag of an account that can't be looked at grows.
func TestTheLagOfAnAccountThatFails(t *testing.T) {
	w := newWorld(t)
	p := pieceOf(list{watched()})
	p.Reached = w.now - 3*discern.Day
	w.muster(map[string][]discern.Piece{"1": {p}}, roll{accounts: []string{"1"}})
	st := w.study(inOrder{accounts: []string{"1"}}, nil)
	st.Open = func(context.Context, string, int64) (discern.Activity, error) {
		return nil, errors.New("the role is gone")
	}
	var page discern.Coverage
	st.Covered = func(c discern.Coverage) error {
		if c.AccountID == "1" {
			page = c
		}
		return nil
	}
	_, err := st.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, discern.StatusFailed, page.Status)
	require.GreaterOrEqual(t, page.LagSeconds, int64(3*discern.Day))
}

// Of two collectors on one account, the slower one's coverage tells the watermark that is stored.
func TestAWatermarkThatAnotherMoved(t *testing.T) {
	w := newWorld(t)
	p := pieceOf(list{watched()})
	p.Reached = w.now - discern.Day
	w.muster(map[string][]discern.Piece{"1": {p}}, roll{accounts: []string{"1"}})

	mark := discern.Holder{Kind: discern.Watermark, ID: "1"}
	stored := func() discern.Known {
		m, err := w.store.Recall(t.Context(), []discern.Question{{Holder: mark, Actions: []string{"t"}}})
		require.NoError(t, err)
		return m[mark]["t"]
	}
	q := pieceOf(list{saw(1, "00:00", "AROAOLD", "sts:GetCallerIdentity", "")})
	q.Reached = w.now
	st := w.study(inOrder{accounts: []string{"1"}}, func(string) discern.Activity {
		was := stored()
		now := was
		now.LastSeen += 60
		_, err := w.store.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: mark, Action: "t", Was: was, Now: now}}}})
		require.NoError(t, err)
		return &baselinetest.Script{Pieces: []discern.Piece{q}}
	})
	_, err := st.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, w.now, stored().LastSeen)
}

// A connection that was closed is no end of the log, though its error wraps io.EOF.
func TestABrokenConnectionIsNoEnd(t *testing.T) {
	w := newWorld(t)
	st := w.study(inOrder{accounts: []string{"1"}}, func(string) discern.Activity { return hungUp{} })
	pages := map[string]discern.Coverage{}
	st.Covered = func(c discern.Coverage) error { pages[c.AccountID] = c; return nil }
	_, err := st.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, discern.StatusFailed, pages["1"].Status)
	require.Contains(t, pages["1"].Error, "list the log files")
}

type hungUp struct{}

func (hungUp) Next(context.Context) (*discern.Piece, error) {
	return nil, fmt.Errorf("list the log files: %w", &url.Error{Op: "Get", URL: "https://example.com", Err: io.EOF})
}

func (hungUp) Evidence(context.Context, []discern.Sighting) ([]discern.Evidence, error) {
	return nil, nil
}
