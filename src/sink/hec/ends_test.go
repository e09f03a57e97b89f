package hec

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
)

func TestRunThatEnds(t *testing.T) {
	t.Run("while it waits", func(t *testing.T) {
		server := hectest.New(t)
		server.Fail(hectest.Fault{Code: 9, Times: hectest.Ever})
		ctx, cancel := context.WithCancel(t.Context())
		sink, _ := open(t, server)
		sink.Pause = func(ctx context.Context, d time.Duration) error { cancel(); return pause(ctx, time.Hour) }
		err := sink.Send(ctx, events(3))
		require.Equal(t, ids(events(3)), untaken(t, err))
		require.ErrorContains(t, err, "the run's time is over")
		require.Len(t, server.Requests(), 1)
	})
	t.Run("while the collector is slow", func(t *testing.T) {
		server := hectest.New(t)
		server.Fail(hectest.Fault{Well: true, Slow: time.Hour})
		sink, _ := open(t, server)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := sink.Send(ctx, events(3))
		require.Equal(t, ids(events(3)), untaken(t, err))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("before it began", func(t *testing.T) {
		server := hectest.New(t)
		sink, _ := open(t, server)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.Equal(t, ids(events(3)), untaken(t, sink.Send(ctx, events(3))))
		require.Empty(t, server.Indexed())
	})
	t.Run("while acknowledgements are missing", func(t *testing.T) {
		server := hectest.New(t)
		server.Acks = true
		sink, _ := open(t, server)
		sink.Pause = func(context.Context, time.Duration) error { return context.Canceled }
		err := sink.Send(t.Context(), events(3))
		require.Equal(t, ids(events(3)), untaken(t, err))
		require.ErrorContains(t, err, "the run's time is over")
	})
}

func TestPause(t *testing.T) {
	require.NoError(t, pause(t.Context(), time.Microsecond))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stopped"))
	require.ErrorIs(t, pause(ctx, time.Hour), context.Canceled)
}
