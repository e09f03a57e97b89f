package muster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func some(n int) []Account {
	accounts := make([]Account, n)
	for i := range accounts {
		accounts[i] = Account{ID: fmt.Sprintf("%012d", i)}
	}
	return accounts
}

// record notes when each account was started, in virtual time, and how many were in flight.
type record struct {
	mu       sync.Mutex
	begun    time.Time
	starts   map[string][]time.Duration
	now, top int
}

func newRecord() *record { return &record{begun: time.Now(), starts: make(map[string][]time.Duration)} }

func (r *record) look(takes time.Duration) func(context.Context, Account) {
	return func(_ context.Context, a Account) {
		r.mu.Lock()
		r.starts[a.ID] = append(r.starts[a.ID], time.Since(r.begun))
		r.now++
		r.top = max(r.top, r.now)
		r.mu.Unlock()
		time.Sleep(takes)
		r.mu.Lock()
		r.now--
		r.mu.Unlock()
	}
}

func TestNeverMoreAtOnce(t *testing.T) {
	for _, concurrent := range []int{0, 1, 3, 50} {
		synctest.Test(t, func(t *testing.T) {
			r := newRecord()
			require.Empty(t, Each(t.Context(), append(some(30), some(5)...), Pace{Concurrent: concurrent}, r.look(time.Second)))
			require.Len(t, r.starts, 30)
			for id, starts := range r.starts {
				require.Len(t, starts, 1, id)
			}
			want := concurrent
			if concurrent == 0 {
				want = defaultConcurrent
			}
			require.Equal(t, min(want, 30), r.top)
			require.Equal(t, time.Duration((30+want-1)/want)*time.Second, time.Since(r.begun), "nothing waits that need not, and all are waited for")
		})
	}
}

func TestSpreadOverTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		pace := Pace{Concurrent: 4, Over: 10 * time.Minute, Seed: 7}
		require.Empty(t, Each(t.Context(), some(24), pace, r.look(time.Second)))
		for i, a := range some(24) {
			at := r.starts[a.ID][0]
			if i < 4 {
				require.Zero(t, at)
				continue
			}
			part := time.Duration(i-4) * 30 * time.Second
			require.GreaterOrEqual(t, at, part, a.ID)
			require.Less(t, at, part+30*time.Second, a.ID)
		}
		require.Equal(t, pace.starts(24), pace.starts(24), "the same seed gives the same times")
		other := pace
		other.Seed++
		require.NotEqual(t, pace.starts(24), other.starts(24))
	})
}

func TestFewAccountsStartAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		Each(t.Context(), some(8), Pace{Over: time.Hour}, r.look(time.Second))
		require.Equal(t, time.Second, time.Since(r.begun))
		require.Empty(t, Each(t.Context(), nil, Pace{Over: time.Hour}, r.look(time.Second)))
	})
}

func TestLateStartsDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		Each(t.Context(), some(10), Pace{Concurrent: 1, Over: time.Minute}, r.look(time.Minute))
		require.Equal(t, 10*time.Minute, time.Since(r.begun))
	})
}

func TestWhatWasNeverStarted(t *testing.T) {
	for name, pace := range map[string]Pace{"waiting for room": {Concurrent: 2}, "waiting for its time": {Concurrent: 2, Over: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
				defer cancel()
				r := newRecord()
				never := Each(ctx, some(20), pace, r.look(time.Minute))
				require.NotEmpty(t, never)
				require.Equal(t, some(20)[len(r.starts):], never, "in order, and none of those that were started")
				require.Zero(t, r.now, "those started were waited for")
			})
		})
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	require.Len(t, Each(done, some(3), Pace{}, func(context.Context, Account) { t.Error("started") }), 3)
}

func TestTheClockGiven(t *testing.T) {
	now := time.Unix(0, 0)
	var paused time.Duration
	var pace = Pace{Concurrent: 1, Over: time.Hour, Now: func() time.Time { return now }, Pause: func(_ context.Context, d time.Duration) {
		now = now.Add(d)
		paused += d
	}}
	Each(t.Context(), some(5), pace, func(context.Context, Account) {})
	require.Equal(t, pace.starts(5)[4], paused)
}

func TestQuestionsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		look := r.look(time.Second)
		require.NoError(t, together(t.Context(), 40, func(ctx context.Context, i int) error {
			look(ctx, some(40)[i])
			return nil
		}))
		require.Len(t, r.starts, 40)
		require.Equal(t, asking, r.top)

		fault, asked := errors.New("x"), 0
		var mu sync.Mutex
		require.ErrorIs(t, together(t.Context(), 40, func(ctx context.Context, i int) error {
			mu.Lock()
			asked++
			mu.Unlock()
			if i == 0 {
				return fault
			}
			<-ctx.Done()
			return ctx.Err()
		}), fault)
		require.LessOrEqual(t, asked, asking+1)
	})
}
