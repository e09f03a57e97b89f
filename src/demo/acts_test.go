package demo

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadAct(t *testing.T) {
	for _, c := range []struct {
		word string
		want act
	}{
		{"ec2:DescribeInstances", act{action: "ec2:DescribeInstances", weight: 1}},
		{"ec2:DescribeInstances*9", act{action: "ec2:DescribeInstances", weight: 9}},
		{"iam:PassRole!*2", act{action: "iam:PassRole", denied: true, weight: 2}},
		{"sts:AssumeRole(arn:aws:iam::111122223333:role/a,me)!", act{action: "sts:AssumeRole", args: []string{"arn:aws:iam::111122223333:role/a", "me"}, denied: true, weight: 1}},
	} {
		got, err := readAct(c.word)
		require.NoError(t, err, c.word)
		require.Equal(t, c.want, got)
	}
	for _, word := range []string{"", "DescribeInstances", ":Name", "ec2:", "ec2:Run*0", "ec2:Run*x", "ec2:Run*"} {
		_, err := readAct(word)
		require.Error(t, err, word)
	}
}

func TestPlanDrawsByWeight(t *testing.T) {
	p, err := prepare(routine{all: "a:First b:Second", some: "c:Often*9 d:Seldom*1", least: 10, most: 10})
	require.NoError(t, err)
	r, drawn := rand.New(rand.NewPCG(1, 2)), map[string]int{}
	for range 100 {
		acts := p.acts(r)
		require.Len(t, acts, 12)
		require.Equal(t, "a:First", acts[0].action)
		require.Equal(t, "b:Second", acts[1].action)
		for _, a := range acts[2:] {
			drawn[a.action]++
		}
	}
	require.InDelta(t, 900, drawn["c:Often"], 40)
	require.InDelta(t, 100, drawn["d:Seldom"], 40)
}
