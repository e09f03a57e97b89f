package splunkdtest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The defaults of props.conf (props.conf.spec).
const (
	defaultTruncate  = 10000
	defaultLookahead = 128
)

// lines breaks data where LINE_BREAKER's default does, and cuts what is longer than TRUNCATE bytes.
func (p stanza) lines(data string) []string {
	limit, err := strconv.Atoi(p["TRUNCATE"])
	if err != nil {
		limit = defaultTruncate
	}
	lines := strings.FieldsFunc(data, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		if limit > 0 && len(line) > limit {
			lines[i] = line[:limit]
		}
	}
	return lines
}

// time finds an event's time in its text: after TIME_PREFIX, within MAX_TIMESTAMP_LOOKAHEAD, as TIME_FORMAT says and in TZ's zone.
// An event in which there is none has the time at which it came, and so has one of DATETIME_CONFIG = CURRENT.
func (p stanza) time(raw string, now time.Time) time.Time {
	if p["DATETIME_CONFIG"] == "CURRENT" || p["TIME_FORMAT"] == "" {
		return now
	}
	prefix, err := regexp.Compile(p["TIME_PREFIX"])
	if err != nil {
		return now
	}
	at := prefix.FindStringIndex(raw)
	if at == nil {
		return now
	}
	text := raw[at[1]:]
	lookahead, err := strconv.Atoi(p["MAX_TIMESTAMP_LOOKAHEAD"])
	if err != nil {
		lookahead = defaultLookahead
	}
	text = text[:min(len(text), lookahead)]
	zone, err := time.LoadLocation(p["TZ"])
	if err != nil {
		return now
	}
	layout := strptime.Replace(p["TIME_FORMAT"])
	for ; text != ""; text = text[:len(text)-1] {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t
		}
	}
	return now
}

// strptime turns the conversions of strptime(3) that are in use into Go's.
var strptime = strings.NewReplacer(
	"%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05", "%T", "15:04:05", "%F", "2006-01-02",
	"%:z", "Z07:00", "%z", "Z0700", "%Z", "Z07:00", ".%3N", ".000", ".%6N", ".000000", "%%", "%",
)
