package evidence

import (
	"encoding/json"
	"net/url"
	"strings"
)

// policy reads a resource's or a role's policy (IAM User Guide, "IAM JSON policy elements reference"): an object, or a string that
// holds one, which some tools encode as in a URL.
func (a *audience) policy(v value) {
	if v.opens('"') {
		text := strings.TrimSpace(v.text())
		if strings.HasPrefix(text, "%") {
			if plain, err := url.PathUnescape(text); err == nil {
				text = strings.TrimSpace(plain)
			}
		}
		if v = value(text); !json.Valid(v) {
			return
		}
	}
	for statement := range v.get("Statement").each() {
		a.statement(statement)
	}
}

// statement reads whom one statement allows something.
func (a *audience) statement(s value) {
	if !strings.EqualFold(s.get("Effect").text(), "Allow") {
		return
	}
	principal := s.get("Principal")
	if len(principal) == 0 && len(s.get("NotPrincipal")) > 0 || principal.text() == "*" {
		a.anyone(s.get("Condition"))
		return
	}
	for _, kind := range [...]string{"AWS", "Federated", "CanonicalUser"} {
		for v := range principal.get(kind).each() {
			if who := v.text(); who != "*" {
				a.add(who)
			} else {
				a.anyone(s.get("Condition"))
			}
		}
	}
}

// anyone reads a statement for everyone: under its conditions that may be somebody in particular after all. All conditions of a
// statement must hold, so one that names nothing but the own account makes it the own account's.
func (a *audience) anyone(condition value) {
	var named few
	narrowed := false
	for operator, keys := range condition.parts() {
		if !narrowingOperators[strings.ToLower(short(string(operator)))] {
			continue
		}
		for key, values := range keys.parts() {
			if !narrowingKeys[strings.ToLower(short(string(key)))] {
				continue
			}
			these := a.named(values)
			if these.has(everyone) {
				continue
			}
			if len(these) == 0 {
				return
			}
			narrowed = true
			for _, who := range these {
				named.add(who)
			}
		}
	}
	if !narrowed {
		a.list.lead(everyone)
		return
	}
	for _, who := range named {
		a.list.add(who)
	}
}

// named is whom the values of a condition name, the own account left out.
func (a *audience) named(values value) few {
	these := audience{own: a.own}
	for v := range values.each() {
		who := v.text()
		if anyAccount(who) {
			who = "*"
		}
		these.add(who)
	}
	return these.list
}

// anyAccount tells an ARN whose account is a pattern, which narrows nothing.
func anyAccount(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) > 4 && parts[0] == "arn" && strings.ContainsAny(parts[4], "*?")
}
