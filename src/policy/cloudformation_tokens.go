package policy

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"
)

// accountPattern is an account id as CloudFormation gives it.
const accountPattern = "^[0-9]{12}$"

var accountForm = regexp.MustCompile(accountPattern)

// tokens is the plan with parameters in the place of names: the same statements then come out for whatever the parameters are given.
func (t *template) tokens() Plan {
	q := t.plan
	q.Partition, q.here = "${AWS::Partition}", "${AWS::AccountId}"
	q.Account = t.account("CallerAccount", "Account of the caller, where ct_anomaly runs", q.Account)
	q.Region = t.token("Region", "Region of Athena and DynamoDB", q.Region)
	q.Organization = t.token("OrganizationId", "The organization, which alone is let in", q.Organization)
	q.Principal = t.token("TrustedPrincipal", "ARN of the caller: the role or user that ct_anomaly runs as", q.Principal)
	if q.ExternalID != "" {
		t.parameters["ExternalId"] = parameter{Type: "String", Description: "The external id that ct_anomaly sends (role_external_id)", NoEcho: true, MinLength: 2}
		q.ExternalID = "${ExternalId}"
	}
	roles := map[Role]Role{}
	for _, r := range []struct {
		role *Role
		used bool
		name string
	}{{&q.Organizations, q.ListAccounts, "Accounts"}, {&q.IAM, q.Enrich, "Iam"}, {&q.Reader, true, "Logs"}} {
		if *r.role == (Role{}) || !r.used {
			continue
		}
		was := *r.role
		if _, ok := roles[was]; !ok {
			roles[was] = t.roleToken(r.name, was)
		}
		*r.role = roles[was]
	}
	t.bucketTokens("Trail", "the trail", &q.Trail)
	if q.Athena {
		t.bucketTokens("Results", "results of queries", &q.Results)
		q.Workgroup = t.token("Workgroup", "Athena workgroup", q.Workgroup)
		q.Database = t.database()
	}
	q.Queue = t.token("QueueArn", "ARN of the queue that tells of new log files", q.Queue)
	q.QueueKey = t.token("QueueKeyArn", "ARN of the KMS key of the queue", q.QueueKey)
	q.Table = t.token("TableName", "DynamoDB table of the baseline", q.Table)
	q.TableKey = t.token("TableKeyArn", "ARN of the KMS key of the table", q.TableKey)
	q.OldTable = t.token("OldTableName", "DynamoDB table of the older tool", q.OldTable)
	q.Topic = t.token("TopicArn", "ARN of the topic that anomalies are sent to", q.Topic)
	q.Namespace = t.token("MetricNamespace", "CloudWatch namespace that anomalies are counted in", q.Namespace)
	q.AlarmTopic = t.token("AlarmTopicArn", "ARN of the topic that the alarms tell", q.AlarmTopic)
	return q
}

// database stays as it is when it is default, which every policy names anyway.
func (t *template) database() string {
	if t.plan.Database == "default" {
		return "default"
	}
	return t.token("Database", "Database of the table", t.plan.Database)
}

func (t *template) bucketTokens(name, about string, b *Bucket) {
	if b.Region == t.plan.Region {
		b.Region = "${Region}"
	}
	b.Prefix = t.token(name+"Prefix", "What is above the objects in the bucket for "+about+", without slashes at its ends", b.Prefix)
	b.Name = t.token(name+"Bucket", "Bucket for "+about, b.Name)
	b.Key = t.token(name+"KeyArn", "ARN of the KMS key of the bucket for "+about, b.Key)
}

// roleToken keeps a role's path, which is no part of its name in a template.
func (t *template) roleToken(name string, r Role) Role {
	token := t.token(name+"RoleName", "Name of the role for "+strings.ToLower(name)+", without its path", path.Base(r.Name))
	if dir := path.Dir(r.Name); dir != "." {
		token = dir + "/" + token
	}
	if r.Account != Each {
		r.Account = t.account(name+"Account", "Account of the role for "+strings.ToLower(name), r.Account)
	}
	return Role{r.Account, token}
}

func (t *template) account(name, about, value string) string {
	token := t.token(name, about, value)
	if p, ok := t.parameters[name]; ok {
		p.AllowedPattern = accountPattern
		if !accountForm.MatchString(value) { // CloudFormation refuses a template whose default is not allowed
			p.Default = nil
		}
		t.parameters[name] = p
	}
	return token
}

// token makes a parameter of a value. What is empty stays so.
func (t *template) token(name, about, value string) string {
	if value == "" {
		return ""
	}
	t.parameter(name, about, value)
	return "${" + name + "}"
}

// parsed puts CloudFormation's functions where strings hold ${Name}.
func parsed(v any) any {
	var plain any
	if json.Unmarshal(flat(v), &plain) != nil {
		return nil
	}
	return substituted(plain)
}

// flat is a part of the template as JSON: of strings, numbers and maps of them, which always can be.
func flat(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return text
}

func substituted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			v[key] = substituted(one)
		}
	case []any:
		for i, one := range v {
			v[i] = substituted(one)
		}
	case string:
		name, whole := strings.CutPrefix(v, "${")
		if name, ends := strings.CutSuffix(name, "}"); whole && ends && !strings.Contains(name, "${") {
			return ref(name)
		}
		if strings.Contains(v, "${") {
			return map[string]any{"Fn::Sub": v}
		}
	}
	return v
}
