package cost

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A line is what an hour of one account costs with a tool.
type line struct {
	tool string
	hour count
}

// sizes are the organizations of the table, in accounts.
var sizes = [...]int{25, 500, 5000}

// titles: all but the first two are an hour's.
var titles = []string{"accounts", "tool", "calls", "queries", "S3 requests", "DynamoDB requests", "RCU", "WCU", "GB scanned", "USD an hour", "USD a month"}

// markdown is the table, to be read in a terminal too.
func markdown(lines []line) string {
	rows := [][]string{titles}
	for _, accounts := range sizes {
		for _, l := range lines {
			c := l.hour.times(float64(accounts))
			queries := whole(c.Queries)
			if c.DDL > 0 {
				queries += " + " + whole(c.DDL) + " DDL"
			}
			rows = append(rows, []string{whole(float64(accounts)), l.tool, whole(c.Calls), queries, whole(c.Lists + c.Gets), whole(c.Dynamo), whole(c.Reads), whole(c.Writes),
				short(c.Scanned / 1e9), short(c.usd()), short(c.usd() * hoursAMonth)})
		}
	}
	return ruled(rows, 1)
}

// ruled draws rows as Markdown, the first as titles. All columns are numbers but one.
func ruled(rows [][]string, words int) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, w := range widths {
		if rule[i] = strings.Repeat("-", w-1) + ":"; i == words {
			rule[i] = strings.Repeat("-", w)
		}
	}
	var b strings.Builder
	for _, row := range slices.Insert(rows, 1, rule) {
		for i, cell := range row {
			if width := widths[i]; i == words {
				fmt.Fprintf(&b, "| %-*s ", width, cell)
			} else {
				fmt.Fprintf(&b, "| %*s ", width, cell)
			}
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// whole is a number without decimals, its thousands set apart.
func whole(f float64) string {
	digits := strconv.FormatFloat(math.Round(f), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// short is a number with the decimals that tell something: cents where it is dollars, three digits where it is less than one.
func short(f float64) string {
	switch {
	case f == 0:
		return "0"
	case f >= 100:
		return whole(f)
	case f >= 1:
		return strconv.FormatFloat(f, 'f', 2, 64)
	default:
		return strconv.FormatFloat(f, 'f', 2-int(math.Floor(math.Log10(f))), 64)
	}
}

// split is what the dollars of an hour of one account consist of.
func split(lines []line) string {
	rows := [][]string{{"an hour of one account", "Athena", "S3", "DynamoDB", "USD", "LIST", "GET", "of these Athena's own"}}
	for _, l := range lines {
		c := l.hour
		rows = append(rows, []string{l.tool, small(c.athena()), small(c.s3()), small(c.dynamodb()), small(c.usd()), whole(c.Lists), whole(c.Gets), whole(c.Within)})
	}
	return ruled(rows, 0)
}

// small is a number of dollars that may be far below a cent.
func small(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
