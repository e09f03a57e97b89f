package trust

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// What kind of principal a role trusts, in the words of a trust policy. A role that trusts several kinds is told by the first of
// them in this order, which is jellyparks' own; a kind that AWS adds comes last.
const (
	Service   = "Service"
	Federated = "Federated"
	AWS       = "AWS" // accounts, their roles and users, and everyone ("*")
	Canonical = "CanonicalUser"
)

var kinds = []string{Service, Federated, AWS, Canonical}

// Severities in jellyparks' words.
const (
	High          = "High"
	Medium        = "Medium"
	Informational = "Informational"
)

// fewActions is how many new actions jellyparks takes for noise: fewer are told as Informational.
const fewActions = 5

// Bounds of what is told of a trust policy.
const (
	mostAssociated = 5
	longest        = 256 // bytes of one principal
)

// A Role is what IAM says of a role.
type Role struct {
	ID              string   // AROA…
	Created         int64    // Unix seconds
	AssociationType string   // the kind of principal it trusts; "" where nobody may assume it or the policy could not be read
	AssociatedWith  []string // the principals it trusts, distinct, sorted, at most 5
	LeftOut         int      // how many more there are
	LegacySeverity  string   // jellyparks' severity by the trust alone; see SeverityOf
}

// SeverityOf is jellyparks' severity of an anomaly with so many new actions of a role. Fewer than five made it Informational whatever
// the trust, which let careful attackers through: a legacy behaviour, kept for those who compare.
func (r Role) SeverityOf(newActions int) string {
	if newActions < fewActions {
		return Informational
	}
	return r.LegacySeverity
}

// role reads IAM's answer.
func (r *Room) role(from *types.Role) Role {
	role := Role{LegacySeverity: Informational}
	if from == nil {
		return role
	}
	role.ID = text(from.RoleId)
	if from.CreateDate != nil {
		role.Created = from.CreateDate.Unix()
	}
	trusted := principals(text(from.AssumeRolePolicyDocument))
	for _, kind := range slices.Concat(kinds, slices.Sorted(maps.Keys(trusted))) {
		if len(trusted[kind]) > 0 {
			role.AssociationType = bounded(kind)
			role.LegacySeverity = r.severity(kind, trusted[kind])
			break
		}
	}
	var all []string
	for _, names := range trusted {
		all = append(all, names...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	role.LeftOut = max(0, len(all)-mostAssociated)
	for _, name := range all[:len(all)-role.LeftOut] {
		role.AssociatedWith = append(role.AssociatedWith, bounded(name))
	}
	return role
}

// severity is jellyparks': services and partners' identity providers are High, accounts Medium, the own identity provider is Informational.
func (r *Room) severity(kind string, names []string) string {
	switch kind {
	case Service:
		return High
	case Federated:
		if slices.ContainsFunc(names, func(name string) bool { return !r.OwnProvider(name) }) {
			return High
		}
		return Informational
	case AWS:
		return Medium
	}
	return Informational
}

// IdentityCenter tells whether a provider is the one that IAM Identity Center makes in every account.
//
// Example: arn:aws:iam::111122223333:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE
func IdentityCenter(provider string) bool {
	return strings.Contains(provider, ":saml-provider/AWSSSO_")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// bounded cuts at a whole character.
func bounded(s string) string {
	if len(s) <= longest {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:longest], "")
}
