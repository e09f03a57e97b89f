package discern

import (
	"context"
	"strings"
)

// role adds to an event what IAM says of the role that acted. Of a visitor nothing is asked: its role is in an account of its own.
func (r *part) role(ctx context.Context, e *Event, newActions int) {
	if r.Roles == nil || !strings.Contains(e.PrincipalARN, ":role/") || strings.Contains(e.PrincipalID, "@") {
		return
	}
	role, err := r.Roles.Role(ctx, e.AccountID, e.PrincipalID, e.PrincipalARN, newActions)
	if err != nil {
		r.warn(e.AccountID, err.Error())
		return
	}
	if role.Created != 0 {
		e.RoleCreated = Stamp(role.Created)
	}
	e.AssociationType, e.AssociatedWith, e.LegacySeverity = role.AssociationType, role.AssociatedWith, role.LegacySeverity
}

// newActions counts the new actions of each principal.
func newActions(findings []finding) map[string]int {
	count := map[string]int{}
	for i := range findings {
		if f := &findings[i]; f.kind == NewAction {
			count[f.sightings[0].Principal]++
		}
	}
	return count
}
