package policy

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// ErrNothing says that a purpose needs no permission, so that there is no template.
var ErrNothing = errors.New("no permission is needed")

// CloudFormation prints what a purpose needs as a template that fits every account of the organization: as a stack or a StackSet, each account gets
// what is meant for it. For a run it makes the roles; for setup and teardown it gives them, while such a stack stands, the permissions for
// that. Names and accounts are parameters whose defaults are the plan's; the external id has none. It ends with a newline.
func CloudFormation(p Plan, purpose Purpose) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	t := template{plan: p.filled(), purpose: purpose, parameters: map[string]parameter{}, conditions: map[string]any{}, resources: map[string]any{}}
	q := t.tokens()
	for _, i := range Identities(q, purpose) {
		if i.Role == (Role{}) {
			t.caller(i)
		} else {
			t.role(i)
		}
	}
	if purpose == Run {
		t.resultsBucket(ResourcesOf(q), q)
	}
	if len(t.resources) == 0 {
		return nil, fmt.Errorf("a template for %s: %w", purpose, ErrNothing)
	}
	return pretty(t.body())
}

// template gathers the parts of a template. Its strings may hold ${Name} where CloudFormation is to put a parameter.
type template struct {
	plan       Plan
	purpose    Purpose
	parameters map[string]parameter
	conditions map[string]any
	resources  map[string]any
}

type parameter struct {
	Type           string
	Description    string
	Default        *string  `json:",omitempty"`
	AllowedValues  []string `json:",omitempty"`
	AllowedPattern string   `json:",omitempty"`
	NoEcho         bool     `json:",omitempty"`
	MinLength      int      `json:",omitempty"`
}

type resource struct {
	Type                string
	Condition           string `json:",omitempty"`
	DeletionPolicy      string `json:",omitempty"`
	UpdateReplacePolicy string `json:",omitempty"`
	Properties          any
}

// maximumSession is that of the roles' sessions in seconds: one session renewed is asked for each hour.
const maximumSession = 3600

// role makes a role with its permissions in its account, or in each; for setup and teardown it adds a policy to it.
func (t *template) role(i Identity) {
	condition := ""
	if i.Role.Account != Each {
		condition = "In" + logical(i.Who) + "Account"
		t.only(condition, i.Role.Account)
	}
	name := path.Base(i.Role.Name)
	if t.purpose != Run {
		t.resources[logical(i.Who)+"Policy"] = resource{Type: "AWS::IAM::ManagedPolicy", Condition: condition, Properties: map[string]any{
			"Description": "ct_anomaly, for " + string(t.purpose), "Roles": []any{name}, "PolicyDocument": policyOf(i.Permissions),
		}}
		return
	}
	if _, made := t.resources["CallerRole"]; made { // a trust policy can't name a role that is not there yet: so it is made first
		i.Trust[0].Principal = map[string]any{"AWS": map[string]any{"Fn::If": []any{
			"MakeCaller", map[string]any{"Fn::GetAtt": []any{"CallerRole", "Arn"}}, ref("TrustedPrincipal")}}}
	}
	t.resources[logical(i.Who)+"Role"] = resource{Type: "AWS::IAM::Role", Condition: condition, Properties: map[string]any{
		"RoleName": name, "Path": pathOf(i.Role.Name), "MaxSessionDuration": maximumSession,
		"Description":              "ct_anomaly: " + strings.ReplaceAll(i.Who, "+", ", "),
		"AssumeRolePolicyDocument": policyOf(i.Trust),
		"Policies":                 []any{map[string]any{"PolicyName": "ct_anomaly", "PolicyDocument": policyOf(i.Permissions)}},
	}}
}

// only is a condition that holds in one account.
func (t *template) only(name, account string) {
	t.conditions[name] = map[string]any{"Fn::Equals": []any{ref("AWS::AccountId"), parsed(account)}}
}

// body is the whole template.
func (t *template) body() any {
	resources := parsed(t.resources)
	text := string(flat(resources)) + string(flat(t.conditions))
	maps.DeleteFunc(t.parameters, func(name string, _ parameter) bool {
		return !strings.Contains(text, "${"+name+"}") && !strings.Contains(text, `"Ref":"`+name+`"`)
	})
	about := "ct_anomaly, for " + string(t.purpose) + ". Each account gets what is meant for it. Its IAM resources are global: deploy it in one region, " +
		"with CAPABILITY_NAMED_IAM. A service-managed StackSet leaves out the management account, which needs a stack of its own."
	if Unbound(t.plan, t.purpose) {
		about += " The organization was not known, so nothing is bound to it by aws:ResourceOrgID and aws:PrincipalOrgID: unless the account is in none, print this again with organization_id."
	}
	b := map[string]any{"AWSTemplateFormatVersion": "2010-09-09", "Description": about, "Parameters": t.parameters, "Resources": resources}
	if len(t.conditions) > 0 {
		b["Conditions"] = t.conditions
	}
	return b
}

// logical makes a logical id: accounts+logs is AccountsLogs.
func logical(who string) string {
	id := ""
	for part := range strings.SplitSeq(who, "+") {
		id += strings.ToUpper(part[:1]) + part[1:]
	}
	return id
}

// lastPart splits arn:aws:iam::111122223333:role/path/name into role and path/name.
func lastPart(arn string) (kind, name string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "", ""
	}
	kind, name, _ = strings.Cut(parts[5], "/")
	if name == "" {
		return "", ""
	}
	return kind, name
}

// pathOf is IAM's path of a role's name: / or /security/
func pathOf(name string) string {
	if dir := path.Dir(name); dir != "." {
		return "/" + dir + "/"
	}
	return "/"
}

func (t *template) parameter(name, about, value string) {
	p := parameter{Type: "String", Description: about, Default: ptr(value)}
	if slices.Contains([]string{UnknownAccount, UnknownRegion, UnknownBucket}, value) {
		p.Default, p.MinLength = nil, 1
	}
	t.parameters[name] = p
}

func ref(name string) map[string]any { return map[string]any{"Ref": name} }

func ptr(s string) *string { return &s }
