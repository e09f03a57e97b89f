package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// lastAge is the age of the organization, in days, on the last day written. All dates in its life are ages, so that a shorter
// span is the end of the same life.
const lastAge = Span - 1

// A day is one UTC day of the organization's life.
type day struct {
	age   int
	start int64 // Unix seconds
	time.Weekday
	date int // of the month
}

// dayOf is the day of an age, given a time within the last day.
func dayOf(end time.Time, age int) day {
	t := end.UTC().Truncate(24*time.Hour).AddDate(0, 0, age-lastAge)
	return day{age: age, start: t.Unix(), Weekday: t.Weekday(), date: t.Day()}
}

func (d day) working() bool { return d.Weekday != time.Saturday && d.Weekday != time.Sunday }

// A rhythm says at which seconds of a day something begins.
type rhythm struct {
	on    func(d day, r *rand.Rand) []int
	local bool // by the clock of whoever does it, and at a person's pace
}

// every is around the clock, from a minute of the day on, with up to a minute's jitter.
func every(minutes, from int) rhythm {
	return rhythm{on: func(_ day, r *rand.Rand) []int {
		var moments []int
		for m := from; m < 24*60-5; m += minutes {
			moments = append(moments, m*60+r.IntN(60))
		}
		return moments
	}}
}

// daily is once a day, at h:m UTC.
func daily(h, m int) rhythm { return when(func(day) bool { return true }, h, m) }

// weekly is on one day of the week.
func weekly(w time.Weekday, h, m int) rhythm {
	return when(func(d day) bool { return d.Weekday == w }, h, m)
}

// monthly is on one date of the month.
func monthly(date, h, m int) rhythm { return when(func(d day) bool { return d.date == date }, h, m) }

// once is on given ages only, after a person's noon.
func once(ages ...int) rhythm {
	r := when(func(d day) bool { return slices.Contains(ages, d.age) }, 12, 20)
	r.local = true
	return r
}

func when(right func(day) bool, h, m int) rhythm {
	return rhythm{on: func(d day, r *rand.Rand) []int {
		if !right(d) {
			return nil
		}
		return []int{(h*60+m)*60 + r.IntN(90)}
	}}
}

// office is n times a working day on average, between nine and half past five, at lunch less often.
func office(n float64) rhythm {
	return rhythm{local: true, on: func(d day, r *rand.Rand) []int {
		if !d.working() {
			return nil
		}
		moments := make([]int, poisson(n, r))
		for i := range moments {
			hour := 9 + 8.5*r.Float64()
			if hour > 12 && hour < 13 && r.IntN(3) > 0 {
				hour += 1.5
			}
			moments[i] = int(hour * 3600)
		}
		slices.Sort(moments)
		return moments
	}}
}

// builds is n times a working day on average, whenever the machine that builds is asked to: as office, at a machine's pace.
func builds(n float64) rhythm { return rhythm{on: office(n).on} }

func poisson(mean float64, r *rand.Rand) int {
	n := 0
	for p := r.Float64(); p > math.Exp(-mean); p *= r.Float64() {
		n++
	}
	return n
}
