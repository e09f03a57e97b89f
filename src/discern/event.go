package discern

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// SchemaVersion is that of Event. It grows when a field changes its meaning, not when one is added.
const SchemaVersion = 1

// The modes of a run's events.
const (
	ModeLive    = "live"
	ModeHistory = "history" // delivered before the input existed
	ModeReplay  = "replay"
	ModeDemo    = "demo"
)

// An Event is one anomaly as it is told, with the field names of sourcetype aws:cloudtrail:anomaly. CloudTrail's facts keep
// CloudTrail's names, ours are snake_case. Times are RFC 3339, UTC, whole seconds. A field is absent when empty; booleans are
// always written. Lists come from the evidence, distinct, sorted, at most five; every other fact is the earliest record's.
type Event struct {
	AnomalyID     string `json:"anomaly_id"`
	AnomalyType   string `json:"anomaly_type"`
	Rule          string `json:"rule,omitempty"`
	SchemaVersion int    `json:"schema_version"`
	DetectedAt    string `json:"detected_at"`
	LateSeconds   int64  `json:"late_seconds,omitempty"` // from first_time to detected_at
	RunID         string `json:"run_id,omitempty"`
	Input         string `json:"input,omitempty"`
	Mode          string `json:"mode"`
	WindowStart   string `json:"window_start,omitempty"`
	WindowEnd     string `json:"window_end,omitempty"`
	EpisodeID     string `json:"episode_id"` // principal and UTC hour, independent of runs

	Severity       string `json:"severity,omitempty"`
	SeverityReason string `json:"severity_reason,omitempty"`
	MitreTactic    string `json:"mitre_tactic,omitempty"`
	MitreTechnique string `json:"mitre_technique,omitempty"`
	Reason         string `json:"reason"`

	PrincipalID   string   `json:"principal_id"`
	PrincipalType string   `json:"principal_type,omitempty"`
	PrincipalARN  string   `json:"principal_arn,omitempty"`
	PrincipalName string   `json:"principal_name,omitempty"`
	AccountID     string   `json:"account_id,omitempty"`
	AccountName   string   `json:"account_name,omitempty"`
	AccountOwner  string   `json:"account_owner,omitempty"`
	BusinessUnit  string   `json:"business_unit,omitempty"`
	SessionNames  []string `json:"session_names,omitempty"`
	AccessKeyIDs  []string `json:"access_key_ids,omitempty"`
	OnBehalfOf    string   `json:"on_behalf_of,omitempty"`
	InvokedBy     string   `json:"invoked_by,omitempty"`
	MFA           bool     `json:"mfa"`
	FromConsole   bool     `json:"from_console"`

	RoleCreated     string   `json:"role_created,omitempty"`
	AssociationType string   `json:"association_type,omitempty"`
	AssociatedWith  []string `json:"associated_with,omitempty"`
	LegacySeverity  string   `json:"legacy_severity,omitempty"`

	Action        string   `json:"action,omitempty"`
	EventSource   string   `json:"eventSource,omitempty"`
	EventName     string   `json:"eventName,omitempty"`
	EventCategory string   `json:"eventCategory,omitempty"`
	ReadOnly      bool     `json:"read_only"`
	Outcome       string   `json:"outcome"`
	ErrorCode     []string `json:"errorCode,omitempty"`
	Count         int      `json:"count"`
	FirstTime     string   `json:"first_time"`
	LastTime      string   `json:"last_time"`
	EventID       []string `json:"eventID,omitempty"`
	Object        []string `json:"object,omitempty"`
	ObjectType    string   `json:"object_type,omitempty"`
	SharedWith    []string `json:"shared_with,omitempty"`

	AWSRegion       []string `json:"awsRegion,omitempty"`
	SourceIPAddress []string `json:"sourceIPAddress,omitempty"`
	UserAgent       []string `json:"userAgent,omitempty"`
	UserAgentFamily string   `json:"user_agent_family,omitempty"`
	VPCEndpointID   []string `json:"vpcEndpointId,omitempty"`
	LogFiles        []string `json:"log_files,omitempty"`

	Scope             string `json:"scope"`
	Learning          bool   `json:"learning"`
	Suppressed        bool   `json:"suppressed"`
	SuppressedBy      string `json:"suppressed_by,omitempty"`
	BaselineFirstSeen string `json:"baseline_first_seen,omitempty"` // since when the principal is watched
	BaselineActions   int    `json:"baseline_actions,omitempty"`    // how many of its actions were known
	PreviousLastSeen  string `json:"previous_last_seen,omitempty"`
	Verdict           string `json:"verdict,omitempty"`
}

// event builds the finished event of a finding from the records behind it.
func (r *run) event(f *finding, evidence []Evidence, p *Piece) (*Event, []string) {
	s := &f.sightings[0]
	now := r.Now().Unix()
	e := &Event{
		AnomalyType: f.kind, Rule: s.Rule, SchemaVersion: SchemaVersion, DetectedAt: Stamp(now), LateSeconds: now - s.First,
		RunID: r.RunID, Input: r.Input, Mode: r.mode(p), WindowStart: Stamp(p.Start), WindowEnd: Stamp(p.End),
		EpisodeID:   digest(s.Principal, Stamp(s.Step())),
		PrincipalID: s.Principal, AccountID: s.Account, Action: s.Action, Outcome: s.Outcome.String(), FirstTime: Stamp(s.First),
		Scope: f.scope, Learning: f.learning && f.kind != NewPrincipal, Verdict: f.verdict,
		BaselineActions: f.actions,
	}
	if f.since != 0 {
		e.BaselineFirstSeen = Stamp(f.since)
	}
	if f.previous != 0 {
		e.PreviousLastSeen = Stamp(f.previous)
	}
	if r.Member != nil {
		m := r.Member(s.Account)
		e.AccountName, e.AccountOwner, e.BusinessUnit = m.Name, m.Owner, m.Unit
	}
	e.AnomalyID = anomalyID(f.kind, s)
	last := s.Last
	var actions []string
	var records []Record
	for i := range f.sightings {
		last = max(last, f.sightings[i].Last)
		actions = appendNew(actions, f.sightings[i].Action)
		e.Count += evidence[i].Count
		records = append(records, evidence[i].Records...)
	}
	e.LastTime = Stamp(last)
	if f.kind == NewPrincipal {
		e.Action = ""
	}
	e.tell(records)
	if f.kind == NewPrincipal && len(records) > 0 {
		e.Outcome = records[0].Outcome.String()
	}
	return e, actions
}

// mode is what an event of a piece is marked with.
func (r *run) mode(p *Piece) string {
	if p.History && r.Mode == ModeLive {
		return ModeHistory
	}
	return r.Mode
}

// anomalyID is the id by which a thing is told once. A new principal is told without its action, a rule's match with what its item
// is kept by.
func anomalyID(kind string, s *Sighting) string {
	action := s.Action
	if kind == NewPrincipal {
		action = ""
	}
	parts := []string{s.Account, s.Principal, action, kind, s.Rule, Stamp(s.First)}
	if kind == RuleMatch {
		parts = append(parts, s.Outcome.String(), s.Instance, s.Address)
	}
	return digest(parts...)
}

// Stamp writes Unix seconds as RFC 3339, UTC.
func Stamp(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }

// Line is the event as one line of JSON, without a newline.
func (e *Event) Line() ([]byte, error) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("write anomaly %s as JSON: %w", e.AnomalyID, err)
	}
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), nil
}

// days says a span of seconds in whole days, for people.
func days(seconds int64) string {
	n := seconds / Day
	if n == 1 {
		return "1 day"
	}
	return strconv.FormatInt(n, 10) + " days"
}
