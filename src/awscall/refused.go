package awscall

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Refused says that AWS did not let a call through: who called, for which permission, on what. It wraps the SDK's error.
type Refused struct {
	Role     string // ARN of the role assumed; without one the ARN of the caller, or "the base credentials" where that is not known
	Action   string // IAM's name: s3:ListBucket; several are joined by ", "
	Resource string // its ARN, or "*"; several are joined by ", "
	Reason   string // AWS's own, where it gave one: "no identity-based policy allows the s3:ListBucket action"
	Err      error

	externalID bool // one was sent, where the call was AssumeRole
}

func (r *Refused) Unwrap() error { return r.Err }

// Error names role, action and resource, and the statement that is missing.
func (r *Refused) Error() string {
	if r.Action == assumeRole {
		return r.assuming()
	}
	said := fmt.Sprintf("%s is refused %s on %s", r.Role, r.Action, r.Resource)
	if r.Reason != "" {
		said += " (" + r.Reason + ")"
	}
	switch r.Action {
	case lakeFormation:
		return said + ": Lake Formation governs the data; grant the role SELECT and DESCRIBE on the table there, and " + r.statement() + " in its policy"
	case "s3:GetObject":
		return said + ": its policy needs " + r.statement() + "; without s3:ListBucket on the bucket, an object that is not there is refused too"
	}
	if strings.HasPrefix(r.Action, "kms:") {
		return said + ": the data is encrypted with that key; the role's policy needs " + r.statement() + " and the key's policy must let the role's account use it"
	}
	return said + ": its policy needs " + r.statement() + ", and no service control policy, boundary or policy of the resource may deny it"
}

const (
	assumeRole    = "sts:AssumeRole"
	lakeFormation = "lakeformation:GetDataAccess"
)

func (r *Refused) assuming() string {
	external := "wants an external id (none was sent; see role_external_id)"
	if r.externalID {
		external = "wants another external id than the one sent (see role_external_id)"
	}
	return fmt.Sprintf("%s is refused %s on %s: either its policy lacks %s, or the trust policy of that role does not name the caller or %s, or there is no such role",
		r.Role, r.Action, r.Resource, r.statement(), external)
}

// statement is the one that would let the call through. Objects are allowed by the bucket, not one by one.
func (r *Refused) statement() string {
	resource := r.Resource
	if at := strings.Index(resource, ":s3:::"); at > 0 {
		if bucket, _, ok := strings.Cut(resource, "/"); ok {
			resource = bucket + "/*"
		}
	}
	s := struct {
		Effect           string
		Action, Resource any
	}{"Allow", oneOrAll(r.Action), oneOrAll(resource)}
	text, err := json.Marshal(s)
	if err != nil {
		return r.Action
	}
	return string(text)
}

func oneOrAll(joined string) any {
	if all := strings.Split(joined, ", "); len(all) > 1 {
		return all
	}
	return joined
}
