package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// document is what JSON prints: one part for each thing that takes a policy.
type document struct {
	Purpose    Purpose
	Identities []printed
	Resources  *resources `json:",omitempty"`
}

type printed struct {
	Identity         string
	ARN              string  `json:",omitempty"`
	PermissionPolicy *Policy `json:",omitempty"`
	TrustPolicy      *Policy `json:",omitempty"`
}

type resources struct {
	TrailBucketStatements  []Statement `json:",omitempty"`
	TrailKeyStatements     []Statement `json:",omitempty"`
	ResultsBucketPolicy    *Policy     `json:",omitempty"`
	ResultsBucketLifecycle *Lifecycle  `json:",omitempty"`
}

// JSON prints what a purpose needs as one object: for each identity its permission policy and trust policy, as IAM takes them, and for a
// run the policies of buckets and keys. It ends with a newline.
func JSON(p Plan, purpose Purpose) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	d := document{Purpose: purpose, Identities: []printed{}}
	for _, i := range Identities(p, purpose) {
		d.Identities = append(d.Identities, printed{i.Who, i.ARN, policyOf(i.Permissions), policyOf(i.Trust)})
	}
	if r := ResourcesOf(p); purpose == Run && (len(r.TrailBucket) > 0 || len(r.ResultsBucket) > 0) {
		d.Resources = &resources{r.TrailBucket, r.TrailKey, policyOf(r.ResultsBucket), r.ResultsLifecycle}
	}
	return pretty(d)
}

// Unbound tells whether the organization is not known, and conditions on it are missing for that.
func Unbound(p Plan, purpose Purpose) bool {
	known := p
	known.Organization = "o-aaaaaaaaaa"
	without, err := JSON(p, purpose)
	with, other := JSON(known, purpose)
	return p.Organization == "" && errors.Join(err, other) == nil && !bytes.Equal(without, with)
}

func pretty(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write the policy as JSON: %w", err)
	}
	return out.Bytes(), nil
}
