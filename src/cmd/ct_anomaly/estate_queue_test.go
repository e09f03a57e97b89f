package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/muster"
)

// TestWhoJoinsWhileARunWaitsIsAskedFor: what is read off a queue is not told of again, so an account that is not known is looked up before its file is
// passed over.
func TestWhoJoinsWhileARunWaitsIsAskedFor(t *testing.T) {
	clock, asked := today, 0
	answer, fault := muster.Roster{Accounts: []muster.Account{{ID: "1"}}, Others: []muster.Other{{Account: muster.Account{ID: "2"}, Reason: "SUSPENDED"}}, Received: 2}, error(nil)
	p := newPeople(answer, func() time.Time { return clock }, func() (muster.Roster, error) { asked++; return answer, fault })
	require.True(t, p.asked("1"))
	require.True(t, p.asked(""))
	require.False(t, p.asked("2"), "it is suspended")
	require.Zero(t, asked, "they are known")

	require.False(t, p.asked("3"), "it is another organization's")
	require.False(t, p.asked("3"))
	require.Equal(t, 1, asked)

	answer.Accounts, answer.Received = append(answer.Accounts, muster.Account{ID: "4", Name: "joined"}), 3
	require.True(t, p.asked("4"))
	require.Equal(t, "joined", p.member("4").Name)
	require.Equal(t, 2, asked)

	answer.Accounts = append(answer.Accounts, muster.Account{ID: "3"})
	clock = clock.Add(strangers)
	require.True(t, p.asked("3"), "it joined since")

	fault = errors.New("throttled")
	require.True(t, p.asked("5"), "nobody knows that it is not ours")
	require.True(t, p.asked("5"))
	require.Equal(t, 4, asked)
}
