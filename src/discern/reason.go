package discern

import (
	"fmt"
	"strings"
)

// reason says in a sentence or two why this is told, for somebody who reads it at three in the morning.
func reason(e *Event, f *finding, actions []string) string {
	var b strings.Builder
	b.WriteString(e.who())
	s := &f.sightings[0]
	switch f.kind {
	case NewPrincipal:
		fmt.Fprintf(&b, " was never seen before. Within the hour it called %s", plural(len(actions), "action"))
		fmt.Fprintf(&b, ": %s.", list(short(actions), 6))
	case DeniedThenSuccess:
		fmt.Fprintf(&b, " succeeded with %s for the first time after being denied since %s.", Short(e.Action), minute(f.denied))
	case RuleMatch:
		b.WriteString(" " + e.ruleSays() + ".")
	default:
		b.WriteString(e.newAction(f, s))
	}
	if how := e.how(); how != "" {
		b.WriteString(" " + how)
	}
	return b.String()
}

// newAction tells an action that is new or was forgotten, and against what it is new.
func (e *Event) newAction(f *finding, s *Sighting) string {
	var b strings.Builder
	verb := "called"
	if s.Outcome == Denied {
		verb = "tried"
	}
	if f.previous != 0 {
		fmt.Fprintf(&b, " %s %s again after %s of silence.", verb, Short(e.Action), days(s.First-f.previous))
	} else {
		fmt.Fprintf(&b, " %s %s for the first time", verb, Short(e.Action))
		switch {
		case f.since == 0 && f.actions == 0:
			b.WriteString(", in its own first hour.")
		case f.adopted && s.First < f.since+Day:
			fmt.Fprintf(&b, " (%s known, from an older tool's table).", plural(f.actions, "other action"))
		case f.since == 0 || s.First < f.since+Day:
			b.WriteString(", in its own first days.")
		default:
			fmt.Fprintf(&b, " in %s of watching (%s known).", days(s.First-f.since), plural(f.actions, "other action"))
		}
	}
	switch {
	case f.scope == ScopeOrganization || f.first:
		b.WriteString(" Nobody in the organization had done so before.")
	case f.scope == ScopeAccount:
		b.WriteString(" Nobody in this account had done so before.")
	}
	return b.String()
}

// how adds what a reader asks next: did it work, and was something shared.
func (e *Event) how() string {
	var parts []string
	switch e.Outcome {
	case "denied":
		parts = append(parts, "It was denied.")
	case "error":
		parts = append(parts, "It failed.")
	}
	if e.AnomalyType == NewPrincipal {
		parts = nil
	}
	if len(e.SharedWith) > 0 {
		parts = append(parts, "It shares with "+list(e.SharedWith, 3)+".")
	}
	return strings.Join(parts, " ")
}

// ruleSays tells a rule's match. A rule that this table does not know is told by its name.
func (e *Event) ruleSays() string {
	switch e.Rule {
	case "log_deletion":
		return "deleted logs or a trail: " + Short(e.Action)
	case "stop_logging":
		return "stopped a trail's logging"
	case "instance_credentials":
		return "used an instance's credentials from " + list(e.SourceIPAddress, 2) + ", which is not where the instance works from: " + Short(e.Action)
	case "root_activity":
		return "acted: " + Short(e.Action)
	case "console_login_without_mfa":
		return "signed in to the console without MFA"
	default:
		return "matched rule " + e.Rule + ": " + Short(e.Action)
	}
}

// who names the principal as a person would.
func (e *Event) who() string {
	kind := map[string]string{
		"AssumedRole": "Role", "Role": "Role", "IAMUser": "User", "FederatedUser": "Federated user", "AWSService": "Service", "AWSAccount": "Account",
		"SAMLUser": "SAML user", "WebIdentityUser": "Web identity", "IdentityCenterUser": "Identity Center user", "Directory": "Directory user",
	}[e.PrincipalType]
	name := e.PrincipalName
	if e.PrincipalType == "Root" {
		return "Root of account " + e.AccountID
	}
	if name == "" {
		name = e.PrincipalID
	}
	if kind == "" {
		kind = "Principal"
	}
	return kind + " " + name
}

// Short is an action as people say it: iam:CreateUser for iam.amazonaws.com:CreateUser.
func Short(action string) string {
	source, name, ok := strings.Cut(action, ":")
	if !ok {
		return action
	}
	return strings.TrimSuffix(source, ".amazonaws.com") + ":" + name
}

func short(actions []string) []string {
	out := make([]string, len(actions))
	for i, a := range actions {
		out[i] = Short(a)
	}
	return out
}

// list joins at most n words and says how many more there are.
func list(words []string, n int) string {
	if len(words) <= n {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:n], ", "), len(words)-n)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// minute is a time to the minute, as people read it.
func minute(unix int64) string {
	return strings.Replace(Stamp(unix)[:16], "T", " ", 1) + " UTC"
}
