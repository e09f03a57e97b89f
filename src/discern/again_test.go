package discern_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// TestRedelivery: a month later the same records come once more, as CloudTrail may deliver them. All that was told of them was told.
func TestRedelivery(t *testing.T) {
	w := newWorld(t)
	w.run(watched())
	stop := matched("stop_logging", saw(100, "10:05", "AROAOLD", "cloudtrail:StopLogging", ""))
	records := func() list {
		return list{
			saw(100, "10:05", "AROAOLD", "cloudtrail:StopLogging", ""), stop, saw(100, "09:00", "AROAOLD", "s3:GetObject", "denied"),
			saw(100, "11:00", "AROAOLD", "s3:GetObject", ""), saw(100, "12:00", "AIDANEW", "iam:ListUsers", ""),
		}
	}
	require.Len(t, w.run(records()...), 6)
	w.run(saw(130, "10:00", "AROAOLD", "s3:GetObject", ""))
	w.tells(records())
	require.Equal(t, day0+130*discern.Day+10*discern.Hour, w.known("AROAOLD", "s3:GetObject").LastSeen, "what is old refreshes nothing")
}

// TestARoleMadeAgain: a role that was deleted and made again under its name has a new id. It has to be watched anew, and its first step is told.
func TestARoleMadeAgain(t *testing.T) {
	w := newWorld(t)
	w.run(watched(), saw(1, "00:00", "AROABEFORE", "s3:GetObject", ""), saw(99, "00:00", "AROABEFORE", "s3:GetObject", ""))
	w.tells(list{saw(100, "10:00", "AROAAFTER", "s3:GetObject", ""), saw(100, "10:00", "AROABEFORE", "s3:GetObject", "")},
		"new_action AROAAFTER s3:GetObject learning", "new_principal AROAAFTER")
}
