package main

import (
	"bufio"
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/cloudtrail/evidence"
	"cloudtrail_anomaly/src/discern"
)

// printShort prints a record on one line, as the workshop SID341 does with print_short_record.
func printShort(out *bufio.Writer, r *cloudtrail.Record) {
	e := evidence.Of(r)
	who := e.PrincipalName
	if who == "" {
		who = e.Principal
	}
	for _, text := range []string{discern.Stamp(e.Time), e.Account, who, discern.Short(e.Action), e.Outcome.String(), e.Region, e.SourceIPAddress} {
		out.WriteString(plain(text))
		out.WriteByte(' ')
	}
	out.WriteString(plain(strings.Join(e.Objects, ",")))
	out.WriteByte('\n')
}

// plain keeps what an attacker wrote from steering the terminal.
func plain(text string) string {
	if text == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '·'
		}
		return r
	}, text)
}
