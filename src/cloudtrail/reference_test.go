package cloudtrail

import (
	"bytes"
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
			Account:   limit(first(word(r, "recipientAccountId"), word(r, "userIdentity", "accountId")), maxDetail),
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

// oraclePrincipal is principal of the oracle, step by step.
func oraclePrincipal(r map[string]any) string {
	key := oracleOwnKey(r)
	recipient, owner, kind := word(r, "recipientAccountId"), word(r, "userIdentity", "accountId"), word(r, "userIdentity", "type")
	if recipient == "" || strings.HasPrefix(key, "service:") || strings.HasPrefix(key, "anonymous:") || strings.HasPrefix(key, "none:") {
		return key
	}
	if kind == "AWSAccount" || kind == "SAMLUser" || kind == "WebIdentityUser" || kind == "IdentityCenterUser" || owner != "" && owner != recipient {
		return key + "@" + recipient
	}
	return key
}

func oracleOwnKey(r map[string]any) string {
	ui := func(path ...string) string { return word(r, append([]string{"userIdentity"}, path...)...) }
	or := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	recipient := or(word(r, "recipientAccountId"), ui("accountId"))
	kind, issuer := ui("type"), ui("sessionContext", "sessionIssuer", "principalId")
	if kind == "AssumedRole" {
		if issuer != "" {
			return issuer
		}
		if pid := ui("principalId"); pid != "" {
			if parts := strings.Split(pid, ":"); len(parts) > 1 {
				return strings.Join(parts[:len(parts)-1], ":")
			}
			return pid
		}
		parts := strings.Split(ui("arn"), "/")
		return "role:" + strings.Join(parts[:len(parts)-1], "/")
	}
	if kind == "IAMUser" {
		return or(ui("principalId"), "user:"+or(ui("accountId"), recipient)+"/"+ui("userName"))
	}
	if kind == "Root" {
		return "root:" + or(ui("accountId"), recipient)
	}
	if kind == "FederatedUser" {
		return "federated:" + or(issuer, ui("principalId"))
	}
	if kind == "AWSService" || kind == "" && ui("invokedBy") != "" {
		return "service:" + recipient + "/" + ui("invokedBy")
	}
	if kind == "AWSAccount" {
		if ui("accountId") == "ANONYMOUS_PRINCIPAL" {
			return "anonymous:" + word(r, "recipientAccountId")
		}
		return "account:" + ui("accountId") + "/" + strings.Split(ui("principalId"), ":")[0]
	}
	if kind == "SAMLUser" || kind == "WebIdentityUser" {
		name := map[string]string{"SAMLUser": "saml:", "WebIdentityUser": "web:"}[kind]
		if ui("identityProvider") != "" && ui("userName") != "" {
			return name + ui("identityProvider") + "/" + ui("userName")
		}
		return name + or(ui("principalId"), ui("userName"))
	}
	if kind == "IdentityCenterUser" {
		parts := strings.Split(ui("onBehalfOf", "identityStoreArn"), "/")
		return "idc:" + parts[len(parts)-1] + "/" + or(or(ui("onBehalfOf", "userId"), ui("principalId")), ui("userName"))
	}
	if kind == "Directory" {
		return "directory:" + or(ui("accountId"), recipient) + "/" + or(ui("userName"), ui("arn"))
	}
	if kind == "Unknown" {
		return "unknown:" + or(ui("accountId"), recipient) + "/" + or(ui("principalId"), ui("userName"))
	}
	if kind == "" {
		return "none:" + recipient
	}
	return strings.ToLower(kind) + ":" + or(ui("accountId"), recipient) + "/" + or(or(ui("principalId"), ui("arn")), ui("userName"))
}
