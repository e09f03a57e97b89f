package trust

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// assuming are the actions by which a role is taken on. sts:TagSession and sts:SetSourceIdentity alone let nobody in.
var assuming = [...]string{"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"}

// A policy is a trust policy: IAM JSON, of which one may be written where many may.
type policy struct {
	Statement several[statement]
}

type statement struct {
	Effect       string
	Action       several[string]
	NotAction    several[string]
	Principal    trusted
	NotPrincipal trusted
	Condition    map[string]json.RawMessage
}

// trusted are principals by their kind.
type trusted map[string]several[string]

// several is a list that is written without brackets when it has one member.
type several[T any] []T

func (s *several[T]) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]T)(s))
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*s = several[T]{one}
	return nil
}

// UnmarshalJSON reads "*" as IAM does: {"AWS": "*"}.
func (t *trusted) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var everyone string
		if err := json.Unmarshal(data, &everyone); err != nil {
			return err
		}
		*t = trusted{AWS: {everyone}}
		return nil
	}
	return json.Unmarshal(data, (*map[string]several[string])(t))
}

// principals reads from a trust policy, percent-encoded as IAM gives it, who may assume the role, by kind. Conditions narrow this further
// and are not weighed. A denial takes away what it names without a condition; Allow with NotPrincipal is everyone. What is no policy
// has no principals.
func principals(document string) map[string][]string {
	var p policy
	plain, err := url.PathUnescape(document)
	if err != nil || json.Unmarshal([]byte(plain), &p) != nil {
		return nil
	}
	who := map[string][]string{}
	for _, s := range p.Statement {
		if s.Effect != "Allow" {
			continue
		}
		if len(s.NotPrincipal) > 0 {
			s.Principal = trusted{AWS: {"*"}}
		}
		for kind, names := range s.Principal {
			for _, name := range names {
				if p.lets(&s, kind, name) && name != "" && !slices.Contains(who[kind], name) {
					who[kind] = append(who[kind], name)
				}
			}
		}
	}
	return who
}

// lets tells whether a principal that a statement allows can assume the role by one of its actions.
func (p *policy) lets(allow *statement, kind, name string) bool {
	return slices.ContainsFunc(assuming[:], func(action string) bool {
		return allow.covers(action) && !slices.ContainsFunc(p.Statement, func(s statement) bool {
			return s.Effect == "Deny" && len(s.Condition) == 0 && s.covers(action) &&
				(slices.Contains(s.Principal[kind], name) || slices.Contains(s.Principal[AWS], "*"))
		})
	})
}

func (s *statement) covers(action string) bool {
	if len(s.NotAction) > 0 {
		return !slices.ContainsFunc(s.NotAction, func(pattern string) bool { return fits(strings.ToLower(pattern), action) })
	}
	return slices.ContainsFunc(s.Action, func(pattern string) bool { return fits(strings.ToLower(pattern), action) })
}

// fits matches IAM's patterns: * is any text, ? one character.
func fits(pattern, s string) bool {
	star, from, i := -1, 0, 0
	for j := 0; j < len(s); {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, from = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]):
			i, j = i+1, j+1
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}
