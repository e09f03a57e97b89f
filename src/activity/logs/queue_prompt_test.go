package logs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

// TestTwoMinutesAfterItsDelivery a file is given to be judged, whenever in the interval that inputs are shipped with S3 tells of it: by the run that waits
// for it, or by the next one, which begins that long after the one before. Runs end after nine tenths of the interval.
func TestTwoMinutesAfterItsDelivery(t *testing.T) {
	const interval, allowed = 900 * time.Second, 810 * time.Second
	for told := 5 * time.Second; told < interval; told += 37 * time.Second {
		c := newCloud(t)
		began := time.Now()
		clock := began
		key, sent := c.fileAt(anAccount, "us-east-1", now), false
		c.disturb = func(_ http.ResponseWriter, _ *http.Request, operation, _ string) bool {
			if operation != "ReceiveMessage" {
				return false
			}
			if at := began.Add(told); !sent && !clock.Add(20*time.Second).Before(at) && clock.Before(began.Add(interval)) {
				clock, sent = at, true // SQS answers as soon as a message comes
				c.tell(fmt.Sprint("m", told), key)
			} else if len(c.onQueue()) == 0 {
				clock = clock.Add(20 * time.Second) // and else lets the receiver wait
			}
			return false
		}
		run := func() (found bool) {
			ctx, cancel := context.WithDeadline(t.Context(), clock.Add(allowed))
			defer cancel()
			q := queueAt(t, c, func() time.Time { return clock }, logs.QueueOptions{Wait: allowed})
			_, err := q.Next(ctx)
			require.True(t, err == nil || errors.Is(err, io.EOF), err)
			return err == nil
		}
		if !run() {
			require.Greater(t, told, allowed-30*time.Second, "while a run lasts, it is the one that tells")
			if clock = began.Add(interval); !sent {
				c.tell("between", key)
			}
			require.True(t, run())
		}
		require.LessOrEqual(t, clock.Sub(began.Add(told)), 2*time.Minute-10*time.Second, "told after %s; ten seconds are left to judge it", told)
	}
}
