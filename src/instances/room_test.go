package instances

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

// asked is a call of the test's instance, a minute old.
func asked(w *clock, address string) Question {
	return Question{Account: home, Region: "eu-west-1", Instance: web, Address: address, Time: w.now().Add(-time.Minute).Unix()}
}

func verdict(t *testing.T, r *Room, q Question) string {
	t.Helper()
	v, err := r.Verdict(t.Context(), q)
	require.NoError(t, err)
	return v
}

func TestVerdicts(t *testing.T) {
	room, _, clock := open(t)
	for address, want := range map[string]string{
		"10.0.0.10": Own, "203.0.113.10": Own, "2001:db8::10": Own, // the first interface's
		"10.0.0.11": Own, "203.0.113.11": Own, "203.0.113.12": Own, "2001:db8::11": Own, // more of them, elastic and carrier's
		"10.0.1.9": Own, "2001:db8:1::77": Own, // prefixes delegated to it
		"::ffff:203.0.113.10": Own,
		"203.0.113.99":        Own, "10.0.0.99": Own, // the VPC's NAT gateway
		"198.51.100.7": ForeignAddress, "10.0.0.12": ForeignAddress, "2001:db8:2::1": ForeignAddress, "10.0.1.16": ForeignAddress,
		"ec2.amazonaws.com": Unknown, "AWS Internal": Unknown, "": Unknown,
	} {
		require.Equal(t, want, verdict(t, room, asked(clock, address)), address)
	}

	for name, change := range map[string]func(*Question){
		"an old call":       func(q *Question) { q.Time -= int64(Young.Seconds()) },
		"a partner's":       func(q *Question) { q.Account = "444455556666" },
		"without a region":  func(q *Question) { q.Region = "" },
		"before its launch": func(q *Question) { q.Time = start.Add(-10 * time.Minute).Unix() },
	} {
		room, fake, clock := open(t)
		fake.launched = "2026-11-23T11:55:00Z"
		q := asked(clock, "198.51.100.7")
		change(&q)
		require.Equal(t, Unknown, verdict(t, room, q), name)
	}
}

func TestAnInstanceIsLookedForInAllRegions(t *testing.T) {
	room, fake, clock := open(t)
	q := asked(clock, "203.0.113.10")
	q.Region = "us-east-1" // where global services log
	require.Equal(t, Own, verdict(t, room, q))
	require.Equal(t, 1, fake.count("DescribeRegions"))
	require.Equal(t, 3, fake.count("DescribeInstances"), "us-east-1, eu-central-1, eu-west-1")

	q.Instance = "i-0ffffffffffffffff"
	require.Equal(t, NoSuchInstance, verdict(t, room, q))
	require.Equal(t, 1, fake.count("DescribeRegions"))
	require.Equal(t, 3+4, fake.count("DescribeInstances"))
	clock.pass(20 * time.Minute)
	q.Time = clock.now().Unix()
	require.Equal(t, NoSuchInstance, verdict(t, room, q))
	require.Equal(t, 3+4, fake.count("DescribeInstances"), "what is nowhere is remembered")
	clock.pass(time.Hour)
	q.Time = clock.now().Unix()
	require.Equal(t, NoSuchInstance, verdict(t, room, q))
	require.Equal(t, 3+4+4, fake.count("DescribeInstances"), "for an hour")

	again, fake, clock := open(t)
	q = asked(clock, "203.0.113.10")
	require.Equal(t, Own, verdict(t, again, q))
	q.Region, q.Instance = "us-east-1", "i-0ffffffffffffffff"
	require.Equal(t, NoSuchInstance, verdict(t, again, q))
	require.Equal(t, 1, fake.count("DescribeInstances us-east-1"))
	require.Equal(t, 2, fake.count("DescribeInstances eu-west-1"), "where instances live is looked first, and once")
	room = again

	fake.refuse["DescribeInstances ap-south-1"] = "UnauthorizedOperation"
	q.Instance = "i-0fffffffffffffffe"
	require.Equal(t, NoSuchInstance, verdict(t, room, q), "a region that is closed to the account holds no instance")
	fake.refuse["DescribeInstances eu-central-1"] = "RequestLimitExceeded"
	q.Instance = "i-0fffffffffffffffd"
	_, err := room.Verdict(t.Context(), q)
	require.Error(t, err, "a region that could not be asked may hold it")
	require.NotErrorIs(t, err, ErrRefused)
}

func TestTerminatedInstancesExist(t *testing.T) {
	room, fake, clock := open(t)
	fake.state = "terminated"
	require.Equal(t, Unknown, verdict(t, room, asked(clock, "198.51.100.7")), "its addresses are gone with it")
}

func TestAnswersAreRememberedForAnHour(t *testing.T) {
	room, fake, clock := open(t)
	for range 5 {
		require.Equal(t, Own, verdict(t, room, asked(clock, "10.0.0.10")))
		require.Equal(t, Own, verdict(t, room, asked(clock, "203.0.113.99")))
		clock.pass(10 * time.Minute)
	}
	require.Equal(t, 1, fake.count("DescribeInstances"))
	require.Equal(t, 1, fake.count("DescribeNatGateways"))
	clock.pass(11 * time.Minute)
	require.Equal(t, Own, verdict(t, room, asked(clock, "10.0.0.10")))
	require.Equal(t, 2, fake.count("DescribeInstances"))
}

// An address that came after the answer that is remembered does not convict.
func TestNoConvictionByAnOldAnswer(t *testing.T) {
	room, fake, clock := open(t)
	require.Equal(t, Own, verdict(t, room, asked(clock, "10.0.0.10")))
	fake.mu.Lock()
	fake.addresses = `<item><privateIpAddress>10.0.0.13</privateIpAddress><association><publicIp>203.0.113.77</publicIp></association></item>`
	fake.mu.Unlock()
	clock.pass(10 * time.Minute)
	require.Equal(t, Own, verdict(t, room, asked(clock, "203.0.113.77")))
	require.Equal(t, 2, fake.count("DescribeInstances"))
	require.Equal(t, ForeignAddress, verdict(t, room, asked(clock, "198.51.100.7")))
	require.Equal(t, ForeignAddress, verdict(t, room, asked(clock, "198.51.100.8")))
	require.Equal(t, 2, fake.count("DescribeInstances"), "a fresh answer convicts")
}

func TestRefusals(t *testing.T) {
	for operation, q := range map[string]func(*clock) Question{
		"DescribeInstances":   func(w *clock) Question { return asked(w, "10.0.0.10") },
		"DescribeNatGateways": func(w *clock) Question { return asked(w, "198.51.100.7") },
		"DescribeRegions":     func(w *clock) Question { q := asked(w, "10.0.0.10"); q.Instance = "i-0ffffffffffffffff"; return q },
	} {
		t.Run(operation, func(t *testing.T) {
			room, fake, clock := open(t)
			fake.refuse[operation] = "UnauthorizedOperation"
			for range 3 {
				v, err := room.Verdict(t.Context(), q(clock))
				require.Equal(t, Unknown, v)
				require.ErrorIs(t, err, ErrRefused)
				var refused *awscall.Refused
				require.ErrorAs(t, err, &refused)
				require.Equal(t, "ec2:"+operation, refused.Action)
			}
			require.Equal(t, 1, fake.count(operation), "it is not asked in vain again")
			clock.pass(61 * time.Minute)
			delete(fake.refuse, operation)
			_, err := room.Verdict(t.Context(), q(clock))
			require.NoError(t, err, "a permission given meanwhile is noticed after an hour")
		})
	}
}

func TestThrottlingPasses(t *testing.T) {
	room, fake, clock := open(t)
	fake.refuse["DescribeInstances"] = "RequestLimitExceeded"
	_, err := room.Verdict(t.Context(), asked(clock, "10.0.0.10"))
	require.Error(t, err)
	require.True(t, awscall.Throttled(err))
	require.NotErrorIs(t, err, ErrRefused)
	delete(fake.refuse, "DescribeInstances")
	require.Equal(t, Own, verdict(t, room, asked(clock, "10.0.0.10")))
}

func TestSearchesAreBounded(t *testing.T) {
	room, fake, clock := open(t)
	q := asked(clock, "10.0.0.10")
	for i := range mostSearches {
		q.Instance = fmt.Sprintf("i-%017d", i)
		require.Equal(t, NoSuchInstance, verdict(t, room, q))
	}
	before := fake.count("DescribeInstances")
	q.Instance = "i-notsearchedfor"
	_, err := room.Verdict(t.Context(), q)
	require.ErrorIs(t, err, ErrTooMany)
	require.Equal(t, before+1, fake.count("DescribeInstances"), "the record's region is asked all the same")
	require.Equal(t, Own, verdict(t, room, asked(clock, "10.0.0.10")), "and what is there is found")
	clock.pass(time.Hour)
	q.Time = clock.now().Unix()
	require.Equal(t, NoSuchInstance, verdict(t, room, q))
}

func TestAnAccountThatCannotBeEntered(t *testing.T) {
	room := Open(Options{
		Config: func(context.Context, string, string) (aws.Config, error) {
			return aws.Config{}, &awscall.Refused{Action: "sts:AssumeRole", Err: errors.New("no")}
		},
		Now: time.Now,
	})
	_, err := room.Verdict(t.Context(), Question{Account: home, Region: "us-east-1", Instance: web, Address: "10.0.0.1", Time: time.Now().Unix()})
	require.ErrorIs(t, err, ErrRefused)
}

func TestTheMemoryIsBounded(t *testing.T) {
	room, _, clock := open(t)
	a := room.account(home)
	for i := range mostAnswers {
		a.instances[fmt.Sprint(i)] = &instance{}
	}
	require.Equal(t, Own, verdict(t, room, asked(clock, "10.0.0.10")))
	require.LessOrEqual(t, len(a.instances), mostAnswers)
}
