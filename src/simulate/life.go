package simulate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// A happening is one record, and where and when it happened.
type happening struct {
	account, region string
	at              time.Time
	record          string
}

// life draws all that happens: habits, and things that somebody does for the first time.
func life(p *Plan, accounts []*Account, r *rand.Rand) []happening {
	var all []happening
	for _, a := range accounts {
		for _, who := range a.actors {
			for _, h := range who.habits {
				for at := who.from.Add(time.Duration(r.Int64N(int64(h.every)))); at.Before(p.Quiet); at = at.Add(h.every/2 + time.Duration(r.Int64N(int64(h.every)))) {
					all = append(all, act(p, a, who, h.action, h.region, at, r)...)
					if p.silent(at) {
						at = at.Add(15 * h.every)
					}
				}
			}
			for at := who.from; at.Before(p.Quiet); {
				at = at.Add(time.Duration(r.Int64N(int64(3 * day))))
				if !p.silent(at) {
					all = append(all, act(p, a, who, anyAction(r), regionAt(p, a, at, r), at, r)...)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return a.at.Compare(b.at) })
	return all
}

// regionAt draws a region of an account; one is opened in the second week.
func regionAt(p *Plan, a *Account, at time.Time, r *rand.Rand) string {
	if at.After(p.Begin.Add(9*day)) && r.IntN(4) == 0 {
		return newRegion
	}
	return a.Regions[r.IntN(len(a.Regions))]
}

// act is one call, if who could make it then; sometimes it is denied first.
func act(p *Plan, a *Account, who *actor, action Action, region string, at time.Time, r *rand.Rand) []happening {
	ends := a.Ends()
	switch {
	case !at.Before(p.Quiet) || at.Before(a.Joined) || !ends.IsZero() && !at.Before(ends.Add(-day)):
		return nil // what happens in an account's last day may be delivered when nobody looks any more
	case !who.to.IsZero() && !at.Before(who.to), a.quiet && p.silent(at):
		return nil
	}
	at = at.Truncate(time.Second)
	var all []happening
	if r.IntN(20) == 0 {
		all = append(all, happening{a.ID, region, at, recordOf(a, who, action, region, at, "AccessDenied", r)})
		at = at.Add(time.Minute)
	}
	return append(all, happening{a.ID, region, at, recordOf(a, who, action, region, at, "", r)})
}

func recordOf(a *Account, who *actor, action Action, region string, at time.Time, code string, r *rand.Rand) string {
	fault := ""
	if code != "" {
		fault = fmt.Sprintf(`"errorCode":"%s","errorMessage":"no",`, code)
	}
	return fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":%s,"eventTime":"%s","eventSource":"%s","eventName":"%s","awsRegion":"%s","sourceIPAddress":"203.0.113.%d",`+
		`"userAgent":"aws-cli/2.20",%s"requestParameters":null,"responseElements":null,"eventID":"%08x-%04x-4000-8000-%012x","readOnly":%t,"eventType":"AwsApiCall",`+
		`"managementEvent":true,"recipientAccountId":"%s","eventCategory":"Management"}`,
		who.identity, at.UTC().Format(time.RFC3339), action.Source, action.Name, region, 1+r.IntN(20), fault, r.Uint32(), r.Uint32N(1<<16), r.Uint64N(1<<48),
		cmp.Or(action.Name[0], 'x') == 'G', a.ID)
}
