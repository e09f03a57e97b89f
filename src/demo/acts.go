package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// An act is one thing that a job does: "ec2:DescribeInstances", or with all that can be said of it "ec2:StartInstances(i-1,i-2)!*3":
// what it is done to, that it is always refused, and how often it is drawn compared with the others.
type act struct {
	action string
	args   []string
	denied bool
	weight int
}

// A routine is a part of a job: when it happens and what is done then.
type routine struct {
	when        rhythm
	all         string // acts done every time, in order
	some        string // acts that least to most are drawn from, by weight
	least, most int
	each        bool   // every member does it; otherwise one of them
	who         string // or always the one of this name
	shared      string // routines with the same word fall on the same moments
	lag         int    // seconds after that moment
	region      string // where it is not the account's home
	via         string // the service that makes the calls on the principal's behalf
}

// A plan is a routine with its acts read.
type plan struct {
	routine
	all, some []act
	total     int // of the weights
}

// prepare reads a routine's acts. The texts are the tables of this package, so a fault in one is a fault of the program.
func prepare(r routine) (plan, error) {
	p := plan{routine: r}
	for _, list := range []struct {
		text string
		acts *[]act
	}{{r.all, &p.all}, {r.some, &p.some}} {
		for _, word := range strings.Fields(list.text) {
			a, err := readAct(word)
			if err != nil {
				return plan{}, err
			}
			*list.acts = append(*list.acts, a)
		}
	}
	for _, a := range p.some {
		p.total += a.weight
	}
	return p, nil
}

func readAct(word string) (act, error) {
	a := act{weight: 1}
	rest, weight, weighed := strings.Cut(word, "*")
	if weighed {
		n, err := strconv.Atoi(weight)
		if err != nil || n < 1 {
			return act{}, fmt.Errorf("act %q: the weight is no number above 0", word)
		}
		a.weight = n
	}
	rest, a.denied = strings.CutSuffix(rest, "!")
	action, args, more := strings.Cut(rest, "(")
	if more {
		a.args = strings.Split(strings.TrimSuffix(args, ")"), ",")
	}
	a.action = action
	if source, name, ok := strings.Cut(action, ":"); !ok || source == "" || name == "" {
		return act{}, fmt.Errorf("act %q: not service:Name", word)
	}
	return a, nil
}

// acts are those of one time.
func (p *plan) acts(r *rand.Rand) []act {
	if len(p.some) == 0 {
		return p.all
	}
	list := p.all[:len(p.all):len(p.all)]
	for range p.least + r.IntN(p.most-p.least+1) {
		at := r.IntN(p.total)
		for i := range p.some {
			if at -= p.some[i].weight; at < 0 {
				list = append(list, p.some[i])
				break
			}
		}
	}
	return list
}
