package cloudtrail

import "time"

// The years in which a record can have been written. CloudTrail began in 2013; a baseline keeps times as 32-bit seconds, which end in 2106.
const (
	firstYear = 2000
	lastYear  = 2105
)

// timeSize is the length of the form in which CloudTrail writes times: YYYY-MM-DDTHH:MM:SSZ.
const timeSize = 20

// plainTime reads a quoted time of that form, in Unix seconds. It needs timeSize+2 bytes to look at and declines whatever is not a
// moment of the calendar, or of another form.
func plainTime(b []byte) (int64, bool) {
	t := b[: timeSize+2 : timeSize+2]
	if t[0] != '"' || t[5] != '-' || t[8] != '-' || t[11] != 'T' || t[14] != ':' || t[17] != ':' || t[20] != 'Z' || t[21] != '"' {
		return 0, false
	}
	var bad byte // any digit's place that holds none
	two := func(i int) int {
		tens, ones := t[i]-'0', t[i+1]-'0'
		if tens > 9 || ones > 9 {
			bad = 1
		}
		return int(tens)*10 + int(ones)
	}
	year, month, day := two(1)*100+two(3), two(6), two(9)
	hour, minute, second := two(12), two(15), two(18)
	if bad != 0 || year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > monthDays(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return int64(daysFrom1970(year, month, day))*86400 + int64(hour*3600+minute*60+second), true
}

func monthDays(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// daysFrom1970 counts days of the Gregorian calendar for years 0 to 9999. The year is taken to begin in March, so that the leap day is
// its last and the months before it follow one rule.
func daysFrom1970(year, month, day int) int {
	const to1970 = 719468 // from 1 March of the year 0
	if month <= 2 {
		year--
		month += 12
	}
	year += 400 // keeps the divisions away from negative numbers
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 146097 - to1970
}

// parseTime reads any time of RFC 3339, in Unix seconds; fractions are dropped.
func parseTime(text []byte) (int64, error) {
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return 0, errTime
	}
	if year := t.UTC().Year(); year < firstYear || year > lastYear {
		return 0, errTime
	}
	return t.Unix(), nil
}
