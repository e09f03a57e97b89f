package settings

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// What AWS says a name may look like, each from the reference of the service's API. Account ids may have
// ten digits: the older tools' example file holds such.
var (
	accountID     = regexp.MustCompile(`^([0-9]{12}|[0-9]{10})$`)
	someAccount   = regexp.MustCompile(`^[0-9]{1,12}$`)                                 // in a list: records of samples and old files have shorter ones
	bucketName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$`) // the oldest buckets have 255 characters and capitals
	roleName      = regexp.MustCompile(`^[\w+=,.@/-]{1,576}$`)                          // with its path
	externalID    = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
	regionName    = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)
	workgroup     = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	databaseName  = regexp.MustCompile(`^[A-Za-z0-9_]{1,255}$`)
	organization  = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	tableName     = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)
	topicARN      = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{1,12}:[A-Za-z0-9_-]{1,251}(\.fifo)?$`)
	alarmTopicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{1,12}:[A-Za-z0-9_-]{1,256}$`)
	namespace     = regexp.MustCompile(`^[A-Za-z0-9.\-_/#]{1,255}$`)
	keyID         = regexp.MustCompile(`^(AKIA|ASIA)[A-Z0-9]{16}$`)
	entryName     = regexp.MustCompile(`^[A-Za-z0-9_.@-]{1,255}$`)
	credentialIn  = regexp.MustCompile(`^(profile:[^\s:][^\n:]*|[A-Za-z0-9_.@-]{1,255})$`)
	email         = regexp.MustCompile(`^[^\s@,]+@[^\s@,]+$`)
	tenantName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	indexName     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,79}$`)
	unitForm      = regexp.MustCompile(`^(ou:(ou|r)-[a-z0-9-]+|tag:[^=]+=.+|name:.+)$`)
)

// form reads a text of a certain form.
func form(noun, allowed string, re *regexp.Regexp) rule[string] {
	return rule[string]{kind: text, allowed: allowed, parse: func(text string) (string, error) {
		if !re.MatchString(text) {
			return "", fmt.Errorf("%s is not %s", quoted(text), noun)
		}
		return text, nil
	}}
}

// hidden reads a text of a certain form that no fault may show.
func hidden(noun, allowed string, re *regexp.Regexp) rule[string] {
	return rule[string]{kind: text, allowed: allowed, parse: func(text string) (string, error) {
		if !re.MatchString(text) {
			return "", fmt.Errorf("what is given is not %s", noun)
		}
		return text, nil
	}}
}

// file reads the path of a file.
func filePath(allowed string) rule[string] {
	return rule[string]{kind: file, allowed: allowed, parse: func(text string) (string, error) { return text, oneLine(text) }}
}

// fileOrText reads the path of a config.yml, or its text.
func fileOrText(allowed string) rule[string] {
	return rule[string]{kind: inline, allowed: allowed, parse: func(text string) (string, error) { return text, nil }}
}

// prefix reads a prefix of keys in a bucket.
func prefix(allowed string) rule[string] {
	return rule[string]{kind: text, allowed: allowed, parse: func(text string) (string, error) {
		if strings.Contains(text, "://") {
			return "", fmt.Errorf("%s is an address, not a prefix", quoted(text))
		}
		return strings.Trim(text, "/"), oneLine(text)
	}}
}

// naming refuses what looks like the secret itself in the place of its name.
func naming(r rule[string]) rule[string] {
	parse := r.parse
	r.parse = func(text string) (string, error) {
		if maySecret(text) || keyID.MatchString(text) {
			return "", errors.New("what is given may be a secret itself; store that in an entry of storage/passwords")
		}
		return parse(text)
	}
	return r
}

func oneLine(text string) error {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("%s holds a line end or another control character", quoted(text))
	}
	return nil
}

// word reads one of a few words, in any case.
func word(words ...string) rule[string] {
	last := len(words) - 1
	return rule[string]{kind: text, allowed: strings.Join(words[:last], ", ") + " or " + words[last], parse: func(text string) (string, error) {
		i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, text) })
		if i < 0 {
			return "", fmt.Errorf("%s is not known", quoted(text))
		}
		return words[i], nil
	}}
}

// whole reads a number of decimal digits: 0x1F, 1e3 and 1_000 are none, and 010 is ten.
func whole(k kind, least, most int) rule[int] {
	return rule[int]{kind: k, allowed: fmt.Sprintf("a whole number from %d to %d", least, most), parse: func(text string) (int, error) {
		digits, negative := strings.CutPrefix(text, "-")
		if digits == "" || strings.Trim(digits, "0123456789") != "" {
			return 0, fmt.Errorf("%s is not a whole number", quoted(text))
		}
		n, err := strconv.Atoi(digits)
		switch {
		case negative:
			return 0, fmt.Errorf("%s is negative", quoted(text))
		case err != nil || n > most:
			return 0, fmt.Errorf("%s is too much", quoted(text))
		case n < least:
			return 0, fmt.Errorf("%s is too little", quoted(text))
		}
		return n, nil
	}}
}

// wholeOrAll is whole, or HistoryAll for "all".
func wholeOrAll(k kind, least, most int) rule[int] {
	number := whole(k, least, most)
	return rule[int]{kind: k, allowed: "all, or " + number.allowed, parse: func(text string) (int, error) {
		if strings.EqualFold(text, "all") {
			return HistoryAll, nil
		}
		return number.parse(text)
	}}
}

// yesNo reads the words that splunkd reads as booleans.
func yesNo() rule[bool] {
	return rule[bool]{kind: boolean, allowed: "0 or 1", parse: func(text string) (bool, error) {
		switch strings.ToLower(text) {
		case "1", "true", "t", "yes", "y", "on":
			return true, nil
		case "0", "false", "f", "no", "n", "off":
			return false, nil
		}
		return false, fmt.Errorf("%s is neither yes nor no", quoted(text))
	}}
}

// The bounds of a run.
const (
	shortestRun = 10 * time.Second
	longestRun  = 7 * 24 * time.Hour
)

// run reads the duration of a run, with units; bare digits are seconds, as in Splunk's interval.
func run() rule[time.Duration] {
	allowed := "seconds or a duration such as 15m or 1h30m, from 10 seconds to 7 days"
	return rule[time.Duration]{kind: duration, allowed: allowed, parse: func(text string) (time.Duration, error) {
		written := text
		if strings.Trim(text, "0123456789") == "" {
			written += "s"
		}
		d, err := time.ParseDuration(written)
		switch {
		case err != nil:
			return 0, fmt.Errorf("%s is not a duration", quoted(text))
		case d < shortestRun || d > longestRun:
			return 0, fmt.Errorf("%s is out of range", quoted(text))
		}
		return d, nil
	}}
}

// address reads a URL and never shows it: people put passwords into URLs.
func address(allowed string, schemes ...string) rule[string] {
	return rule[string]{kind: link, allowed: allowed, parse: func(text string) (string, error) {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Hostname() == "":
			return "", errors.New("what is given is not a URL")
		case u.User != nil:
			return "", errors.New("the URL holds a user name")
		case !slices.Contains(schemes, u.Scheme):
			return "", fmt.Errorf("the URL does not begin with %s://", strings.Join(schemes, ":// or "))
		case u.RawQuery != "" || u.Fragment != "":
			return "", errors.New("the URL holds more than scheme, host, port and path")
		}
		return text, nil
	}}
}

// account reads an account id as it is written: as a number it would lose its leading zeros.
func account() rule[string] {
	return form("an account id", "its 12 digits, zeros at the beginning included", accountID)
}

// listedAccount is one of those to look at, or not to: a record's account is judged whatever its form.
func listedAccount() rule[string] {
	return form("an account id", account().allowed, someAccount)
}

func accountOrEach() rule[string] {
	one := account()
	return rule[string]{kind: text, allowed: one.allowed + ", or " + EachAccount, parse: func(text string) (string, error) {
		if text == EachAccount {
			return text, nil
		}
		return one.parse(text)
	}}
}

// network reads a CIDR block, or an address for the block that holds it alone.
func network() rule[netip.Prefix] {
	return rule[netip.Prefix]{kind: cidrs, allowed: "networks such as 10.0.0.0/8 or 2001:db8::/32", parse: func(text string) (netip.Prefix, error) {
		if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
			return ip.Prefix(ip.BitLen())
		}
		n, err := netip.ParsePrefix(text)
		if err != nil {
			return n, fmt.Errorf("%s is not a network", quoted(text))
		}
		return n.Masked(), nil
	}}
}
