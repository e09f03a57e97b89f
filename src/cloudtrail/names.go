package cloudtrail

import (
	"cmp"
	"slices"
	"strings"
)

// numbers gives things numbers, from 0 in the order in which they come.
type numbers[K comparable] struct {
	of   map[K]uint32
	list []K
}

func (n *numbers[K]) number(key K) uint32 {
	if number, ok := n.of[key]; ok {
		return number
	}
	return n.add(key)
}

func (n *numbers[K]) add(key K) uint32 {
	if n.of == nil {
		n.of = make(map[K]uint32)
	}
	number := uint32(len(n.list))
	n.of[key] = number
	n.list = append(n.list, key)
	return number
}

// ranks gives each number's place in the order of the things.
func (n *numbers[K]) ranks(compare func(a, b K) int) []uint32 {
	order := make([]uint32, len(n.list))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return compare(n.list[a], n.list[b]) })
	ranks := make([]uint32, len(order))
	for rank, number := range order {
		ranks[number] = uint32(rank)
	}
	return ranks
}

// names numbers strings. It keeps copies, since a string may be part of a larger one that must not be held.
type names struct{ numbers[string] }

func (n *names) number(name string) uint32 {
	if number, ok := n.of[name]; ok {
		return number
	}
	return n.add(strings.Clone(name))
}

func (n *names) ranks() []uint32 { return n.numbers.ranks(cmp.Compare[string]) }
