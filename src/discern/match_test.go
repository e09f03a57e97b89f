package discern_test

import (
	"context"
	"errors"
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

// told is an EC2 that says of each address what is written down of it, and counts the questions.
type told struct {
	verdicts map[string]string
	asked    int
}

func (e *told) Verdict(_ context.Context, call discern.InstanceCall) (string, error) {
	e.asked++
	if call.Address == "198.51.100.99" {
		return "", errors.New("asking EC2 is not allowed")
	}
	return e.verdicts[call.Address], nil
}

// TestInstanceVerdictsOfEC2: what EC2 says goes before the addresses seen, it is asked once of an address, and where it has no say they count.
func TestInstanceVerdictsOfEC2(t *testing.T) {
	w := newWorld(t)
	ec2 := &told{verdicts: map[string]string{"192.0.2.1": discern.VerdictLiteral, "192.0.2.2": discern.VerdictLiteral, "198.51.100.7": discern.VerdictForeignAddress, "203.0.113.9": discern.VerdictNoInstance}}
	w.instances = ec2
	use := func(clock, address string) discern.Sighting {
		s := saw(200, clock, "AROAWEB", "s3:GetObject", "")
		s.Rule, s.Instance, s.Address = "instance_credentials", "i-0123456789abcdef0", address
		return s
	}
	verdicts := func(events []discern.Event) (v []string) {
		for _, e := range events {
			if e.Rule != "" {
				v = append(v, e.Verdict)
			}
		}
		return v
	}
	w.run(watched())
	require.Equal(t, []string{"foreign_address", "no_such_instance"},
		verdicts(w.run(use("01:00", "192.0.2.1"), use("01:10", "192.0.2.2"), use("02:00", "198.51.100.7"), use("03:00", "203.0.113.9"))))
	require.Equal(t, 4, ec2.asked)
	require.Empty(t, verdicts(w.run(use("04:00", "192.0.2.1"), use("04:10", "192.0.2.2"))))
	require.Equal(t, 4, ec2.asked, "an address known as the instance's own is not asked for again")
	require.Equal(t, []string{"second_address"}, verdicts(w.run(use("05:00", "198.51.100.99"))))
	require.Contains(t, w.page("1").Warnings, "asking EC2 is not allowed")

	asked := ec2.asked
	visitor := use("06:00", "198.51.100.7")
	visitor.Principal = "AROAWEB@1"
	require.Empty(t, verdicts(w.run(visitor)))
	require.Equal(t, asked, ec2.asked, "the instance of a visiting role is in another account")
}
