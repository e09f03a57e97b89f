package sns

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"cloudtrail_anomaly/src/discern"
)

// A message is what is published of a principal.
type message struct {
	ids         []string // of the anomalies it tells
	subject     string
	body        []byte
	attributes  map[string]types.MessageAttributeValue
	group, once string // of a FIFO topic
}

// mostBody bounds a message's body, so that there is room for its attributes.
const mostBody = 240 << 10

// size is what SNS counts: the body, and names, types and values of the attributes.
func (m *message) size() int {
	n := len(m.body)
	for name, v := range m.attributes {
		n += len(name) + len(aws.ToString(v.DataType)) + len(aws.ToString(v.StringValue))
	}
	return n
}

// A body is the message's JSON. The first three fields are Netflix's, with their meaning.
type body struct {
	Actions string `json:"actions"` // eventSource:eventName, sorted, joined by commas
	Role    string `json:"role"`    // the name of the role, or of whoever acted
	Account string `json:"account"`

	AccountName     string   `json:"account_name,omitempty"`
	AccountOwner    string   `json:"account_owner,omitempty"`
	BusinessUnit    string   `json:"business_unit,omitempty"`
	PrincipalID     string   `json:"principal_id"`
	PrincipalType   string   `json:"principal_type,omitempty"`
	PrincipalARN    string   `json:"principal_arn,omitempty"`
	AssociationType string   `json:"association_type,omitempty"`
	AssociatedWith  []string `json:"associated_with,omitempty"`
	Severity        string   `json:"severity,omitempty"` // the highest
	AnomalyTypes    []string `json:"anomaly_types"`
	Rules           []string `json:"rules,omitempty"`
	Mode            string   `json:"mode"`
	RunID           string   `json:"run_id,omitempty"`
	FirstTime       string   `json:"first_time"`
	LastTime        string   `json:"last_time"`
	Count           int      `json:"count"` // of anomalies
	Anomalies       []short  `json:"anomalies"`
	LeftOut         int      `json:"anomalies_left_out,omitempty"` // for want of room
}

// A short is what a message says of one anomaly; the index has the rest.
type short struct {
	AnomalyID       string   `json:"anomaly_id"`
	AnomalyType     string   `json:"anomaly_type"`
	Rule            string   `json:"rule,omitempty"`
	Action          string   `json:"action,omitempty"`
	Outcome         string   `json:"outcome"`
	Severity        string   `json:"severity,omitempty"`
	Reason          string   `json:"reason"`
	FirstTime       string   `json:"first_time"`
	SourceIPAddress []string `json:"sourceIPAddress,omitempty"`
	AWSRegion       []string `json:"awsRegion,omitempty"`
	Learning        bool     `json:"learning"`
}

// severities from the highest down.
var severities = []string{"critical", "high", "medium", "low", "informational"}

func rank(severity string) int {
	if at := slices.Index(severities, severity); at >= 0 {
		return at
	}
	return len(severities)
}

// pack makes the messages of events, in the order in which their principals first come. Those that can't be read are given back by id.
func pack(events []discern.Pending) (messages []message, unread []string) {
	type whose struct{ account, principal string }
	of := map[whose][]discern.Event{}
	var order []whose
	for _, p := range events {
		var e discern.Event
		if err := json.Unmarshal(p.Event, &e); err != nil || e.AnomalyID != p.ID {
			unread = append(unread, p.ID)
			continue
		}
		if e.Suppressed {
			continue
		}
		who := whose{e.AccountID, e.PrincipalID}
		if of[who] == nil {
			order = append(order, who)
		}
		of[who] = append(of[who], e)
	}
	for _, who := range order {
		messages = append(messages, tell(of[who])...)
	}
	return messages, unread
}

// tell makes one message of a principal's events, or several where the names of its actions alone would not find room in one.
func tell(events []discern.Event) []message {
	slices.SortStableFunc(events, func(a, b discern.Event) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), strings.Compare(a.FirstTime, b.FirstTime), strings.Compare(a.AnomalyID, b.AnomalyID))
	})
	b := bodyOf(events)
	text := b.text()
	for len(text) > mostBody && len(b.Anomalies) > 0 {
		keep := len(b.Anomalies) * mostBody / (len(text) + 1) // fewer each time
		b.LeftOut += len(b.Anomalies) - keep
		b.Anomalies = b.Anomalies[:keep]
		text = b.text()
	}
	if half := len(events) / 2; len(text) > mostBody && half > 0 {
		return append(tell(events[:half]), tell(events[half:])...)
	}
	m := message{body: text, subject: subject(b), group: digest(b.Account, b.PrincipalID)}
	for _, e := range events {
		m.ids = append(m.ids, e.AnomalyID)
	}
	m.once = digest(slices.Sorted(slices.Values(m.ids))...)
	m.attributes = attributes(b)
	return []message{m}
}

func bodyOf(events []discern.Event) *body {
	e := &events[0]
	b := &body{
		Role: cmp.Or(e.PrincipalName, e.PrincipalID), Account: e.AccountID, AccountName: e.AccountName, AccountOwner: e.AccountOwner, BusinessUnit: e.BusinessUnit,
		PrincipalID: e.PrincipalID, PrincipalType: e.PrincipalType, PrincipalARN: e.PrincipalARN, Severity: e.Severity, Mode: e.Mode, RunID: e.RunID,
		FirstTime: e.FirstTime, LastTime: e.LastTime, Count: len(events),
	}
	var actions []string
	for i := range events {
		e := &events[i]
		actions = with(actions, e.Action)
		if e.Mode == discern.ModeLive { // else a filter for what is live would leave it out
			b.Mode = e.Mode
		}
		b.AnomalyTypes, b.Rules = with(b.AnomalyTypes, e.AnomalyType), with(b.Rules, e.Rule)
		b.FirstTime, b.LastTime = min(b.FirstTime, e.FirstTime), max(b.LastTime, e.LastTime)
		if b.AssociationType == "" {
			b.AssociationType, b.AssociatedWith = e.AssociationType, e.AssociatedWith
		}
		b.Anomalies = append(b.Anomalies, short{e.AnomalyID, e.AnomalyType, e.Rule, e.Action, e.Outcome, e.Severity, e.Reason, e.FirstTime, e.SourceIPAddress, e.AWSRegion, e.Learning})
	}
	slices.Sort(actions)
	slices.Sort(b.AnomalyTypes)
	slices.Sort(b.Rules)
	b.Actions = strings.Join(actions, ",")
	return b
}

func with(all []string, one string) []string {
	if one == "" || slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

func (b *body) text() []byte {
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // it holds texts and numbers alone
	}
	return text
}

// attributes are what a subscription's filter policy can ask for. SNS takes no empty ones.
func attributes(b *body) map[string]types.MessageAttributeValue {
	kinds, _ := json.Marshal(b.AnomalyTypes)
	all := map[string]types.MessageAttributeValue{"type": {DataType: aws.String("String.Array"), StringValue: aws.String(string(kinds))}}
	for name, value := range map[string]string{"severity": b.Severity, "account": b.Account, "mode": b.Mode, "role": b.Role} {
		if value = plain(value, 256); value != "" {
			all[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
		}
	}
	return all
}

// subject is that of an e-mail: at most 100 characters of ASCII, in one line.
func subject(b *body) string {
	where := b.Account
	if b.AccountName != "" {
		where += " (" + b.AccountName + ")"
	}
	what := fmt.Sprintf("%d anomalies", b.Count)
	if b.Count == 1 {
		what = "1 anomaly"
	}
	return plain(strings.TrimSpace(strings.TrimSpace(b.Severity+" CloudTrail: "+what)+" of "+b.Role+" in "+where), 100)
}

// plain keeps what an attacker named from steering a mail, and cuts it.
func plain(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return text[:min(len(text), most)]
}

// digest is short, and of the characters that a FIFO topic takes.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return hex.EncodeToString(sum[:16])
}
