package discern

import (
	"slices"
	"strings"
)

// evidenceRecords is how many records an event's lists are taken from.
const evidenceRecords = 5

// tell fills in what the records say: lists from all of the five earliest, every other fact from the earliest.
func (e *Event) tell(records []Record) {
	slices.SortFunc(records, EarlierRecord)
	if len(records) > evidenceRecords {
		records = records[:evidenceRecords]
	}
	if len(records) == 0 {
		e.EventSource, e.EventName, _ = strings.Cut(e.Action, ":")
		return
	}
	r := &records[0]
	e.PrincipalType, e.PrincipalARN, e.PrincipalName = r.PrincipalType, r.PrincipalARN, r.PrincipalName
	e.OnBehalfOf, e.InvokedBy, e.MFA, e.FromConsole = r.OnBehalfOf, r.InvokedBy, r.MFA, r.FromConsole
	e.EventSource, e.EventName, e.EventCategory, e.ReadOnly = r.EventSource, r.EventName, r.EventCategory, r.ReadOnly
	e.ObjectType, e.UserAgentFamily = r.ObjectType, r.UserAgentFamily
	lists := []struct {
		to   *[]string
		from func(*Record) []string
	}{
		{&e.SessionNames, func(r *Record) []string { return []string{r.SessionName} }},
		{&e.AccessKeyIDs, func(r *Record) []string { return []string{r.AccessKeyID} }},
		{&e.SourceIPAddress, func(r *Record) []string { return []string{r.SourceIPAddress} }},
		{&e.UserAgent, func(r *Record) []string { return []string{r.UserAgent} }},
		{&e.AWSRegion, func(r *Record) []string { return []string{r.Region} }},
		{&e.VPCEndpointID, func(r *Record) []string { return []string{r.VPCEndpointID} }},
		{&e.ErrorCode, func(r *Record) []string { return []string{r.ErrorCode} }},
		{&e.EventID, func(r *Record) []string { return []string{r.EventID} }},
		{&e.Object, func(r *Record) []string { return r.Objects }},
		{&e.SharedWith, func(r *Record) []string { return r.SharedWith }},
		{&e.LogFiles, func(r *Record) []string { return []string{r.File} }},
	}
	for _, l := range lists {
		*l.to = distinct(records, l.from)
	}
}

// EarlierRecord is the order of evidence: by time, then eventID, then where it was found.
func EarlierRecord(a, b Record) int {
	switch {
	case a.Time != b.Time:
		return int(min(max(a.Time-b.Time, -1), 1))
	case a.EventID != b.EventID:
		return strings.Compare(a.EventID, b.EventID)
	default:
		return strings.Compare(a.File, b.File)
	}
}

func distinct(records []Record, from func(*Record) []string) []string {
	var all []string
	for i := range records {
		for _, v := range from(&records[i]) {
			if v != "" {
				all = appendNew(all, v)
			}
		}
	}
	slices.Sort(all)
	return all[:min(len(all), evidenceRecords)]
}

func appendNew(list []string, v string) []string {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
