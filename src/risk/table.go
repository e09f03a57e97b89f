// Package risk says how bad an anomaly is: one table of risky actions that is also the app's lookup, and what raises or lowers a
// severity from there.
//
// It does not decide what is told: that is discern's, which asks it through the port discern.Risk when an event is finished but
// for its severity. Tactics and techniques are those of MITRE ATT&CK for Enterprise, version 18.
package risk

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed risky_actions.csv
var riskyActions string

// header is that of risky_actions.csv. An action is eventSource:eventName verbatim, or "rule:" and the name of a rule; why says in
// a clause what the action does; source is where the risk is public knowledge: a Sigma rule, a technique of ATT&CK or the page of
// AWS that describes the call.
var header = []string{"action", "severity", "mitre_tactic", "mitre_technique", "why", "source"}

// A Table holds the risky actions by name. It never changes after Load and is safe for concurrent use.
type Table struct {
	rows map[string]row
}

type row struct {
	level                  level
	tactic, technique, why string
}

// level is a severity, the worst being the greatest.
type level int

const (
	informational level = iota
	low
	medium
	high
	critical
)

var severities = []string{"informational", "low", "medium", "high", "critical"}

func (l level) String() string { return severities[l] }

// Load parses the embedded table.
func Load() (*Table, error) {
	t, err := parse(strings.NewReader(riskyActions))
	if err != nil {
		return nil, fmt.Errorf("read risky_actions.csv: %w", err)
	}
	return t, nil
}

func parse(src io.Reader) (*Table, error) {
	in := csv.NewReader(src)
	in.FieldsPerRecord = len(header)
	first, err := in.Read()
	if err != nil {
		return nil, err
	}
	if !slices.Equal(first, header) {
		return nil, fmt.Errorf("its header is not %s", strings.Join(header, ","))
	}
	t := &Table{rows: map[string]row{}}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		if err := t.add(fields); err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (t *Table) add(fields []string) error {
	if i := slices.Index(fields, ""); i >= 0 {
		return fmt.Errorf("%s is empty", header[i])
	}
	action, severity := fields[0], slices.Index(severities, fields[1])
	if severity < 0 {
		return fmt.Errorf("%s is no severity: one of %s", fields[1], strings.Join(severities, ", "))
	}
	if _, ok := t.rows[action]; ok {
		return fmt.Errorf("%s is there twice", action)
	}
	t.rows[action] = row{level: level(severity), tactic: fields[2], technique: fields[3], why: fields[4]}
	return nil
}

// Risky tells whether an action is listed as medium or worse, and so is told even while its account is learning.
func (t *Table) Risky(action string) bool {
	r, ok := t.rows[action]
	return ok && r.level >= medium
}
