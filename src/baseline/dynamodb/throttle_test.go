package dynamodb_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

func TestWhatIsLeftUnprocessedIsDoneInTheEnd(t *testing.T) {
	t.Run("writing", func(t *testing.T) {
		p, s, direct, waited := faulty(t)
		stale, refreshes := staleAndFresh(t, direct, 25)
		turn := 0
		p.fault = func(_ int, op string, body map[string]any) fault {
			turn++
			var left any
			return fault{
				only: func(op map[string]any) {
					for table, items := range op["RequestItems"].(map[string]any) {
						all := items.([]any)
						take := (len(all) + 2) / 3 // of what came, a third is done
						left = map[string]any{table: all[take:]}
						if take == len(all) {
							left = map[string]any{}
						}
						op["RequestItems"] = map[string]any{table: all[:take]}
					}
				},
				then: func(answer map[string]any) { answer["UnprocessedItems"] = left },
			}
		}
		done, err := s.Write(t.Context(), refreshes)
		require.NoError(t, err)
		require.NotContains(t, done, false)
		require.Greater(t, turn, 4)
		require.Equal(t, turn-1, waited.n, "a pause before each")
		for _, k := range memory(t, direct, role) {
			require.Equal(t, now-60, k.LastSeen)
		}
		require.Len(t, memory(t, direct, role), len(stale))
	})
	t.Run("reading", func(t *testing.T) {
		p, s, direct, waited := faulty(t)
		account := discern.Holder{Kind: discern.Account, ID: "1"}
		want := discern.Memory{}
		var names []string
		for i := range 20 {
			action := fmt.Sprint("a:B", i)
			names = append(names, action)
			want[action] = discern.Known{FirstSeen: now, LastSeen: now}
			_, err := direct.Write(t.Context(), []discern.Deed{{Changes: []discern.Change{{Holder: account, Action: action, Now: want[action]}}}})
			require.NoError(t, err)
		}
		p.fault = func(_ int, op string, body map[string]any) fault {
			var left any = map[string]any{}
			return fault{
				only: func(op map[string]any) {
					for table, request := range op["RequestItems"].(map[string]any) {
						r := request.(map[string]any)
						keys := r["Keys"].([]any)
						if len(keys) > 3 {
							rest := map[string]any{"Keys": keys[3:]}
							for name, v := range r {
								if name != "Keys" {
									rest[name] = v
								}
							}
							left = map[string]any{table: rest}
							r["Keys"] = keys[:3]
						}
					}
				},
				then: func(answer map[string]any) { answer["UnprocessedKeys"] = left },
			}
		}
		answer, err := s.Recall(t.Context(), []discern.Question{{Holder: account, Actions: names}})
		require.NoError(t, err)
		require.Equal(t, want, answer[account])
		require.Equal(t, 7, p.count("BatchGetItem"))
		require.Equal(t, 6, waited.n)
	})
	t.Run("never", func(t *testing.T) {
		p, s, direct, waited := faulty(t)
		_, refreshes := staleAndFresh(t, direct, 5)
		p.fault = func(_ int, op string, body map[string]any) fault {
			return fault{answer: map[string]any{"UnprocessedItems": body["RequestItems"]}}
		}
		_, err := s.Write(t.Context(), refreshes)
		require.ErrorIs(t, err, dynamodb.ErrThrottled)
		require.InDelta(t, 240, waited.total.Seconds(), 120, "some minutes")
	})
}

func TestThrottlingIsSatOut(t *testing.T) {
	deeds := []discern.Deed{{Changes: []discern.Change{{Holder: role, Action: "a:B", Now: discern.Known{FirstSeen: now, LastSeen: now}}}}}
	for _, code := range []string{"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "TransactionConflictException"} {
		t.Run(code, func(t *testing.T) {
			p, s, _, waited := faulty(t)
			p.fault = first(10, "PutItem", fault{answer: refuse(code)})
			done, err := s.Write(t.Context(), deeds)
			require.NoError(t, err)
			require.Equal(t, []bool{true}, done)
			require.Positive(t, waited.n)
			require.Equal(t, 11, p.count("PutItem"))
		})
	}
	t.Run("for ever", func(t *testing.T) {
		p, s, _, _ := faulty(t)
		p.fault = first(-1, "PutItem", fault{answer: refuse("ProvisionedThroughputExceededException")})
		_, err := s.Write(t.Context(), deeds)
		require.ErrorIs(t, err, dynamodb.ErrThrottled)
		require.ErrorContains(t, err, "write an item in table")
	})
	t.Run("until the run's time is over", func(t *testing.T) {
		p, s, _, waited := faulty(t)
		ctx, cancel := context.WithCancel(t.Context())
		p.fault = func(n int, op string, _ map[string]any) fault {
			if n == 6 {
				cancel()
			}
			return fault{answer: refuse("ProvisionedThroughputExceededException")}
		}
		_, err := s.Write(ctx, deeds)
		require.ErrorIs(t, err, context.Canceled)
		require.Less(t, waited.n, 3)
	})
	t.Run("no other error is", func(t *testing.T) {
		p, s, _, waited := faulty(t)
		p.fault = first(-1, "PutItem", fault{answer: refuse("AccessDeniedException")})
		_, err := s.Write(t.Context(), deeds)
		require.ErrorContains(t, err, "AccessDenied")
		require.Zero(t, waited.n)
		require.Equal(t, 1, p.count("PutItem"))
	})
}
