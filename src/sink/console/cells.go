package console

import (
	"fmt"
	"strings"
	"time"

	"cloudtrail_anomaly/src/discern"
)

func who(e *discern.Event) string {
	name := either(e.PrincipalName, e.PrincipalID)
	switch {
	case e.PrincipalType == "Root":
		name = "root"
	case e.PrincipalType == "AWSAccount":
		name = "account " + name
	}
	name = permissionSet(name)
	if len(e.SessionNames) > 0 && !strings.HasPrefix(e.SessionNames[0], "i-") && e.SessionNames[0] != name {
		name += "/" + e.SessionNames[0]
	}
	return name
}

// permissionSet is the name that people gave to a role that Identity Center made (AWSReservedSSO_<permission set>_<16 hexadecimal digits>).
func permissionSet(role string) string {
	name, ours := strings.CutPrefix(role, "AWSReservedSSO_")
	end := strings.LastIndexByte(name, '_')
	if !ours || end <= 0 {
		return role
	}
	return name[:end]
}

func what(e *discern.Event) string {
	text := discern.Short(e.Action)
	if e.AnomalyType == discern.NewPrincipal {
		text = "(a new principal)"
	}
	if e.Outcome != "ok" && e.AnomalyType != discern.NewPrincipal {
		text += " (" + e.Outcome + ")"
	}
	if e.Count > 1 {
		text += fmt.Sprintf(" ×%d", e.Count)
	}
	return text
}

func onWhat(e *discern.Event) string {
	text := strings.Join(shortARNs(e.Object), ", ")
	if len(e.SharedWith) > 0 {
		text = strings.TrimSpace(text + " → " + strings.Join(e.SharedWith, ", "))
	}
	return text
}

// shortARNs leaves of an ARN what tells it from others; the account has a column of its own.
func shortARNs(objects []string) []string {
	short := make([]string, len(objects))
	for i, o := range objects {
		short[i] = o
		if parts := strings.SplitN(o, ":", 6); len(parts) == 6 && parts[0] == "arn" {
			short[i] = parts[5]
		}
	}
	return short
}

func why(e *discern.Event) string {
	var text string
	switch e.AnomalyType {
	case discern.NewPrincipal:
		text = "never seen before"
	case discern.DeniedThenSuccess:
		text = "was always denied before"
	case discern.RuleMatch:
		text = "rule " + e.Rule
		if e.Verdict != "" {
			text += " (" + e.Verdict + ")"
		}
	default:
		text = newFor(e)
	}
	if e.Learning {
		text += ", learning"
	}
	if e.Suppressed {
		text += ", suppressed by " + e.SuppressedBy
	}
	return text
}

func newFor(e *discern.Event) string {
	first, err := time.Parse(time.RFC3339, e.FirstTime)
	if err != nil {
		return "first time"
	}
	if last, err := time.Parse(time.RFC3339, e.PreviousLastSeen); err == nil {
		return "back after " + daysOf(first.Sub(last)) + " of silence"
	}
	since, err := time.Parse(time.RFC3339, e.BaselineFirstSeen)
	if watched := first.Sub(since); err == nil && watched >= 24*time.Hour {
		return "first time in " + daysOf(watched) + " watched"
	}
	if e.BaselineActions > 0 && !e.Learning { // by an older tool's memory, of which nobody knows since when it watched
		return fmt.Sprintf("first time, %s known", others(e.BaselineActions))
	}
	return "first time, principal just met"
}

func others(n int) string {
	if n != 1 {
		return fmt.Sprintf("%d other actions", n)
	}
	return "1 other action"
}

func daysOf(d time.Duration) string {
	if n := int(d.Hours() / 24); n != 1 {
		return fmt.Sprintf("%d days", n)
	}
	return "1 day"
}

func wide(e *discern.Event) string {
	switch {
	case e.AnomalyType == discern.RuleMatch:
		return ""
	case e.Scope == discern.ScopeOrganization:
		return "whole organization"
	case e.Scope == discern.ScopeAccount:
		return "account"
	default:
		return "principal"
	}
}

func clock(stamp string) string {
	if len(stamp) < 16 {
		return stamp
	}
	return stamp[:10] + " " + stamp[11:16]
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
