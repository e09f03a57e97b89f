package modinput_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/modinput"
)

func TestSchedules(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 7, 30, 0, time.UTC) // a Sunday
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 11, day, hour, minute, second, 0, time.UTC)
	}
	for _, c := range []struct {
		interval string
		next     time.Time // zero: none to come, or as soon as the run ends
	}{
		{"900", at(22, 10, 22, 30)},
		{"60.0", at(22, 10, 8, 30)},
		{" 1.5 ", now.Add(1500 * time.Millisecond)},
		{"0", time.Time{}},
		{"-1", time.Time{}},
		{"*/15 * * * *", at(22, 10, 15, 0)},
		{"7 10 * * *", at(23, 10, 7, 0)},
		{"0  3 * * 1-5", at(23, 3, 0, 0)},
		{"0,30 8-18/2 * * *", at(22, 10, 30, 0)},
		{"0 0 30 2 *", time.Time{}},
	} {
		s, err := modinput.ParseSchedule(c.interval)
		require.NoError(t, err, c.interval)
		next, ok := s.Next(now)
		require.Equal(t, !c.next.IsZero(), ok, c.interval)
		if ok {
			require.Equal(t, c.next, next, c.interval)
		}
	}
	for _, wrong := range []string{"", "soon", "15m", "-2", "NaN", "Inf", "1e99", "* * * *", "* * * * * *", "61 * * * *", "0 3 * * mon", "@daily", "CRON_TZ=UTC * * * * *", "*/0 * * * *"} {
		_, err := modinput.ParseSchedule(wrong)
		require.Error(t, err, wrong)
	}
}
