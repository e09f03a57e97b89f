package cloudtrail

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// What follows is the reader written a second time, slowly and over encoding/json, to hold the first against.

var errRefused = errors.New("refused")

// A reading is what came of one file.
type reading struct {
	sightings    []discern.Sighting
	records, bad int
	skipped      map[string]int
}

// readSlowly reads a file as Reader and Gather do.
func readSlowly(file []byte) (reading, error) {
	if bytes.HasPrefix(file, []byte("\x1f\x8b")) {
		zip, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			return reading{}, err
		}
		if file, err = io.ReadAll(zip); err != nil {
			return reading{}, err
		}
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !json.Valid(file) || countRecordsKeys(file) != 1 {
		return reading{}, errRefused
	}
	top, _ := decode(file).(map[string]any)
	list, ok := top["Records"].([]any)
	if !ok {
		return reading{}, errRefused
	}
	return gatherSlowly(list), nil
}

func decode(text []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err) // it was valid
	}
	return v
}

// countRecordsKeys counts the keys Records of the top-level object: a map would hide that there are two.
func countRecordsKeys(text []byte) (n int) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, _ := d.Token(); t != json.Delim('{') {
		return 0
	}
	for d.More() {
		key, _ := d.Token()
		if key == "Records" {
			n++
		}
		var passed json.RawMessage
		if d.Decode(&passed) != nil {
			return 0
		}
	}
	return n
}

func gatherSlowly(list []any) reading {
	got := reading{skipped: map[string]int{}}
	type key struct {
		account, principal, action string
		outcome                    discern.Outcome
		step                       int64
	}
	held := map[key]*discern.Sighting{}
	for _, element := range list {
		r, ok := element.(map[string]any)
		at, err := parseTime([]byte(word(r, "eventTime")))
		switch {
		case !ok:
			got.bad++
			continue
		case word(r, "eventCategory") == "Insight" || word(r, "eventType") == "AwsCloudTrailInsight":
			got.skipped[SkippedInsight]++
			continue
		case isWrong(r["eventSource"]) || isWrong(r["eventName"]):
			got.bad++
			continue
		case word(r, "eventSource") == "" || word(r, "eventName") == "":
			got.skipped[SkippedNoName]++
			continue
		case err != nil:
			got.bad++
			continue
		}
		got.records++
		s := discern.Sighting{
			Account:   limit(cmp.Or(word(r, "recipientAccountId"), word(r, "userIdentity", "accountId")), maxDetail),
			Principal: limit(oraclePrincipal(r), maxPrincipal),
			Action:    limit(word(r, "eventSource")+":"+word(r, "eventName"), maxAction),
			Outcome:   slowOutcome(r), First: at, Last: at, Files: []uint32{7},
		}
		k := key{s.Account, s.Principal, s.Action, s.Outcome, s.Step()}
		if held[k] == nil {
			held[k] = &s
		}
		held[k].First, held[k].Last = min(held[k].First, at), max(held[k].Last, at)
		held[k].Count++
	}
	for _, s := range held {
		got.sightings = append(got.sightings, *s)
	}
	slices.SortFunc(got.sightings, func(a, b discern.Sighting) int { return a.Before(&b) })
	return got
}

// word is the string at a path, "" for anything else.
func word(v any, path ...string) string {
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	s, _ := v.(string)
	return s
}

func isWrong(v any) bool {
	_, ok := v.(string)
	return !ok && v != nil
}

func slowOutcome(r map[string]any) discern.Outcome {
	code, message := word(r, "errorCode"), word(r, "errorMessage")
	failed := message != "" || word(r, "responseElements", "ConsoleLogin") == "Failure"
	for _, denial := range []string{"AccessDenied", "Unauthorized", "Forbidden"} {
		if strings.Contains(code, denial) {
			return discern.Denied
		}
	}
	switch {
	case word(r, "eventName") == "ConsoleLogin" && failed:
		return discern.Denied
	case code == "" && message == "":
		return discern.OK
	}
	return discern.Failed
}
