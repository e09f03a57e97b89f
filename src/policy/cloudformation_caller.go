package policy

import (
	"path"
	"strconv"
)

// caller gives the caller's role or user its permissions, in its account alone. Where it is an instance's, the role and its profile can be made too.
func (t *template) caller(i Identity) {
	if len(i.Permissions) == 0 {
		return
	}
	t.only("InCallerAccount", "${CallerAccount}")
	kind, name := lastPart(t.plan.Principal)
	of, who := "", []any{"${CallerName}"}
	switch kind {
	case "user":
		of = "Users"
	case "role":
		of = "Roles"
	}
	if of != "" {
		t.parameter("CallerName", "Name of the caller's "+kind+", without its path", path.Base(name))
	}
	if kind == "role" && t.plan.InstanceProfile != "" && t.purpose == Run {
		t.instanceProfile(i, name)
		who = []any{map[string]any{"Fn::If": []any{"MakeCaller", ref("CallerRole"), ref("CallerName")}}}
	}
	named := Identities(t.plan, t.purpose)[0].Permissions
	for n, id := 1, "CallerPolicy"; len(named) > 0; n, id = n+1, "CallerPolicy"+strconv.Itoa(n+1) {
		some := fit(named)
		properties := map[string]any{
			"Description":    "ct_anomaly, for " + string(t.purpose) + ": what the caller itself may do",
			"PolicyDocument": policyOf(i.Permissions[:some]),
		}
		if of != "" {
			properties[of] = who
		}
		t.resources[id] = resource{Type: "AWS::IAM::ManagedPolicy", Condition: "InCallerAccount", Properties: properties}
		named, i.Permissions = named[some:], i.Permissions[some:]
	}
}

// mostPolicy is how many characters a managed policy may have (IAM User Guide, "IAM and AWS STS quotas": 6,144), less what names may be longer than
// those of the plan where the template is deployed.
const mostPolicy = 5600

// fit is how many of the first statements a managed policy has room for, at least one.
func fit(statements []Statement) int {
	n := 1
	for n < len(statements) && len(flat(policyOf(statements[:n+1]))) <= mostPolicy {
		n++
	}
	return n
}

func (t *template) instanceProfile(i Identity, name string) {
	t.parameters["MakeCallerRole"] = parameter{
		Type: "String", Description: "true makes the caller's role and its instance profile; false uses those that are there",
		Default: ptr("false"), AllowedValues: []string{"true", "false"},
	}
	t.parameter("CallerInstanceProfile", "Name of the instance profile, where it is made", t.plan.InstanceProfile)
	t.conditions["MakeCaller"] = map[string]any{"Fn::And": []any{
		map[string]any{"Condition": "InCallerAccount"}, map[string]any{"Fn::Equals": []any{ref("MakeCallerRole"), "true"}},
	}}
	t.resources["CallerRole"] = resource{Type: "AWS::IAM::Role", Condition: "MakeCaller", Properties: map[string]any{
		"RoleName": "${CallerName}", "Path": pathOf(name), "Description": "ct_anomaly: the instance that runs it", "AssumeRolePolicyDocument": policyOf(i.Trust),
	}}
	t.resources["CallerProfile"] = resource{Type: "AWS::IAM::InstanceProfile", Condition: "MakeCaller", Properties: map[string]any{
		"InstanceProfileName": "${CallerInstanceProfile}", "Roles": []any{ref("CallerRole")},
	}}
}
