package risk

import (
	"slices"
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// everyone is how shared_with calls the whole world.
const everyone = "everyone"

// Weigh fills in severity, severity_reason, mitre_tactic and mitre_technique of an event that is finished but for these. actions
// are those the event sums up; the worst of them counts, and of equals the first that is listed.
func (t *Table) Weigh(e *discern.Event, actions []string) {
	if len(actions) == 0 {
		actions = []string{e.Action}
	}
	var worst judgement
	for i, action := range actions {
		// Whether it reads is known of the earliest record only.
		j := t.judge(e, action, e.ReadOnly && len(actions) == 1)
		if i == 0 || j.level > worst.level || j.level == worst.level && worst.technique == "" {
			worst = j
		}
	}
	if len(actions) > 1 && worst.technique == "" {
		worst.because[0] = "none of its actions is listed as risky"
	}
	if e.Suppressed {
		worst.set(informational, "lowered, as it is suppressed")
	}
	e.Severity, e.SeverityReason = worst.level.String(), strings.Join(worst.because, "; ")
	e.MitreTactic, e.MitreTechnique = worst.tactic, worst.technique
}

// judgement is a severity on its way, with what made it so.
type judgement struct {
	level             level
	because           []string
	tactic, technique string
}

func (j *judgement) set(to level, why string) {
	if to != j.level {
		j.level, j.because = to, append(j.because, why)
	}
}

func (j *judgement) raise(why string) { j.set(min(j.level+1, critical), "raised, as "+why) }
func (j *judgement) lower(why string) { j.set(max(j.level-1, informational), "lowered, as "+why) }

func (t *Table) judge(e *discern.Event, action string, reads bool) judgement {
	if e.Rule != "" {
		return t.judgeRule(e)
	}
	j := t.judgeAction(e, action, reads)
	if e.AnomalyType == discern.DeniedThenSuccess {
		j.set(max(j.level, medium), "raised, as it was denied before")
	}
	// The outcome of a new principal's event is that of its earliest record, not of each action.
	if e.Outcome == discern.Denied.String() && e.AnomalyType != discern.NewPrincipal {
		j.lower("it was denied")
	}
	if slices.Contains(e.SharedWith, everyone) {
		j.raise("it shares with everyone")
	}
	if isRoot(e) {
		j.raise("root did it")
	}
	return j
}

// judgeAction takes a listed action's row; of any other it asks whether it changes anything, and for whom it is new.
func (t *Table) judgeAction(e *discern.Event, action string, reads bool) judgement {
	_, name, _ := strings.Cut(action, ":")
	if r, ok := t.rows[action]; ok {
		return r.judgement(name + " " + r.why)
	}
	if reads {
		return judgement{level: informational, because: []string{name + " only reads and is not listed as risky"}}
	}
	j := judgement{level: low, because: []string{name + " is not listed as risky"}}
	if e.Scope == discern.ScopeOrganization {
		j.set(medium, "raised, as it is new to the whole organization")
	}
	return j
}

// judgeRule takes the rule's row. What a rule is about says what makes its match better or worse.
func (t *Table) judgeRule(e *discern.Event) judgement {
	r, ok := t.rows["rule:"+e.Rule]
	if !ok {
		return judgement{level: medium, because: []string{"rule " + e.Rule + " has no severity of its own"}}
	}
	j := r.judgement("rule " + e.Rule + ": " + r.why)
	switch e.Rule {
	case "log_deletion", "stop_logging":
		if e.Outcome != discern.OK.String() {
			j.lower("it did not succeed")
		}
		if strings.HasPrefix(e.Action, "logs.amazonaws.com:") {
			j.lower("it is one log group's logs and not a trail")
		}
	case "instance_credentials":
		if e.Verdict == discern.VerdictLiteral {
			j.set(informational, "lowered, as the instance itself may have made the call")
		}
	case "root_activity":
		if e.ReadOnly {
			j.lower("it only reads")
		}
	case "console_login_without_mfa":
		if isRoot(e) {
			j.raise("it is root")
		}
	}
	return j
}

func (r row) judgement(because string) judgement {
	return judgement{level: r.level, because: []string{because}, tactic: r.tactic, technique: r.technique}
}

func isRoot(e *discern.Event) bool { return e.PrincipalType == "Root" }
