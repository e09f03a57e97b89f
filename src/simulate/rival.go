package simulate

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"
)

// A Rival is what an older tool does, reduced to what decides whether it loses something: which records it asks for, and that it notes a pair as known
// before it tells of it. What else is wrong with those tools is left out, and of faults it meets only those that its host and AWS are to blame for.
type Rival struct {
	Name  string
	Today bool // it reads the folder of the current day alone
	Alone bool // the failure of one account ends the run
}

// Rivals are those whose code was read: Netflix-Skunkworks/cloudtrail-anomaly at 80b4046, and yogisec/cloudtrail-anomaly-serverless at a544985. Each asks once
// an hour for the records whose eventTime lies in the last hour.
func Rivals() []Rival {
	return []Rival{{Name: "netflix", Alone: true}, {Name: "jellyparks", Today: true}}
}

// A Sight is what a rival told of: its words for a pair are its own.
type Sight struct {
	Account, Principal, Action string
	At                         time.Time // of the record
}

// sighted are the members of a record that rivals look at.
type sighted struct {
	EventTime          time.Time `json:"eventTime"`
	EventSource        string    `json:"eventSource"`
	EventName          string    `json:"eventName"`
	RecipientAccountID string    `json:"recipientAccountId"`
	UserIdentity       struct {
		Type           string `json:"type"`
		SessionContext struct {
			SessionIssuer struct {
				PrincipalID string `json:"principalId"`
			} `json:"sessionIssuer"`
		} `json:"sessionContext"`
	} `json:"userIdentity"`
}

// Watch has a rival run once an hour over the world, disturbed as seldom or often as the collectors of the seed's own simulation: its process is killed,
// or an account's part of the bucket can't be reached. It gives what was told.
func (t Rival) Watch(w *World) (told []Sight) {
	r := rand.New(rand.NewPCG(w.Seed, 3))
	known := map[Sight]time.Time{}
	sights := w.ofRoles()
	for now := w.Installed; now.Before(w.End); now = now.Add(time.Hour) {
		dies, without := -1, ""
		if now.Before(w.Quiet) && r.Float64() < w.Trouble {
			if dies = r.IntN(8); r.IntN(2) == 0 {
				dies, without = -1, w.Accounts[r.IntN(len(w.Accounts))].ID
			}
		}
		steps := 0
		alive := func() bool { steps++; return dies < 0 || steps <= dies }
		for _, m := range Members(w.Accounts, now) {
			if m.ID == without && t.Alone {
				break
			}
			if m.ID == without {
				continue
			}
			for _, s := range w.lastHour(sights, m.ID, now, t.Today) {
				pair := s
				pair.At = time.Time{}
				until, there := known[pair]
				if known[pair] = now.Add(ForgetDays * day); there && now.Before(until) || !alive() { // noted, and then told
					continue
				}
				told = append(told, s)
			}
			if dies >= 0 && !alive() {
				break
			}
		}
	}
	return told
}

// ofRoles are, by delivery, the sights of roles.
func (w *World) ofRoles() [][]Sight {
	all := make([][]Sight, len(w.Deliveries))
	for i, d := range w.Deliveries {
		for _, text := range d.Records {
			var r sighted
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				panic(err)
			}
			if r.UserIdentity.Type == "AssumedRole" {
				all[i] = append(all[i], Sight{r.RecipientAccountID, r.UserIdentity.SessionContext.SessionIssuer.PrincipalID, r.EventSource + ":" + r.EventName, r.EventTime})
			}
		}
	}
	return all
}

// lastHour are the sights in an account's records of the last hour that are in the bucket, or in today's folders of it.
func (w *World) lastHour(sights [][]Sight, account string, now time.Time, today bool) (some []Sight) {
	for i, d := range w.Deliveries {
		if d.Visible.After(now) {
			break
		}
		if d.Account != account || today && !strings.Contains(d.Key, now.UTC().Format("/2006/01/02/")) {
			continue
		}
		for _, s := range sights[i] {
			if s.At.After(now.Add(-time.Hour)) {
				some = append(some, s)
			}
		}
	}
	return some
}
