package discern_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func matched(rule string, s discern.Sighting) discern.Sighting {
	s.Rule = rule
	return s
}

func used(day int, clock, address string) discern.Sighting {
	s := matched("instance_credentials", saw(day, clock, "AROAEC2", "s3:GetObject", ""))
	s.Instance, s.Address = "i-0123456789abcdef0", address
	return s
}

func TestRuleIsToldOncePerHour(t *testing.T) {
	w := newWorld(t)
	w.run(watched())
	stop := func(day int, clock string) discern.Sighting {
		return matched("stop_logging", saw(day, clock, "AROAOLD", "cloudtrail:StopLogging", ""))
	}
	// The account is learning: rules need no baseline.
	told := w.tells(list{stop(3, "10:05"), stop(3, "11:00")}, "rule AROAOLD cloudtrail:StopLogging", "rule AROAOLD cloudtrail:StopLogging")
	require.NotEqual(t, told[0].AnomalyID, told[1].AnomalyID)
	w.tells(list{stop(3, "10:01")}) // late, of an hour already told
	denied := stop(3, "10:30")
	denied.Outcome = discern.Denied
	w.tells(list{denied}, "rule AROAOLD cloudtrail:StopLogging denied")
}

func TestInstanceCredentials(t *testing.T) {
	w := newWorld(t)
	w.tells(list{watched(), used(1, "10:00", "10.0.0.5"), used(1, "11:00", "10.0.0.5"), used(1, "11:00", "ec2.amazonaws.com")})
	require.Equal(t, 3, w.last.LiteralMatches)
	told := w.tells(list{used(1, "12:00", "203.0.113.9"), used(1, "12:00", "10.0.0.5")}, "rule AROAEC2 s3:GetObject")
	require.Equal(t, discern.VerdictSecondAddress, told[0].Verdict)
	require.Len(t, w.tells(list{used(1, "13:00", "203.0.113.9")}, "rule AROAEC2 s3:GetObject"), 1, "it does not become the instance's own")
	// The instance was stopped for two days and starts under another address.
	w.tells(list{used(4, "12:00", "10.0.0.77"), used(4, "13:00", "10.0.0.77")})
	w.tells(list{used(4, "14:00", "203.0.113.9")}, "rule AROAEC2 s3:GetObject")
}

func TestWhatIsLearntWithoutTellingIsNotToldLater(t *testing.T) {
	w := newWorld(t)
	stop := matched("stop_logging", saw(3, "10:05", "AROAOLD", "cloudtrail:StopLogging", ""))
	w.terms.TellFrom = day0 + 5*discern.Day
	w.tells(list{watched(), stop, used(1, "10:00", "10.0.0.5")})
	w.terms.TellFrom = 0
	w.tells(list{stop})
	w.tells(list{used(1, "12:00", "203.0.113.9")}, "rule AROAEC2 s3:GetObject")
}
