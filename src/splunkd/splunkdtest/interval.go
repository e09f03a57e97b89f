package splunkdtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A rhythm is when an input runs (inputs.conf.spec, interval of modular inputs): every so many seconds, where 0 is again as soon as
// it ended and -1 once; or on a cron schedule, on which it does not run at start-up.
type rhythm struct {
	every time.Duration
	once  bool
	cron  cron.Schedule
}

var (
	fiveFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	letters    = regexp.MustCompile(`[A-Za-z]`)
)

func parseInterval(text string) (rhythm, error) {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds == -1 {
			return rhythm{once: true}, nil
		}
		if seconds < 0 || seconds > 1e9 || seconds != seconds {
			return rhythm{}, fmt.Errorf("interval %s is no number of seconds", text)
		}
		return rhythm{every: time.Duration(seconds * float64(time.Second))}, nil
	}
	if letters.MatchString(text) {
		return rhythm{}, fmt.Errorf("interval %q is neither seconds nor a cron schedule of five fields without names", text)
	}
	schedule, err := fiveFields.Parse(text)
	if err != nil {
		return rhythm{}, fmt.Errorf("interval %q is neither seconds nor a cron schedule of five fields: %w", text, err)
	}
	return rhythm{cron: schedule}, nil
}

// first is when an input runs that is started now.
func (r rhythm) first(now time.Time) time.Time {
	if r.cron != nil {
		return r.cron.Next(now)
	}
	return now
}

// next is when it runs again, and whether it does. Only one process of a stanza runs at a time: a long run delays the next one, and
// firings of a cron schedule that it slept through are left out (inferred).
func (r rhythm) next(started, now time.Time) (time.Time, bool) {
	switch {
	case r.once:
		return time.Time{}, false
	case r.cron != nil:
		return r.cron.Next(now), true
	case started.Add(r.every).After(now):
		return started.Add(r.every), true
	}
	return now, true
}
