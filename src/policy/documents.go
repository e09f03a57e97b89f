package policy

// An Identity is one that works for ct_anomaly: the caller, or a role that it assumes.
type Identity struct {
	Who         string      // caller, or the names of its roles' work: "accounts", "iam", "logs"
	ARN         string      // "" for a caller that is not known
	Role        Role        // zero for the caller
	Permissions []Statement // its policy
	Trust       []Statement // who may be it; none for a caller that is no instance's role
}

// The work that is done by roles.
const (
	Caller      = "caller"
	ForAccounts = "accounts"
	ForIAM      = "iam"
	ForLogs     = "logs"
)

// Identities says who needs which permissions for a purpose, the caller first. One role that does the work of several is there once.
func Identities(p Plan, purpose Purpose) []Identity {
	p = p.filled()
	all := []Identity{{Who: Caller, ARN: p.Principal, Permissions: p.assume(purpose), Trust: p.instanceTrust()}}
	give := func(who string, r Role, statements []Statement) {
		if len(statements) == 0 {
			return
		}
		if r == (Role{}) {
			all[0].Permissions = append(all[0].Permissions, statements...)
			return
		}
		for i := range all[1:] {
			if i := i + 1; all[i].Role == r {
				all[i].Who += "+" + who
				all[i].Permissions = append(all[i].Permissions, statements...)
				return
			}
		}
		all = append(all, Identity{Who: who, ARN: p.roleARN(r), Role: r, Permissions: statements, Trust: p.trust()})
	}
	give(Caller, Role{}, p.organization())
	give(ForAccounts, p.Organizations, p.accounts())
	give(ForIAM, p.IAM, p.enrichment(purpose, p.accountOf(p.IAM)))
	if p.IAM.Account == Each {
		give(Caller, Role{}, p.enrichment(purpose, p.Account))
	}
	reader := append(p.logs(purpose), p.queue(purpose)...)
	give(ForLogs, p.Reader, append(reader, p.queries(purpose)...))
	give(Caller, Role{}, p.baseline(purpose))
	give(Caller, Role{}, p.telling(purpose))
	return all
}

// named tells whether the readers of the logs can be told from all others: a role of every account only by the organization.
func (p *Plan) named() bool { return p.Reader.Account != Each || p.Organization != "" }

// readers are a resource policy's Principal for whoever reads the logs, with the condition that goes with it. A role that is in each account has
// no list of names: all of the organization are let in, and of these only the role.
func (p *Plan) readers(s Statement) Statement {
	switch {
	case p.Reader.Account == Each:
		s.Principal = "*"
		return s.when("StringEquals", "aws:PrincipalOrgID", p.Organization).when("ArnLike", "aws:PrincipalArn", p.roleARN(p.Reader))
	case p.Reader != (Role{}):
		s.Principal = map[string][]string{"AWS": {p.roleARN(p.Reader)}}
	case p.Principal != "":
		s.Principal = map[string][]string{"AWS": {p.Principal}}
	default:
		s.Principal = map[string][]string{"AWS": {p.arn("iam", "", p.Account, "root")}}
	}
	return s
}
