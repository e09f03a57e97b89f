package hec

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/hec/hectest"
)

// refusing has a server dislike some events.
func refusing(ids ...string) func(hectest.Envelope) int {
	return func(e hectest.Envelope) int {
		if slices.Contains(ids, e.ID()) {
			return 6
		}
		return 0
	}
}

func TestOneBadEvent(t *testing.T) {
	for _, n := range []int{1, 2, 7, 16} {
		for at := range n {
			for _, how := range []string{"numbered", "unnumbered", "acknowledged"} {
				t.Run(fmt.Sprintf("%s %d of %d", how, at, n), func(t *testing.T) {
					server := hectest.New(t)
					server.Unnumbered, server.Acks = how == "unnumbered", how == "acknowledged"
					sink, _ := open(t, server)
					if server.Acks {
						require.NoError(t, sink.Send(t.Context(), events(1)), "it is known then that the token has acknowledgement")
						server.Forget()
					}
					all := events(n)
					server.Refuse = refusing(all[at].ID)
					err := sink.Send(t.Context(), all)
					require.Equal(t, []string{all[at].ID}, untaken(t, err))
					require.ErrorContains(t, err, "send anomaly "+all[at].ID+" to ")
					want := once(all)
					delete(want, all[at].ID)
					for i := range at {
						if server.Acks { // they are sent again, to be sure of them
							want[all[i].ID] = 2
						}
					}
					require.Equal(t, want, server.Indexed())
				})
			}
		}
	}
}

func TestSeveralBadEvents(t *testing.T) {
	server := hectest.New(t)
	wrong := []string{"id0", "id3", "id4", "id9"}
	server.Refuse = refusing(wrong...)
	sink, _ := open(t, server)
	err := sink.Send(t.Context(), events(10))
	require.Equal(t, wrong, untaken(t, err))
	require.ErrorContains(t, err, "3 more are refused too")
	require.Len(t, server.Indexed(), 6)
	require.Len(t, server.Requests(), 4)
}

// However many are bad, those between them arrive.
func TestEverySecondIsBad(t *testing.T) {
	for _, unnumbered := range []bool{false, true} {
		server := hectest.New(t)
		all := events(100)
		var wrong []string
		for i := 1; i < len(all); i += 2 {
			wrong = append(wrong, all[i].ID)
		}
		server.Unnumbered, server.Refuse = unnumbered, refusing(wrong...)
		sink, _ := open(t, server)
		require.Equal(t, wrong, untaken(t, sink.Send(t.Context(), all)))
		require.Len(t, server.Indexed(), 50)
	}
}

func TestACollectorThatRefusesAll(t *testing.T) {
	for name, fault := range map[string]hectest.Fault{
		"Splunk's": {Code: 6}, "another": {Status: http.StatusBadRequest}, "a small one": {Status: http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			server := hectest.New(t)
			fault.Times = hectest.Ever
			server.Fail(fault)
			sink, _ := open(t, server)
			err := sink.Send(t.Context(), events(500))
			require.Len(t, untaken(t, err), 500)
			require.ErrorContains(t, err, "20 events in a row are refused")
			require.Less(t, len(server.Requests()), 3*mostBad)
		})
	}
}

func TestTooLarge(t *testing.T) {
	server := hectest.New(t)
	server.Most = 1000
	sink, _ := open(t, server)
	all := events(20)
	all[11].Event = fmt.Appendf(nil, `{"anomaly_id":"id11","first_time":"2024-05-01T10:00:00Z","reason":"%01000d"}`, 1)
	err := sink.Send(t.Context(), all)
	require.Equal(t, []string{"id11"}, untaken(t, err))
	require.ErrorContains(t, err, "max_content_length")
	require.Equal(t, once(slices.Delete(all, 11, 12)), server.Indexed())
}

func TestBackOff(t *testing.T) {
	server := hectest.New(t)
	sink, waited := open(t, server)
	server.Fail(hectest.Fault{Code: 9, Times: 2}, hectest.Fault{Code: 26, RetryAfter: "17"}, hectest.Fault{Status: http.StatusTooManyRequests, RetryAfter: "1"})
	require.NoError(t, sink.Send(t.Context(), events(3)))
	require.Equal(t, once(events(3)), server.Indexed())
	require.Len(t, waited.all, 4)
	for i, most := range []time.Duration{time.Second, 2 * time.Second, 17 * time.Second, 8 * time.Second} {
		require.LessOrEqual(t, waited.all[i], most)
		require.GreaterOrEqual(t, waited.all[i], most/2)
	}
	require.Equal(t, 17*time.Second, waited.all[2])

	server.Fail(hectest.Fault{Code: 9, RetryAfter: "3600"})
	server.Forget()
	err := sink.Send(t.Context(), events(3))
	require.ErrorContains(t, err, "the server is busy")
	require.Len(t, waited.all, 4, "an hour is not waited for")
	require.Len(t, server.Requests(), 1)
}

// A collector that does not answer costs a run its five tries once, and one request for each time after that.
func TestDeadCollector(t *testing.T) {
	server := hectest.New(t)
	sink, waited := open(t, server)
	server.Fail(hectest.Fault{Lost: true, Times: hectest.Ever})
	for _, requests := range []int{tries, 1, 1} {
		server.Forget()
		err := sink.Send(t.Context(), events(3000)) // more than one batch
		require.Equal(t, ids(events(3000)), untaken(t, err))
		require.ErrorContains(t, err, "see that hec_url is reached")
		require.Len(t, server.Requests(), requests)
	}
	require.Len(t, waited.all, tries-1)
	server.Mend()
	require.NoError(t, sink.Send(t.Context(), events(3)))
	server.Fail(hectest.Fault{Code: 9})
	require.NoError(t, sink.Send(t.Context(), events(3)), "it is waited for again")

	server.Fail(hectest.Fault{Well: true, Slow: time.Hour, Times: hectest.Ever})
	sink.Patience = 20 * time.Millisecond
	require.ErrorContains(t, sink.Send(t.Context(), events(1)), "no whole answer within 20ms")
}

// Where the answer is lost, an event is there twice, with the same bytes.
func TestLostAnswers(t *testing.T) {
	for name, fault := range map[string]hectest.Fault{
		"none": {Well: true, Lost: true}, "half": {Well: true, Cut: true}, "busy all the same": {Code: 9, Takes: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := hectest.New(t)
			sink, _ := open(t, server)
			server.Fail(fault)
			require.NoError(t, sink.Send(t.Context(), events(2)))
			got := server.Envelopes()
			require.Len(t, got, 4)
			require.Equal(t, got[:2], got[2:])
		})
	}
}

// Only what fails in the middle waits: what was taken before it is not sent again.
func TestBatchesAfterAFault(t *testing.T) {
	server := hectest.New(t)
	sink, _ := open(t, server)
	all := events(4)
	for i := range all {
		all[i].Event = fmt.Appendf(nil, `{"anomaly_id":%q,"first_time":"2024-05-01T10:00:00Z","reason":"%0400000d"}`, all[i].ID, 1)
	}
	server.Fail(hectest.Fault{Well: true}, hectest.Fault{Code: 4})
	require.Equal(t, ids(all[1:]), untaken(t, sink.Send(t.Context(), all)))
	require.Equal(t, once(all[:1]), server.Indexed())
	require.Len(t, server.Requests(), 2)
}

// TestAnyFaults: in whatever way a collector fails, an event is in its index or untaken, and untaken and in the index only after what is unclear.
func TestAnyFaults(t *testing.T) {
	for seed := range uint64(300) {
		dice := rand.New(rand.NewPCG(seed, 7))
		server := hectest.New(t)
		server.Acks, server.OneAck, server.AckAfter = dice.IntN(2) == 0, dice.IntN(2) == 0, dice.IntN(3)
		sink, _ := open(t, server)
		all := events(1 + dice.IntN(40))
		unclear := server.Acks
		for range dice.IntN(12) {
			f := hectest.Fault{Code: dice.IntN(28), Times: 1 + dice.IntN(3), Path: []string{"", "", "/services/collector/ack"}[dice.IntN(3)]}
			switch dice.IntN(5) {
			case 0:
				f = hectest.Fault{Path: f.Path, Well: true, Lost: true}
			case 1:
				f = hectest.Fault{Path: f.Path, Well: true, Cut: true}
			case 2:
				f = hectest.Fault{Path: f.Path, Vanish: server.Acks, Well: true}
			case 3:
				f.Takes = true
			}
			if f.Code == 0 || f.Code == 24 || f.Code == 25 {
				f.Takes, f.Well = true, server.Acks // a success that has no acknowledgement is none where the token has it
			}
			unclear = unclear || f.Takes || f.Lost || f.Cut
			server.Fail(f)
		}
		left := map[string]bool{}
		for _, id := range untaken(t, sink.Send(t.Context(), all)) {
			require.False(t, left[id], "seed %d: %s is named twice", seed, id)
			left[id] = true
		}
		got := server.Indexed()
		for _, id := range ids(all) {
			require.True(t, got[id] > 0 || left[id], "seed %d: %s is lost", seed, id)
			if !unclear {
				require.Equal(t, map[bool]int{false: 1}[left[id]], got[id], "seed %d: %s", seed, id)
			}
		}
	}
}
