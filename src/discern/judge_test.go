package discern_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

func TestLearningAccountIsSilent(t *testing.T) {
	w := newWorld(t)
	w.risky["iam:CreateUser"] = true
	w.tells(list{watched(), saw(10, "09:00", "AIDA1", "s3:ListBuckets", ""), saw(89, "23:59", "AIDA1", "s3:GetObject", "")})
	require.Equal(t, 3, w.pages[0].Learnt)
	require.Equal(t, discern.StatusLearning, w.pages[0].Status)
	w.tells(list{saw(89, "23:59", "AIDA1", "iam:CreateUser", "")}, "new_action AIDA1 iam:CreateUser learning")
	w.tells(list{saw(90, "00:00", "AIDA1", "s3:PutObject", "")}, "new_action AIDA1 s3:PutObject organization")
}

func TestDeniedThenSuccessIsSilentWhileLearning(t *testing.T) {
	w := newWorld(t)
	w.risky["iam:CreateUser"] = true
	w.tells(list{watched(),
		saw(10, "09:00", "AIDA1", "s3:GetObject", "denied"), saw(10, "09:30", "AIDA1", "s3:GetObject", ""),
		saw(10, "09:00", "AIDA1", "iam:CreateUser", "denied"), saw(10, "09:30", "AIDA1", "iam:CreateUser", ""),
	}, "new_action AIDA1 iam:CreateUser denied learning", "denied_then_success AIDA1 iam:CreateUser learning")
}

func TestFirstInTheOrganizationBreaksTheSilence(t *testing.T) {
	w := newWorld(t)
	w.run(watched())
	// Account 2 joins after a hundred days, account 1 has done ec2:RunInstances by then.
	w.run(saw(95, "09:00", "AROAOLD", "ec2:RunInstances", ""))
	w.tells(list{
		in("2", saw(100, "10:00", "AROA2", "ec2:RunInstances", "")),
		in("2", saw(100, "11:00", "AROA2", "ec2:ImportImage", "")),
		in("3", saw(100, "11:00", "AROA3", "ec2:ImportImage", "")), // the same second: the lower account id has it
	}, "new_action AROA2 ec2:ImportImage learning")
}

func TestNewPrincipalSumsUpItsFirstStep(t *testing.T) {
	w := newWorld(t)
	w.run(watched())
	told := w.tells(list{
		saw(100, "10:00", "AIDANEW", "iam:ListUsers", "denied"), saw(100, "10:10", "AIDANEW", "s3:ListBuckets", ""),
		saw(100, "11:10", "AIDANEW", "ec2:DescribeInstances", ""),
	},
		"new_action AIDANEW iam:ListUsers denied organization learning", "new_principal AIDANEW denied",
		"new_action AIDANEW s3:ListBuckets organization learning", "new_action AIDANEW ec2:DescribeInstances organization learning")
	require.Equal(t, 2, told[1].Count)
	require.Equal(t, "iam:ListUsers,s3:ListBuckets", told[1].SeverityReason)
	require.Equal(t, "2026-04-11T10:10:00Z", told[1].LastTime)
	require.False(t, told[1].Learning)
	w.tells(list{saw(107, "10:00", "AIDANEW", "sts:GetSessionToken", "")}, "new_action AIDANEW sts:GetSessionToken organization")
}

func TestForgotten(t *testing.T) {
	w := newWorld(t)
	w.run(watched(), saw(1, "00:00", "AROA1", "s3:GetObject", ""))
	w.tells(list{saw(98, "00:00", "AROA1", "s3:GetObject", "")}) // 97 days = forget after + refresh
	told := w.tells(list{saw(98+98, "00:00", "AROA1", "s3:GetObject", "")}, "new_action AROA1 s3:GetObject organization")
	require.Equal(t, "2026-04-09T00:00:00Z", told[0].PreviousLastSeen)
	require.Equal(t, day0+discern.Day, w.known("AROA1", "s3:GetObject").FirstSeen, "the first time ever is kept")
	w.terms.RefreshDays = 0
	w.tells(list{saw(196+90, "00:00", "AROA1", "s3:GetObject", "")})
	w.tells(list{saw(196+181, "00:00", "AROA1", "s3:GetObject", "")}, "new_action AROA1 s3:GetObject organization")
}

func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		name string
		seen []list
		want []string // of the last run
	}{
		{"success after a denial in an earlier run", []list{{saw(100, "10:00", "A", "x:Y", "denied")}, {saw(101, "10:00", "A", "x:Y", "")}}, []string{"denied_then_success A x:Y"}},
		{"only the first success", []list{{saw(100, "10:00", "A", "x:Y", "denied"), saw(101, "10:00", "A", "x:Y", "")}, {saw(102, "10:00", "A", "x:Y", "")}}, nil},
		{"both in one step are both told", []list{{saw(100, "10:00", "A", "x:Y", "denied"), saw(100, "10:30", "A", "x:Y", "")}}, []string{"new_action A x:Y denied organization learning", "new_principal A denied", "denied_then_success A x:Y learning"}},
		{"success before the denial", []list{{saw(100, "10:30", "A", "x:Y", "denied")}, {saw(100, "10:00", "A", "x:Y", "")}}, nil},
		{"success in the same second", []list{{saw(100, "10:00", "A", "x:Y", "denied")}, {saw(100, "10:00", "A", "x:Y", "")}}, nil},
		{"a denial after a success is nothing new", []list{{saw(100, "10:00", "A", "x:Y", "")}, {saw(101, "10:00", "A", "x:Y", "denied"), saw(102, "10:00", "A", "x:Y", "")}}, nil},
		{"an error is no denial", []list{{saw(100, "10:00", "A", "x:Y", "error")}, {saw(101, "10:00", "A", "x:Y", "")}}, nil},
		{"expiry forgets the denial", []list{{saw(100, "10:00", "A", "x:Y", "denied")}, {saw(200, "10:00", "A", "x:Y", ""), saw(200, "11:00", "A", "x:Y", "")}}, []string{"new_action A x:Y organization"}},
		{"denied again after expiry", []list{{saw(100, "10:00", "A", "x:Y", "")}, {saw(200, "10:00", "A", "x:Y", "denied")}, {saw(200, "11:00", "A", "x:Y", "")}}, []string{"denied_then_success A x:Y"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.run(watched())
			last := len(test.seen) - 1
			for _, s := range test.seen[:last] {
				w.run(append(list{saw(99, "00:00", "A", "a:Known", "")}, s...)...)
			}
			if last > 0 {
				// the principal's own learning is not this test's business
				w.terms.PrincipalLearningDays = 0
			}
			w.tells(test.seen[last], test.want...)
		})
	}
}

func TestScope(t *testing.T) {
	w := newWorld(t)
	w.terms.PrincipalLearningDays = 0
	w.run(watched(), in("2", saw(0, "00:00", "AROA2", "sts:GetCallerIdentity", "")), in("3", saw(50, "00:00", "AROA3", "sts:GetCallerIdentity", "")))
	w.tells(list{
		saw(100, "10:00", "AROAOLD", "s3:PutObject", ""),
		in("2", saw(100, "11:00", "AROA2", "s3:PutObject", "")),
		in("2", saw(100, "12:00", "AROA2B", "s3:PutObject", "")),
		in("3", saw(100, "13:00", "AROA3", "s3:PutObject", "")), // learning still
		in("3", saw(141, "13:00", "AROA3", "s3:GetObject", "")),
	},
		"new_action AROAOLD s3:PutObject organization", "new_action AROA2 s3:PutObject account",
		"new_action AROA2B s3:PutObject", "new_principal AROA2B", "new_action AROA3 s3:GetObject organization")
}

func TestRefreshIsLazy(t *testing.T) {
	w := newWorld(t)
	w.run(watched(), saw(1, "00:00", "A", "x:Y", ""))
	at := func(day int64) int64 { return day0 + day*discern.Day }
	w.run(saw(8, "00:00", "A", "x:Y", ""))
	require.Equal(t, at(1), w.known("A", "x:Y").LastSeen, "seven days old is fresh enough")
	w.run(saw(9, "00:00", "A", "x:Y", ""))
	require.Equal(t, at(9), w.known("A", "x:Y").LastSeen)
	w.terms.RefreshDays = 0
	w.run(saw(10, "00:00", "A", "x:Y", ""))
	require.Equal(t, at(10), w.known("A", "x:Y").LastSeen, "0 rewrites always")
	w.run(saw(5, "00:00", "A", "x:Y", ""))
	require.Equal(t, at(10), w.known("A", "x:Y").LastSeen, "a late record never moves it back")
}

func TestLateRecords(t *testing.T) {
	w := newWorld(t)
	w.run(watched(), saw(95, "10:00", "A", "x:Y", ""))
	w.tells(list{saw(94, "10:00", "A", "x:Y", "")})
	require.Equal(t, day0+94*discern.Day+10*discern.Hour, w.known("A", "x:Y").FirstSeen, "an earlier one that comes later moves first seen only")
	w.tells(list{saw(80, "10:00", "A", "x:Z", "")}, "new_action A x:Z learning")
}

func TestSuppressedIsToldAndLearnt(t *testing.T) {
	w := newWorld(t)
	w.terms.Suppress = func(e *discern.Event) (string, bool) { return "ignored_actions", e.Action == "x:Y" }
	w.run(watched())
	told := w.tells(list{saw(100, "10:00", "AROAOLD", "x:Y", "")}, "new_action AROAOLD x:Y organization suppressed")
	require.Equal(t, "ignored_actions", told[0].SuppressedBy)
	require.Equal(t, 1, w.last.Suppressed)
	w.tells(list{saw(101, "10:00", "AROAOLD", "x:Y", "")})
}

func TestQuiet(t *testing.T) {
	w := newWorld(t)
	w.terms.LearningDays = 0
	w.terms.TellFrom = day0 + 5*discern.Day
	w.tells(list{saw(4, "10:00", "A", "x:Y", ""), saw(5, "10:00", "A", "x:Y", ""), saw(5, "11:00", "A", "x:Z", "")}, "new_action A x:Z organization learning")
}

func TestAdoptedRolesArePastLearning(t *testing.T) {
	w := newWorld(t)
	adopted := func(who, action string) discern.Deed {
		return discern.Deed{Changes: []discern.Change{{Holder: discern.Holder{Kind: discern.Principal, ID: who}, Action: action, Now: discern.Known{Until: day0 + 80*discern.Day}}}}
	}
	_, err := w.store.Write(t.Context(), []discern.Deed{adopted("AROA1", "x:Y"), adopted("AROA1", "x:Old")})
	require.NoError(t, err)
	w.terms.Suppress = nil
	told := w.tells(list{
		watched(), saw(1, "10:00", "AROA1", "x:Y", ""), saw(1, "10:00", "AROA1", "x:New", ""), // told in the first run
		saw(1, "10:00", "AIDA9", "x:New", ""), // learns
		in("2", saw(1, "11:00", "AROA1@2", "x:Y", "")), in("2", saw(1, "11:00", "AROA1@2", "x:Visit", "")),
		saw(81, "10:00", "AROA1", "x:Old", ""),
	}, "new_action AROA1 x:New", "new_action AROA1@2 x:Visit", "new_action AROA1 x:Old")
	require.Equal(t, "2025-12-22T00:00:00Z", told[2].PreviousLastSeen)
	w.tells(list{saw(88, "10:00", "AROA1", "x:Y", "")})
}
