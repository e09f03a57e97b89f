package modinput

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A Schedule is when splunkd starts an input: an interval as inputs.conf.spec has it.
type Schedule struct {
	every time.Duration
	cron  cron.Schedule
}

// fields are those of a cron schedule: inputs.conf.spec allows no names of days and months.
var fields = regexp.MustCompile(`^[0-9*/,\-]+([ \t]+[0-9*/,\-]+){4}$`)

// ParseSchedule reads an interval: seconds, also with decimals, or a cron schedule of five fields. 0 starts an input again as soon as it
// ended, -1 once.
func ParseSchedule(interval string) (Schedule, error) {
	interval = strings.TrimSpace(interval)
	if seconds, err := strconv.ParseFloat(interval, 64); err == nil {
		if seconds != -1 && !(seconds >= 0 && seconds <= 366*24*3600) {
			return Schedule{}, fmt.Errorf("%q is no number of seconds up to a year", interval)
		}
		return Schedule{every: time.Duration(seconds * float64(time.Second))}, nil
	}
	if !fields.MatchString(interval) {
		return Schedule{}, errors.New("it is neither a number of seconds nor a cron schedule of five fields of digits and * / , -")
	}
	schedule, err := cron.ParseStandard(interval)
	if err != nil {
		return Schedule{}, fmt.Errorf("it is no cron schedule: %w", err)
	}
	return Schedule{cron: schedule}, nil
}

// Next is when splunkd would start the input again if this run, begun at now, did not stand in the way. It is not ok where no run is to
// come, or the next one waits for the end of this.
func (s Schedule) Next(now time.Time) (next time.Time, ok bool) {
	if s.cron != nil {
		next = s.cron.Next(now)
		return next, !next.IsZero()
	}
	return now.Add(s.every), s.every > 0
}
