package dynamodb

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"cloudtrail_anomaly/src/discern"
)

type attributes = map[string]types.AttributeValue

// The attributes of a holder's item. Times are Unix seconds, absent where there is none.
const (
	attrRoleID      = "RoleId"
	attrAction      = "Action"
	attrTTL         = "TTL"
	attrFirstSeen   = "FirstSeen"
	attrLastSeen    = "LastSeen"
	attrFirstOK     = "FirstOK"
	attrFirstDenied = "FirstDenied"
	attrUntil       = "Until" // of an adopted item that was written again, or imported
	attrLongRoleID  = "LongRoleId"
	attrLongAction  = "LongAction"
)

// afterForgotten is how long, in seconds, what was forgotten stays in the table, so that its return is seen as one.
const afterForgotten = 365 * discern.Day

// forever is until when an older tool's item without a TTL is known: such an item was put there by hand, to stay.
const forever = 1<<32 - 1

func text(s string) types.AttributeValue  { return &types.AttributeValueMemberS{Value: s} }
func bytes(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }
func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func textOf(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberB:
		return string(v.Value)
	}
	return ""
}

func numberOf(v types.AttributeValue) (n int64, ok bool) {
	s, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return 0, false
	}
	whole, _, _ := strings.Cut(s.Value, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	return n, err == nil
}

func keyed(partition, sort string) attributes {
	return attributes{attrRoleID: text(partition), attrAction: text(sort)}
}

func keyOf(h discern.Holder, action string) attributes {
	p, _ := partition(h)
	a, _ := sortKey(action)
	return keyed(p, a)
}

// item is what is written of a holder's action.
func (s *Store) item(h discern.Holder, action string, k discern.Known) attributes {
	p, wholeID := partition(h)
	a, wholeAction := sortKey(action)
	it := keyed(p, a)
	if !wholeID {
		it[attrLongRoleID] = bytes([]byte(h.ID))
	}
	if !wholeAction {
		it[attrLongAction] = bytes([]byte(action))
	}
	for _, f := range fields(k) {
		if f.time != 0 {
			it[f.attr] = number(f.time)
		}
	}
	switch h.Kind {
	case discern.Principal, discern.Rule, discern.Instance:
		it[attrTTL] = number(max(k.LastSeen+s.span(), k.Until) + afterForgotten)
	}
	return it
}

type field struct {
	attr string
	time int64
}

func fields(k discern.Known) [5]field {
	return [...]field{{attrFirstSeen, k.FirstSeen}, {attrLastSeen, k.LastSeen}, {attrFirstOK, k.FirstOK}, {attrFirstDenied, k.FirstDenied}, {attrUntil, k.Until}}
}

// known is what an item says. One that has only a TTL is an older tool's.
func known(it attributes) discern.Known {
	at := func(attr string) int64 { n, _ := numberOf(it[attr]); return n }
	k := discern.Known{FirstSeen: at(attrFirstSeen), LastSeen: at(attrLastSeen), FirstOK: at(attrFirstOK), FirstDenied: at(attrFirstDenied), Until: at(attrUntil)}
	if k == (discern.Known{}) {
		ttl, ok := numberOf(it[attrTTL])
		if !ok || ttl <= 0 {
			ttl = forever
		}
		k.Until = ttl
	}
	return k
}

// untouched tells whether an item of a pair is as an older tool left it.
func untouched(it attributes) bool {
	return known(it) == discern.Known{Until: known(it).Until} && it[attrUntil] == nil
}

// A condition is an expression with what stands behind its names.
type condition struct {
	expression string
	names      map[string]string
	values     attributes
}

// unchanged is the condition that an item still is as it was read. Every name is aliased: Action, TTL and others are reserved words. Of an older
// tool's item the TTL is not compared: only that tool moves it, and forward.
func unchanged(was discern.Known) condition {
	if was == (discern.Known{}) {
		return condition{"attribute_not_exists(#RoleId)", map[string]string{"#RoleId": attrRoleID}, nil}
	}
	c := condition{names: map[string]string{"#RoleId": attrRoleID}, values: attributes{}}
	terms := []string{"attribute_exists(#RoleId)"}
	adopted := was == discern.Known{Until: was.Until}
	for _, f := range fields(was) {
		name, value := "#"+f.attr, ":"+f.attr
		c.names[name] = f.attr
		term := "attribute_not_exists(" + name + ")"
		switch {
		case f.time != 0 && adopted:
			term = "(" + term + " OR " + name + " = " + value + ")"
			c.values[value] = number(f.time)
		case f.time != 0:
			term = name + " = " + value
			c.values[value] = number(f.time)
		}
		terms = append(terms, term)
	}
	c.expression = strings.Join(terms, " AND ")
	return c
}

// aliases is a projection of attributes, and the names it needs.
func aliases(attrs ...string) (names map[string]string, list string) {
	names = map[string]string{}
	aliased := make([]string, len(attrs))
	for i, a := range attrs {
		aliased[i] = "#" + a
		names[aliased[i]] = a
	}
	return names, strings.Join(aliased, ", ")
}
