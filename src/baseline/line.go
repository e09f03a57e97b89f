package baseline

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// A Line is one item as it is exported. A pair has principal and action; an item of bookkeeping has kind and id instead of principal. Times
// are RFC 3339, absent where there is none. The last line of a whole baseline is of kind end, and says how many were before it.
type Line struct {
	Principal   *string `json:"principal,omitempty"` // "" is a principal too: a record can lack every name
	Kind        string  `json:"kind,omitempty"`      // principal, account, organization, rule, instance, watermark or end
	ID          *string `json:"id,omitempty"`
	Action      string  `json:"action,omitempty"`
	FirstSeen   string  `json:"first_seen,omitempty"`
	LastSeen    string  `json:"last_seen,omitempty"`
	FirstOK     string  `json:"first_ok,omitempty"`
	FirstDenied string  `json:"first_denied,omitempty"`
	KnownUntil  string  `json:"known_until,omitempty"` // of an item adopted from an older tool's table
	Lines       *int    `json:"lines,omitempty"`       // of the end
}

// kinds are all kinds of items, in the order of export, by the words they are exported with.
var kinds = []struct {
	kind discern.Kind
	word string
}{
	{discern.Principal, "principal"},
	{discern.Account, "account"},
	{discern.Organization, "organization"},
	{discern.Rule, "rule"},
	{discern.Instance, "instance"},
	{discern.Watermark, "watermark"},
}

func lineOf(h discern.Holder, action string, k discern.Known) Line {
	l := Line{
		Action: action, FirstSeen: stamp(k.FirstSeen), LastSeen: stamp(k.LastSeen),
		FirstOK: stamp(k.FirstOK), FirstDenied: stamp(k.FirstDenied), KnownUntil: stamp(k.Until),
	}
	if h.Kind == discern.Principal && action != "" {
		l.Principal = &h.ID
		return l
	}
	l.ID = &h.ID
	for _, k := range kinds {
		if k.kind == h.Kind {
			l.Kind = k.word
		}
	}
	return l
}

// item is what a line says, with every fault of it at once.
func (l *Line) item() (h discern.Holder, k discern.Known, err error) {
	var faults []error
	switch {
	case l.Kind == "" && l.Principal != nil && l.Action != "":
		h = discern.Holder{Kind: discern.Principal, ID: *l.Principal}
	case l.Kind == "" || l.ID == nil:
		faults = append(faults, errors.New("needs principal and action, or kind and id"))
	default:
		for _, k := range kinds {
			if k.word == l.Kind {
				h = discern.Holder{Kind: k.kind, ID: *l.ID}
			}
		}
		if h.Kind == 0 {
			faults = append(faults, errors.New("kind: unknown; it is principal, account, organization, rule, instance or watermark"))
		}
	}
	for _, f := range []struct {
		name, text string
		to         *int64
	}{
		{"first_seen", l.FirstSeen, &k.FirstSeen}, {"last_seen", l.LastSeen, &k.LastSeen}, {"first_ok", l.FirstOK, &k.FirstOK},
		{"first_denied", l.FirstDenied, &k.FirstDenied}, {"known_until", l.KnownUntil, &k.Until},
	} {
		if f.text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, f.text)
		if err != nil || t.Unix() <= 0 || t.Unix() >= 1<<32 {
			faults = append(faults, fmt.Errorf("%s: no time such as 2026-11-22T09:30:00Z", f.name))
			continue
		}
		*f.to = t.Unix()
	}
	watched := l.Action == "" && k.FirstSeen != 0 // an account's own item says since when it is watched, and no more
	if len(faults) == 0 && k.LastSeen == 0 && k.Until == 0 && !watched {
		faults = append(faults, errors.New("needs last_seen or known_until"))
	}
	if k.FirstSeen > k.LastSeen && k.LastSeen != 0 {
		faults = append(faults, errors.New("first_seen: later than last_seen"))
	}
	return h, k, errors.Join(faults...)
}

func parseLine(text []byte) (l Line, err error) {
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("no JSON object of a baseline: %w", err)
	}
	return l, nil
}

func stamp(t int64) string {
	if t == 0 {
		return ""
	}
	return discern.Stamp(t)
}
