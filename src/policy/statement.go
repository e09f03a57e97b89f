package policy

import "slices"

// A Statement is one of a policy. Its Sid says what it is for.
type Statement struct {
	Sid       string
	Effect    string
	Principal any `json:",omitempty"` // in resource policies and trust policies: "*", or a map from kind to names
	Action    []string
	Resource  []string  `json:",omitempty"`
	Condition Condition `json:",omitempty"`
}

// A Condition maps operators to keys, and these to values.
type Condition map[string]map[string][]string

// A Policy is a document as IAM takes it.
type Policy struct {
	Version   string
	Statement []Statement
}

func policyOf(statements []Statement) *Policy {
	if len(statements) == 0 {
		return nil
	}
	return &Policy{Version: "2012-10-17", Statement: statements}
}

func allow(sid string, actions []string, resources ...string) Statement {
	return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

// when adds a condition; one on nothing is left out.
func (s Statement) when(operator, key string, values ...string) Statement {
	if slices.Contains(values, "") {
		return s
	}
	more := Condition{}
	for o, keys := range s.Condition {
		more[o] = map[string][]string{}
		for k, v := range keys {
			more[o][k] = v
		}
	}
	if more[operator] == nil {
		more[operator] = map[string][]string{}
	}
	more[operator][key] = values
	s.Condition = more
	return s
}

// ours keeps a statement to what the organization owns, where that is known: a name that somebody else took is then of no use to them.
func (p *Plan) ours(s Statement) Statement {
	return s.when("StringEquals", "aws:ResourceOrgID", p.Organization)
}

// throughKMS lets a key be used by way of one service only.
func (p *Plan) throughKMS(sid, key, service, region string, actions ...string) []Statement {
	if key == "" {
		return nil
	}
	return []Statement{allow(sid, actions, key).when("StringEquals", "kms:ViaService", p.host(service, region))}
}
